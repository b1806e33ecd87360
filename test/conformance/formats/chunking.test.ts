// Logs made of every format's samples: whatever cuts, colours, prefixes and neighbours they have, the same points are read.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FormatFile } from '../../../src/contracts/log-format.ts';
import { decodeUtf8Chunk } from '../../../src/domain/observations/decode-utf8.ts';
import { parseText } from '../../../src/domain/parsing/parse-text.ts';
import { flushLog, initialLogState, type LogReading, readLog } from '../../../src/domain/parsing/read-log.ts';
import { readTestCatalog } from '../../support/catalog.ts';

const { formats } = await readTestCatalog();
const report =
  'Traceback (most recent call last):\n  File "/w/train.py", line 7, in step\n    loss.backward()\nRuntimeError: gradients are not finite\n';

function textOf({ samples }: FormatFile): string {
  return samples.map(({ text }) => `${text}\n`).join('');
}

const everything = formats.map((format) => `${textOf(format)}${report}`).join('');
const bytes = new TextEncoder().encode(everything);

/** Reads the bytes cut at the given places, as the service does, with the state going through JSON. */
function readCut(cuts: number[]) {
  const bounds = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
  const readings: LogReading[] = [];
  let state = initialLogState();
  let tail: Uint8Array = new Uint8Array(0);
  for (let i = 1; i < bounds.length; i += 1) {
    const decoded = decodeUtf8Chunk(tail, bytes.subarray(bounds[i - 1], bounds[i]));
    if (decoded.kind === 'invalid') throw new Error('the samples are not UTF-8');
    tail = decoded.tail;
    const reading = readLog(JSON.parse(JSON.stringify(state)), decoded.text, formats);
    readings.push(reading);
    state = reading.state;
  }
  readings.push(flushLog(state, formats));
  return {
    points: readings.flatMap(({ points }) => points),
    traces: readings.flatMap(({ traces }) => traces),
    read: readings.flatMap(({ read }) => read),
    lines: readings.reduce((sum, { lines }) => sum + lines, 0),
  };
}

const whole = readCut([]);

describe('a log of all formats one after another', () => {
  it('is read in the format of each line, and the tracebacks between them whole', () => {
    expect(new Set(whole.points.map(({ format }) => format))).toEqual(new Set(formats.map(({ id }) => id)));
    const reports = whole.traces.filter(({ trace }) => trace.chain[0]?.type === 'RuntimeError');
    expect(reports).toHaveLength(formats.length);
    expect(whole.read.length).toBeLessThan(whole.lines);
    expect(parseText(everything, formats).points).toEqual(whole.points);
  });

  it('gives the same wherever its bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: bytes.length }), { maxLength: 60 }), (cuts) => {
        expect(readCut(cuts)).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });

  it('gives the same byte by byte', () => {
    const slice = textOf(formats.find(({ id }) => id === 'ultralytics') ?? (formats[0] as FormatFile));
    let state = initialLogState();
    let tail: Uint8Array = new Uint8Array(0);
    const points = [...new TextEncoder().encode(slice)].flatMap((byte) => {
      const decoded = decodeUtf8Chunk(tail, Uint8Array.of(byte));
      if (decoded.kind === 'invalid') throw new Error('the sample is not UTF-8');
      tail = decoded.tail;
      const reading = readLog(state, decoded.text, formats);
      state = reading.state;
      return reading.points;
    });
    expect(points).toEqual(readLog(initialLogState(), slice, formats).points);
  });

  it('keeps its state small', () => {
    const many = Array.from({ length: 300 }, (_, rank) => `[rank${rank}]: Epoch 3/9\n`).join('');
    const { state } = readLog(initialLogState(), many, formats);
    expect(Object.keys(state.contexts)).toHaveLength(64);
    expect(JSON.stringify(readCutState()).length).toBeLessThan(20_000);
  });
});

function readCutState() {
  return readLog(initialLogState(), everything, formats).state;
}

/** Lines of several ranks, one of each in turn, as ranks that share a console print them. */
function interleave(text: string, prefixes: string[]): string {
  return text
    .split(/\r\n|\r|\n/)
    .flatMap((line) => prefixes.map((prefix) => `${prefix}${line}\n`))
    .join('');
}

const colours = String.fromCharCode(27);

describe.each(formats.map((format) => ({ format })))('$format.id', ({ format }) => {
  const alone = format.samples.map(({ text }) => readLog(initialLogState(), text, formats, { final: true }).points);
  const values = (points: LogReading['points']) => points.map(({ step, names, values }) => ({ step, names, values }));

  it.each([
    ['[rank0]: ', '[rank1]: '],
    ['[default0]:', '[default1]:'],
    ['[1,0]<stdout>:', '[1,1]<stdout>:'],
    ['0: ', '1: '],
  ])('is read for every rank apart when lines with %j and %j take turns', (...prefixes) => {
    for (const [index, { text }] of format.samples.entries()) {
      const mixed = readLog(initialLogState(), interleave(text, prefixes), formats, { final: true }).points;
      for (const rank of [0, 1])
        expect(values(mixed.filter((point) => point.rank === rank))).toEqual(values(alone[index] ?? []));
    }
  });

  it('is read in colours, and with lines of other kinds between', () => {
    for (const [index, { text }] of format.samples.entries()) {
      const dressed = text
        .split(/\r\n|\r|\n/)
        .map((line) => `${colours}[32m${line}${colours}[0m\nsome warning that means nothing\n`)
        .join('');
      expect(values(readLog(initialLogState(), dressed, formats).points)).toEqual(values(alone[index] ?? []));
    }
  });
});

it('says when the training is done, and that another one began', () => {
  const ends = formats.filter(({ end }) => end !== undefined);
  expect(ends.map(({ id }) => id)).toContain('lightning');
  const bar = 'Epoch 0: 100%|████| 4/4 [00:00<00:00, 9.0it/s, loss=0.5]\n';
  const first = readLog(initialLogState(), bar, formats);
  expect(first.state.isEnded).toBe(false);
  const done = readLog(first.state, '`Trainer.fit` stopped: `max_epochs=1` reached.\n', formats);
  expect(done.state.isEnded).toBe(true);
  expect(readLog(done.state, bar, formats).state.isEnded).toBe(false);
});

it('does not take the end of a training for one where no training of that kind was seen', () => {
  expect(readLog(initialLogState(), '`Trainer.fit` stopped: `x`\n', formats).state.isEnded).toBe(false);
});
