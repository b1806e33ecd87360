// The shipped recordings are the recorder's output, and what they print follows from the tensors they hold.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { recordRun } from '../../../examples/ppyoloe/record-run.ts';
import { shippedRecordings } from '../../../examples/ppyoloe/shipped-recordings.ts';
import { measureCapture } from './measure-capture.ts';

const recordedFolder = 'examples/recorded';

describe.each(Object.entries(shippedRecordings))('examples/recorded/%s', (name, options) => {
  const folder = join(recordedFolder, name);
  const made = recordRun(options);

  test('holds exactly what the recorder makes', () => {
    const shipped = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
    expect(shipped.sort()).toEqual([...made.keys()].sort());
    for (const [path, content] of made) {
      expect(Buffer.compare(readFileSync(join(folder, path)), Buffer.from(content)), path).toBe(0);
    }
  });

  test('stays below 1.5 MB', () => {
    const bytes = [...made.values()].reduce((sum, content) => sum + Buffer.byteLength(content), 0);
    expect(bytes).toBeLessThan(1_500_000);
  });
});

const variations = [
  { fault: 'masked-select', regRange: [0, 17], seed: 486, steps: 60, ranks: 1 },
  { fault: 'masked-select', regRange: [-2, 17], seed: 5, steps: 20, ranks: 1 },
  { fault: 'masked-select', regRange: [0, 8], seed: 3, steps: 20, ranks: 2 },
  { fault: 'labels', regRange: [0, 17], seed: 11, steps: 20, ranks: 1 },
  { fault: 'none', regRange: [-2, 20], seed: 2, steps: 6, ranks: 2 },
] as const;

describe.each(variations)('$fault, range $regRange, seed $seed, $ranks rank(s)', (options) => {
  const files = recordRun(options);
  const lines = readLogLines(files);

  test('every log line adds up: loss = cls + 2.5 iou + 0.5 dfl', () => {
    for (const { values } of lines) {
      const total = values.loss_cls + 2.5 * values.loss_iou + 0.5 * values.loss_dfl;
      // Five roundings to six decimals, and float32 sums.
      const rounding = 3e-6 + 3e-7 * Math.max(Math.abs(total), Math.abs(2.5 * values.loss_iou));
      expect(Math.abs(values.loss - total)).toBeLessThan(rounding);
    }
  });

  test('the DFL printed for a captured step is the one its tensors give', async () => {
    for (const { path, step, rank, shape, recomputation } of await measureAll(files)) {
      const printed = lines.find((line) => line.step === step && line.rank === rank)?.values.loss_dfl ?? null;
      expect(shape.reportedLossDfl === null, path).toBe(printed === null);
      if (printed === null) continue;
      expect(recomputation.lossDfl, path).toBeCloseTo(printed, 5);
      expect(Math.abs((recomputation.lossDfl as number) / (shape.reportedLossDfl as number) - 1), path).toBeLessThan(
        1e-6,
      );
    }
  });

  test('the selection is intact unless masked_select is at fault', async () => {
    for (const { path, shape, mismatchedRows, recomputation } of await measureAll(files)) {
      expect(shape.positives, path).toBeGreaterThan(5);
      if (options.fault === 'masked-select') expect(mismatchedRows, path).toBe(shape.positives);
      else expect([mismatchedRows, recomputation.belowRange + recomputation.aboveRange], path).toEqual([0, 0]);
    }
  });

  test('a crash names the integer that the failing capture holds', async () => {
    const measured = await measureAll(files);
    const traces = [...files].filter(([path]) => path.startsWith('trace'));
    expect(traces.length > 0).toBe(options.fault !== 'none');
    for (const [path, trace] of traces) {
      const message = String(trace).trimEnd().split('\n').at(-1);
      const failing = measured.filter((capture) => capture.rank === rankOf(path)).at(-1);
      if (options.fault === 'labels') expect(message).toBe('ValueError: Target 5 is out of upper bound.');
      else expect(message).toBe(`ValueError: Target ${nameExtreme(failing as Measured)} bound.`);
    }
  });
});

test('the shipped story starts with an impossible loss and ends with Target -1', () => {
  const files = recordRun(shippedRecordings['ppyoloe-masked-select']);
  expect(readLogLines(files)[0]?.values.loss).toBeGreaterThan(1e6);
  expect(String(files.get('trace.txt'))).toMatch(/ValueError: Target -1 is out of lower bound\.\n$/);
});

test('a fresh head starts at ln K and a healthy run learns', () => {
  const lines = readLogLines(recordRun(shippedRecordings['ppyoloe-healthy']));
  const dfl = lines.map(({ values }) => values.loss_dfl);
  expect(dfl[0]).toBeCloseTo(Math.log(17), 6);
  expect(dfl.at(-1)).toBeLessThan(0.6 * Math.log(17));
  expect(lines.every(({ values }) => values.loss_iou <= 2)).toBe(true);
  expect(lines).toHaveLength(60);
});

type Recorded = Map<string, Uint8Array | string>;
type Measured = Awaited<ReturnType<typeof measureAll>>[number];

async function measureAll(files: Recorded) {
  const captures = [...files].filter(([path]) => path.startsWith('captures/'));
  const measured = captures.map(async ([path, content]) => ({
    path,
    step: Number(/step-(\d+)/.exec(path)?.[1]),
    rank: rankOf(path),
    ...(await measureCapture(content as Uint8Array)),
  }));
  return Promise.all(measured);
}

/** What Paddle's check says: the smallest label first. The right neighbour of a target is one more than its floor. */
function nameExtreme({ recomputation, shape: { regRange, bins } }: Measured): string {
  const lowest = Math.floor(recomputation.targetMin as number) - regRange.lo;
  const highest = Math.floor(recomputation.targetMax as number) - regRange.lo;
  if (lowest < 0) return `${lowest} is out of lower`;
  return `${highest >= bins ? highest : highest + 1} is out of upper`;
}

function rankOf(path: string): number {
  return Number(/rank(\d+)/.exec(path)?.[1] ?? 0);
}

interface LogLine {
  step: number;
  rank: number;
  values: { loss: number; loss_cls: number; loss_iou: number; loss_dfl: number };
}

function readLogLines(files: Recorded): LogLine[] {
  const logs = [...files].filter(([path]) => path.endsWith('.log'));
  const pattern = /Epoch: \[(\d+)\] \[ *(\d+)\/(\d+)\] (.*) eta:/g;
  return logs.flatMap(([path, text]) =>
    [...String(text).matchAll(pattern)].map(([, epoch, iteration, count, meters = '']) => ({
      step: Number(epoch) * Number(count) + Number(iteration),
      rank: rankOf(path),
      values: Object.fromEntries(
        [...meters.matchAll(/(\w+): (\S+)/g)].map(([, name, value]) => [name, Number(value)]),
      ) as LogLine['values'],
    })),
  );
}
