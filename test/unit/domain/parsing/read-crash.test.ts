// Crashes without a traceback, read from a log that arrives in chunks.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classify } from '../../../../src/domain/classification/classify.ts';
import { readText } from '../../../../src/domain/classification/search-lines.ts';
import {
  flushLog,
  initialLogState,
  type LogReading,
  lastWordsOf,
  readLastWords,
  readLog,
} from '../../../../src/domain/parsing/read-log.ts';
import { catalog } from '../diagnosis/run-evidence.ts';
import * as crashTexts from './crash-texts.ts';

const { formats } = catalog;
const step = (i: number) =>
  `[08/23 14:30:${30 + i}] ppdet.engine INFO: Epoch: [0] [  ${i}/339] learning_rate: 0.001000 loss: 2.5 eta: 1:00:00 batch_cost: 0.5 data_cost: 0.1 ips: 16.0 images/s\n`;
const healthy = [0, 1, 2, 3, 4, 5].map(step).join('');

/** As torchelastic prints it when no rank wrote an error file; the head was cut off. */
const failedRanks = `${crashTexts.elasticSummary.split('\n').slice(6, 23).join('\n')}
  exitcode  : 1 (pid: 42)
  error_file: <N/A>
  traceback : To enable traceback see: https://pytorch.org/docs/stable/elastic/errors.html
============================================================
`;

const endings: Record<string, [text: string, wanted: string[]]> = {
  killed: ['Killed\n', ['process-killed', 'host-out-of-memory']],
  'killed beside a progress bar': [
    ' 45%|####5     | 450/1000 [03:11<03:52,  2.37it/s]Killed\n',
    ['process-killed', 'host-out-of-memory'],
  ],
  'killed, said by bash': [
    'train.sh: line 3: 20211 Killed                  python train.py --cfg a.yml\n',
    ['process-killed', 'host-out-of-memory'],
  ],
  'a segmentation fault': ['Segmentation fault (core dumped)\n', ['segfault']],
  'a segmentation fault with its stack': [crashTexts.faulthandler, ['segfault']],
  'the OOM killer': [
    '[88123.4] Out of memory: Killed process 4242 (python) total-vm:91231232kB, anon-rss:63221112kB, file-rss:0kB\n',
    ['host-out-of-memory'],
  ],
  'a container that ran out of memory': [
    'command terminated with exit code 137\n',
    ['host-out-of-memory', 'process-killed'],
  ],
  'a table of failed ranks without its traceback': [failedRanks, ['rank-failure']],
  'an exit code of a rank': [
    'E1103 08:16:08.310000 5 torch/distributed/elastic/multiprocessing/api.py:869] failed (exitcode: -11) local_rank: 1 (pid: 42) of binary: /opt/py/bin/python\n',
    ['segfault', 'rank-failure'],
  ],
  'a watchdog': [crashTexts.watchdog, ['nccl-failure']],
  'heap corruption': ['free(): invalid pointer\nAborted (core dumped)\n', ['segfault']],
  'assertions of a device': [crashTexts.paddleAssertion, ['label-out-of-range']],
  'a C++ error': [crashTexts.uncaught, ['illegal-memory-access']],
};

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
    crashes: readings.flatMap(({ crashes }) => crashes),
    traces: readings.flatMap(({ traces }) => traces),
    points: readings.flatMap(({ points }) => points),
    events: readings.reduce((sum, { events }) => sum + events, 0),
  };
}

