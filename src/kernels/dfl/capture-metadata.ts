// Reads the metadata of a DFL capture. In a safetensors file every value is a string, written by whatever language the trainer uses:
// Python's str(float) gives "1e-05", "nan" and "inf", JSON gives "NaN" and "Infinity".
import {
  type CaptureShape,
  type Formulation,
  formulations,
  type Rounding,
  roundings,
  usualRounding,
} from '../../contracts/capture.ts';
import { limits } from '../../contracts/limits.ts';
import { binsOfRegMax } from './loss-rule.ts';

/** Beyond this a float32 target has no room for the 0.01 between the clip value and the last bin. */
const largestBound = 10_000;

export type CaptureMetadata = Pick<
  CaptureShape,
  | 'formulation'
  | 'rounding'
  | 'normalizer'
  | 'normalizerGiven'
  | 'reportedLossDfl'
  | 'reportedRounding'
  | 'step'
  | 'imageIds'
  | 'strides'
> & { regRange: CaptureShape['regRange'] | null };

type Report = (path: string, message: string) => void;

/** The formulation that decides which shapes the tensors must have; the default where the text is none. */
export function readFormulation(metadata: Record<string, string>): Formulation {
  const parsed = parseFormulation((metadata.formulation ?? '').trim());
  return typeof parsed === 'string' ? 'ppyoloe' : parsed.name;
}

/** What the metadata say, with their defaults. Problems go to `report`; P and K are null where the tensors did not tell them. */
export function readCaptureMetadata(
  metadata: Record<string, string>,
  positives: number | null,
  bins: number | null,
  report: Report,
): CaptureMetadata {
  function read<T>(name: string, parse: (text: string) => T | string): T | null {
    if (!Object.hasOwn(metadata, name)) return null;
    const parsed = parse((metadata[name] as string).trim());
    if (typeof parsed !== 'string') return parsed;
    report(`metadata.${name}`, parsed);
    return null;
  }
  const formulation = read('formulation', parseFormulation)?.name ?? 'ppyoloe';
  const rounding = read('rounding', parseRounding)?.name ?? usualRounding[formulation];
  const normalizer = read('normalizer', parseNormalizer);
  const regRange = read('reg_range', (text) => parseRegRange(text, bins, rounding));
  const regMax = read('reg_max', (text) => parseRegMax(text, bins, formulation));
  if (regRange && regMax && regRange.hi - regRange.lo !== regMax.hi) {
    const { lo, hi } = regRange;
    report('metadata.reg_max', `means ${regMax.hi} bins, but reg_range "${lo},${hi}" has ${hi - lo}; send one of them`);
  }
  return {
    regRange: regRange ?? regMax,
    formulation,
    rounding,
    normalizer: normalizer ?? 1,
    normalizerGiven: normalizer !== null,
    reportedLossDfl: read('reported_loss_dfl', parseNumber),
    reportedRounding: roundingOfText((metadata.reported_loss_dfl ?? '').trim()),
    step: read('step', parseStep),
    imageIds: read('image_ids', (text) => parseList(text, positives, parseImageId, imageIdRule)),
    strides: read('strides', (text) => parseList(text, positives, parseStride, strideRule)),
  };
}

// Each parser gives the value, or a string that says what is wrong and what to send.

function parseRegRange(text: string, bins: number | null, rounding: Rounding): CaptureShape['regRange'] | string {
  const match = /^([+-]?\d{1,9})\s*,\s*([+-]?\d{1,9})$/.exec(text);
  if (!match) return 'must be "lo,hi" with two integers, as in "0,17"';
  const lo = Number(match[1]) || 0;
  const hi = Number(match[2]) || 0;
  if (Math.abs(lo) > largestBound || Math.abs(hi) > largestBound)
    return `bounds from -${largestBound} to ${largestBound} are supported`;
  if (bins !== null && hi - lo !== bins) {
    return `"${lo},${hi}" has ${hi - lo} bins (lo..hi-1), but pred_dist has K = ${bins}; hi - lo must equal K`;
  }
  if (rounding === 'truncate' && lo < 0 && hi < 2) {
    return `"${lo},${hi}" cannot be used with rounding "truncate": a target just below 0 becomes bin 0 with right neighbour 1, which needs hi of at least 2; send rounding "floor" if the trainer takes floor(t)`;
  }
  return { lo, hi };
}

