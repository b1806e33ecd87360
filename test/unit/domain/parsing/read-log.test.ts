import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FormatFile } from '../../../../src/contracts/log-format.ts';
import { maxLineLength } from '../../../../src/domain/parsing/clean-lines.ts';
import { parseText } from '../../../../src/domain/parsing/parse-text.ts';
import {
  flushLog,
  initialLogState,
  type LogReading,
  type LogState,
  readLog,
} from '../../../../src/domain/parsing/read-log.ts';
import type { ParsedTrace } from '../../../../src/domain/parsing/types.ts';
import { paddledetection } from './paddledetection.ts';
import { tracebacks } from './tracebacks.ts';

const formats = [paddledetection];

/** Reads the text cut at the given places, with the state going through JSON, and flushes. */
function readCut(text: string, cuts: number[]): LogReading[] {
  const bounds = [0, ...[...cuts].sort((a, b) => a - b), text.length];
  const readings: LogReading[] = [];
  let state = initialLogState();
  for (let i = 1; i < bounds.length; i += 1) {
    const reading = readLog(JSON.parse(JSON.stringify(state)), text.slice(bounds[i - 1], bounds[i]), formats);
    readings.push(reading);
    state = reading.state;
  }
  return [...readings, flushLog(state, formats)];
}

function together(readings: LogReading[]) {
  return {
    text: readings.map((reading) => reading.text).join(''),
    lines: readings.reduce((sum, reading) => sum + reading.lines, 0),
    points: readings.flatMap((reading) => reading.points),
    traces: readings.flatMap((reading) => reading.traces),
    events: readings.reduce((sum, reading) => sum + reading.events, 0),
  };
}

function withoutPlace({ chain }: ParsedTrace) {
  return chain.map(({ type, message, frames }) => ({ type, message, frames }));
}

const everything = tracebacks
  .map(({ text }) => text)
  .join('Epoch: [0] [ 3/10] loss: 1.5 eta: 0:00:01 ips: 2.0 images/s\r\n\r\n 50%|##\r 60%|###\n');

