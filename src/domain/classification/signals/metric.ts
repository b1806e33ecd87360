// Signals about the numbers the run logged: from the detectors' findings where the run is watched, else from the points in the text.
import type { Finding, FindingData } from '../../../contracts/findings.ts';
import { present, type SignalInput, type SignalRule } from './signal.ts';

const isLoss = /loss/i;
/** A fresh PP-YOLOE head has loss_dfl = ln K exactly, 2.83 for 17 bins; thrice that cannot be a beginning. */
const absurdDfl = 3 * Math.log(17);
const absurdLoss = 1e6;
/** A GIoU loss lies in [0, 2]. */
const largestIouLoss = 2;

function fromFinding(findings: Finding[], id: string): FindingData | null {
  const finding = findings.find((candidate) => candidate.id === id);
  return finding
    ? { name: finding.data.name ?? finding.ref, value: finding.data.value ?? null, step: finding.step }
    : null;
}

function fromPoints(
  { text }: SignalInput,
  isMeant: (name: string, value: number, names: readonly string[]) => boolean,
  firstOnly = false,
): FindingData | null {
  const points = firstOnly ? (text?.points ?? []).slice(0, 1) : (text?.points ?? []);
  for (const point of points) {
    const { names, values, step } = point;
    const place = names.findIndex((name, index) => isMeant(name, values[index] ?? Number.NaN, names));
    const value = values[place];
    if (value !== undefined)
      return { name: names[place] ?? '', value: Number.isFinite(value) ? value : String(value), step };
  }
  return null;
}

/** The latest step known: reported with the failure, or seen in points, findings and captures. */
function lastKnownStep({ step, text, findings, captures }: SignalInput): number | null {
  const points = (text?.points ?? []).map((point) => point.step);
  const steps = [step, captures?.lastStep, ...points, ...findings.map((finding) => finding.step)].filter(
    (known) => known != null,
  );
  return steps.length > 0 ? steps.reduce((a, b) => Math.max(a, b)) : null;
}

export const metricSignals: SignalRule[] = [
  {
    id: 'metric.absurd-first-loss',
    data: ['name', 'value', 'step'],
    read: (input) =>
      fromFinding(input.findings, 'metric.absurd-first-loss') ??
      fromPoints(
        input,
        (name, value) => (/dfl/i.test(name) && value > absurdDfl) || (isLoss.test(name) && value > absurdLoss),
        true,
      ),
  },
  {
    id: 'metric.impossible-value',
    data: ['name', 'value', 'step'],
    read: (input) =>
      fromFinding(input.findings, 'metric.impossible-value') ??
      fromPoints(
        input,
        // Heads without a distribution focal loss weigh their loss_iou differently.
        (name, value, names) => name === 'loss_iou' && names.includes('loss_dfl') && value > largestIouLoss,
      ),
  },
  {
    id: 'metric.non-finite-seen',
    data: ['name', 'value', 'step'],
    read: (input) => {
      const found =
        fromFinding(input.findings, 'metric.non-finite') ??
        fromPoints(input, (name, value) => isLoss.test(name) && !Number.isFinite(value));
      if (found) return found;
      const line = input.text?.lines.find((candidate) =>
        /\bloss\w*['"]?\s*[:=]\s*(?:nan|-?inf)\b/i.test(candidate.slice(0, 2_000)),
      );
      return present(line !== undefined, { name: 'loss', value: 'NaN', step: null });
    },
  },
  {
    id: 'metric.diverging-seen',
    data: ['name', 'value', 'step'],
    read: ({ findings }) => fromFinding(findings, 'metric.diverging'),
  },
  {
    id: 'metric.zero-from-start',
    data: ['name', 'value', 'step'],
    read: ({ findings }) => fromFinding(findings, 'metric.zero-from-start'),
  },
  ...['metric.learning-rate-zero', 'metric.learning-rate-absurd', 'metric.memory-growth'].map(
    (id): SignalRule => ({ id, data: ['name', 'value', 'step'], read: ({ findings }) => fromFinding(findings, id) }),
  ),
  ...[
    { id: 'metric.waits-for-data', bound: 'input' },
    { id: 'metric.slow-compute', bound: 'compute' },
  ].map(
    ({ id, bound }): SignalRule => ({
      id,
      data: ['name', 'value', 'step'],
      read: ({ findings }) =>
        fromFinding(
          findings.filter(({ data }) => data.bound === bound),
          'metric.throughput-drop',
        ),
    }),
  ),
  {
    id: 'step.first-iteration',
    data: ['step'],
    read: (input) => {
      const step = lastKnownStep(input);
      return present(step !== null && step <= 2, { step });
    },
  },
  {
    id: 'step.learning-rate-zero',
    data: [],
    read: ({ text }) => {
      const rates = (text?.points ?? []).flatMap(({ names, values }) => values[names.indexOf('learning_rate')] ?? []);
      return present(rates.length > 1 && rates.every((rate) => rate === 0));
    },
  },
];