/** The bins start at 0. What reg_max counts differs: the top bin in PaddleDetection and mmdet, the bins in Ultralytics. */
function parseRegMax(text: string, bins: number | null, formulation: Formulation): CaptureShape['regRange'] | string {
  const regMax = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (regMax < 1) return 'must be an integer from 1, such as 16';
  const hi = binsOfRegMax(formulation, regMax);
  if (bins === null || hi === bins) return { lo: 0, hi };
  const meaning = hi === regMax ? `${regMax} bins, 0..${regMax - 1},` : `${hi} bins, 0..${regMax},`;
  const fix = `send reg_max ${regMax + bins - hi}, or the formulation whose reg_max counts otherwise`;
  return `${regMax} means ${meaning} with formulation ${formulation}, but pred_dist has K = ${bins}; ${fix}`;
}

function parseFormulation(text: string): { name: Formulation } | string {
  const name = formulations.find((known) => known === text);
  return name ? { name } : `must be one of ${formulations.join(', ')}`;
}

function parseRounding(text: string): { name: Rounding } | string {
  const name = roundings.find((known) => known === text);
  return name ? { name } : `must be one of ${roundings.join(', ')}`;
}

function parseNormalizer(text: string): number | string {
  const value = parseNumber(text);
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 'must be a finite number above 0';
}

function parseStep(text: string): number | string {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return value <= limits.maxStep ? value : `must be an integer from 0 to ${limits.maxStep}`;
}

function parseNumber(text: string): number | string {
  if (/^[+-]?nan$/i.test(text)) return Number.NaN;
  const infinity = /^([+-]?)inf(?:inity)?$/i.exec(text);
  if (infinity) return infinity[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) return Number(text);
  return 'must be a number, NaN or Infinity';
}

/** Half a unit of the last printed decimal. Fewer than two decimals are no sign of a rounded log: "2.5" may be the value itself. */
function roundingOfText(text: string): number {
  const match = /^[+-]?\d*\.(\d+)(?:e([+-]?\d+))?$/i.exec(text);
  const decimals = match?.[1]?.length ?? 0;
  return decimals < 2 ? 0 : 0.5 * 10 ** (Number(match?.[2] ?? 0) - decimals);
}

function parseList<T>(
  text: string,
  length: number | null,
  parseItem: (item: unknown) => T | null,
  rule: string,
): T[] | string {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    list = null;
  }
  if (!Array.isArray(list)) return 'must be a JSON array with one entry per positive';
  if (length !== null && list.length !== length)
    return `has ${list.length} entries; one per positive is needed (P = ${length})`;
  const items = list.map(parseItem);
  const bad = items.indexOf(null);
  return bad === -1 ? (items as T[]) : `entry ${bad} is not usable: ${rule}`;
}

const imageIdRule = `image ids are integers, or strings of at most ${limits.nameLength} characters without NUL or lone surrogates`;
const strideRule = 'strides are finite numbers above 0';

/** Trainers use file names or the integer ids of COCO; both are kept as text that a JSON column can hold. */
function parseImageId(item: unknown): string | null {
  if (Number.isSafeInteger(item)) return String(item);
  const storable = typeof item === 'string' && item.length <= limits.nameLength && !/\0|\p{Surrogate}/u.test(item);
  return storable ? item : null;
}

function parseStride(item: unknown): number | null {
  return typeof item === 'number' && Number.isFinite(item) && item > 0 ? item : null;
}