describe.each(Object.entries(endings))('a log that ends in %s', (_, [ending, wanted]) => {
  const text = healthy + ending;

  it('raises one event, from whose text the same class is read as from the whole', () => {
    const { crashes, traces, events } = together(readCut(text, []));
    expect({ traces, events }).toEqual({ traces: [], events: 1 });
    const [own, whole] = [crashes[0]?.text ?? '', text].map((each) => classify(readText(each, catalog), catalog).class);
    expect(wanted).toContain(own);
    expect(own).toBe(whole);
    expect(crashes[0]?.step).toBe(5);
  });

  it('is read the same wherever it is cut', () => {
    const whole = together(readCut(text, []));
    for (let cut = healthy.length - 3; cut < text.length; cut += 1)
      expect(together(readCut(text, [cut]))).toEqual(whole);
    const everywhere = Array.from({ length: text.length }, (_, place) => place);
    expect(together(readCut(text, everywhere))).toEqual(whole);
  });

  it('raises the event in silence, and when lines of something else follow', () => {
    const { state, events } = readLog(initialLogState(), text.trimEnd(), formats);
    expect(lastWordsOf(state)).toMatch(/report|line/);
    expect(events + readLastWords(state, formats).events).toBe(1);
    const after = readLog(initialLogState(), `${text}${'next job\n'.repeat(250)}`, formats);
    expect(after.events).toBe(1);
  });
});

describe('crashes in a log', () => {
  it('come out the same from many of them, cut at random places', () => {
    const gap = 'ordinary output\n'.repeat(30);
    const text = Object.values(endings)
      .map(([ending]) => healthy + ending)
      .join(gap);
    const whole = together(readCut(text, []));
    expect(whole.events).toBe(Object.keys(endings).length);
    const cuts = fc.array(fc.nat({ max: text.length }), { maxLength: 40 });
    fc.assert(
      fc.property(cuts, (places) => {
        expect(together(readCut(text, places))).toEqual(whole);
      }),
      { numRuns: 40 },
    );
  });

  const traceback = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\n    x\nValueError: bad\n';

  it('are no event of their own after the traceback that caused them', () => {
    const echo = `${traceback}E1103 08:16:08.3 5 torch/distributed/elastic/multiprocessing/api.py:869] failed (exitcode: 1) local_rank: 1 (pid: 42) of binary: /p\n`;
    expect(together(readCut(echo, []))).toMatchObject({ events: 1, crashes: [] });
  });
  it('are an event when training went on after the traceback, or memory ran out', () => {
    const later = `${traceback}${healthy}Segmentation fault (core dumped)\n`;
    expect(together(readCut(later, []))).toMatchObject({ events: 2, crashes: [{ lines: [10, 10] }] });
    const oom = `${traceback}\nbye\n[9.1] Out of memory: Killed process 42 (python) total-vm:1kB\n`;
    expect(together(readCut(oom, [])).events).toBe(2);
  });
  it('stand above the traceback that follows them, as one event', () => {
    const head = crashTexts.elasticSummary.split('\n').slice(0, 7).join('\n');
    const { traces, crashes } = together(readCut(`${head}\n${failedRanks}`, []));
    expect(crashes).toEqual([]);
    expect(traces).toHaveLength(1);
    expect(traces[0]?.text).toMatch(/failed \(exitcode: 1\)[\s\S]*Traceback/);
  });
  it.each([
    ['an exit status of 0', 'Process finished with exit code 0\n'],
    ['ranks that are ended', 'W1 5 api.py:897] Sending process 41 closing signal SIGTERM\n'],
    ['words in passing', 'The old job was Killed by somebody, Terminated it was, and we go on\n'],
    ['healthy training', healthy.repeat(50)],
  ])('are not read from %s', (_, text) => {
    expect(together(readCut(healthy + text + healthy, [])).events).toBe(0);
  });

  it('keep a bounded state, however much is printed', () => {
    let state = initialLogState();
    for (let i = 0; i < 300; i += 1)
      state = readLog(
        state,
        `free(): invalid pointer ${'x'.repeat(5_000)} ${i}\nAborted (core dumped)\n`,
        formats,
      ).state;
    expect(JSON.stringify(state).length).toBeLessThan(40_000);
    const loop = readLog(initialLogState(), `Killed\n${'ordinary\n'.repeat(22)}`.repeat(1_000), formats);
    expect(loop.events).toBeLessThanOrEqual(600);
  });
});