describe('readLog', () => {
  it('reads the same traces, points and lines wherever the text is cut', () => {
    const whole = together(readCut(everything, []));
    expect(whole.traces.length).toBeGreaterThan(20);
    expect(whole.points.length).toBeGreaterThan(20);
    fc.assert(
      fc.property(fc.array(fc.nat({ max: everything.length }), { maxLength: 40 }), (cuts) => {
        expect(together(readCut(everything, cuts))).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });

  it.each(tracebacks)('reads $title character by character as at once', ({ text }) => {
    const cuts = Array.from({ length: text.length }, (_, i) => i);
    expect(together(readCut(text, cuts))).toEqual(together(readCut(text, [])));
  });

  it.each(tracebacks)(
    'reads $title as parseText does, and gives a text from which the same is read again',
    ({ text }) => {
      const { traces } = together(readCut(text, []));
      const whole = parseText(text, formats).traces.map((trace) => ({ ...trace, echo: null }));
      expect(traces.map(({ trace }) => trace)).toEqual(whole);
      for (const { trace, text: own } of traces)
        expect(parseText(own, []).traces.map(withoutPlace)).toEqual([withoutPlace(trace)]);
    },
  );

  it('reads the same exception again from the text of a report that was too long to keep', () => {
    const frame = (i: number) =>
      `  File "m${'m'.repeat(i % 300)}.py", line ${i}, in f${i}\n    call(${i})\n${i % 2 ? '    again()\n' : ''}`;
    const block = (name: string, frames: number, lines: number) =>
      `Traceback (most recent call last):\n${Array.from({ length: frames }, (_, i) => frame(i)).join('')}${name}: ${'why\n'.repeat(lines)}`;
    const link = '\nDuring handling of the above exception, another exception occurred:\n\n';
    for (const [frames, lines] of [
      [20, 118],
      [20, 157],
      [23, 131],
      [41, 50],
      [60, 60],
      [130, 7],
      [131, 7],
      [132, 7],
      [700, 3_000],
    ] as const) {
      const text = `${block('AError', frames, lines)}${link}${block('BError', frames, lines)}${link}${block('CError', frames, lines)}`;
      const [found, ...others] = readLog(initialLogState(), text, formats, { final: true }).traces;
      expect(others).toEqual([]);
      expect(found?.text.length).toBeLessThanOrEqual(64 * 1024 + 100);
      expect(found?.text.split('\n').length).toBeLessThanOrEqual(502);
      const again = parseText(found?.text ?? '', []).traces;
      expect(again).toHaveLength(1);
      expect(again.map(withoutPlace).at(0)?.at(-1)).toEqual(found ? withoutPlace(found.trace).at(-1) : null);
      expect(found?.trace.chain.at(-1)?.frames.length).toBeGreaterThanOrEqual(20);
    }
  });

  it('holds a traceback until it is over, and gives it out once', () => {
    const report = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\n    x\nValueError: bad\n';
    const first = readLog(initialLogState(), `Epoch: [0] [7/10] loss: 1.0\n${report}`, formats);
    expect(first).toMatchObject({ lines: 5, events: 0, traces: [] });
    expect(first.state.block).toHaveLength(1);
    const flushed = flushLog(first.state, formats);
    expect(flushed.traces).toMatchObject([{ text: report, step: 7, trace: { lines: [1, 4] } }]);
    expect(flushLog(flushed.state, formats)).toMatchObject({ lines: 0, text: '', events: 0 });
    const over = readLog(first.state, 'Epoch: [0] [8/10] loss: 1.0\n', formats);
    expect(over).toMatchObject({ events: 1, firstLine: 5 });
  });

  it('keeps the assertions of a device with the error that they cause, each only once', () => {
    const { text } = tracebacks.find(({ title }) => title.startsWith('failed device assertions')) ?? { text: '' };
    const [found] = readLog(initialLogState(), text, formats, { final: true }).traces;
    expect(found?.text.match(/Assertion `false` failed/g)).toHaveLength(1);
    expect(found?.text).toContain('CUDA error(719)');
  });

  it('gives back the raw text of complete lines with the number of the first', () => {
    const first = readLog(initialLogState(), '\u001b[1ma\u001b[0m\r\nb\rc', formats);
    expect(first).toMatchObject({ text: '\u001b[1ma\u001b[0m\r\nb\r', firstLine: 0, lines: 2 });
    const second = readLog(first.state, 'd\r', formats);
    expect(second).toMatchObject({ text: '', firstLine: 2, lines: 0 });
    expect(readLog(second.state, '\n', formats)).toMatchObject({ text: 'cd\r\n', firstLine: 2, lines: 1 });
    expect(flushLog(second.state, formats)).toMatchObject({ text: 'cd\n', lines: 1 });
  });

  it('cuts a line that never ends, counts it as one, and keeps its state small', () => {
    let state = initialLogState();
    const piece = '😀x'.repeat(10_000);
    for (let i = 0; i < 20; i += 1) state = readLog(state, piece, formats).state;
    expect(JSON.stringify(state).length).toBeLessThan(maxLineLength + 1_000);
    expect(encodeURIComponent(state.partial).length).toBeGreaterThan(maxLineLength);
    const reading = readLog(state, 'tail\nnext\n', formats);
    expect(reading.lines).toBe(2);
    expect(reading.text.endsWith('\nnext\n')).toBe(true);
    expect(reading.text.length).toBeLessThanOrEqual(maxLineLength + 6);
  });

  it('bounds its state however many reports are under way', () => {
    const frames = Array.from({ length: 2_000 }, (_, i) => `  File "m.py", line ${i}, in f\n    ${'y'.repeat(3_000)}`);
    const lines = Array.from({ length: 70 }, (_, rank) =>
      ['Traceback (most recent call last):', ...frames.slice(0, 80)].map((line) => `[rank${rank}]: ${line}`),
    ).flat();
    const { state } = readLog(initialLogState(), `${lines.join('\n')}\n`, formats);
    expect(state.block).toHaveLength(64);
    expect(Math.max(...state.block.map((block) => block.size))).toBeLessThanOrEqual(64 * 1024);
  });

  it('gives out few reports of a program that prints errors in a loop, and the last one always', () => {
    const text = Array.from({ length: 25_000 }, (_, i) => `ConnectionError: attempt ${i}\n`).join('');
    const whole = together(readCut(text, []));
    expect(whole.traces).toHaveLength(601);
    expect(whole.traces.at(-1)?.trace.chain[0]?.message).toBe('attempt 24999');
    expect(together(readCut(text, [1_000, 77_777, 300_001]))).toEqual(whole);
  });

  it('reads each line in its own format, and says when a line ends the run', () => {
    const other: FormatFile = {
      ...paddledetection,
      id: 'other',
      lines: [{ match: '^step=(?<iteration>\\d+) loss=(?<loss>\\S+)$', step: { is: 'iteration' } }],
      end: '^bye$',
    };
    const both = [paddledetection, other];
    const reading = readLog(initialLogState(), 'bye\nstep=4 loss=2.5\nEpoch: [0] [1/9] loss: 1.0\n', both);
    expect(reading.state.format).toBe('paddledetection');
    expect(reading.points).toEqual([
      { step: 4, rank: 0, names: ['loss'], values: [2.5], line: 1, format: 'other' },
      { step: 1, rank: 0, names: ['loss'], values: [1], line: 2, format: 'paddledetection' },
    ]);
    expect(reading.read).toEqual([1, 2]);
    expect(reading.state.isEnded).toBe(false);
    const ended = readLog(reading.state, 'bye\nstep=5 loss=2.5\nbye\n', both);
    expect(ended.state.isEnded).toBe(true);
  });

  it('goes on from a state that an earlier version stored', () => {
    const { contexts, isEnded, ...old } = initialLogState();
    expect([contexts, isEnded]).toEqual([{}, false]);
    expect(readLog(old as LogState, 'Epoch: [0] [1/9] loss: 1.0\n', formats).points).toHaveLength(1);
  });

  it('does not change the state it is given', () => {
    const { state } = readLog(
      initialLogState(),
      'Traceback (most recent call last):\n  File "a.py", line 1, in f\nVal',
      formats,
    );
    const copy = structuredClone(state);
    readLog(state, 'ueError: x\n', formats, { final: true });
    expect(state).toEqual(copy);
  });
});
