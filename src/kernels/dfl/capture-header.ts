// Judges whether a safetensors file is a DFL capture, from its header alone, before the tensors have arrived. All problems are reported
// at once, each by the name of the tensor or metadata field. Tensors and metadata of other names are ignored.
import { type CaptureShape, type FloatDtype, type Formulation, floatDtypes } from '../../contracts/capture.ts';
import { type FieldProblem, PublicError } from '../../contracts/errors.ts';
import { limits } from '../../contracts/limits.ts';
import type { SafetensorsDtype } from '../safetensors/dtypes.ts';
import type { SafetensorsHeader, TensorEntry } from '../safetensors/parse-header.ts';
import { readCaptureMetadata, readFormulation } from './capture-metadata.ts';
import { isWeighted, sidesOf } from './loss-rule.ts';

const targetDtypes: readonly SafetensorsDtype[] = ['F32', 'F64'];
const maskDtypes: readonly SafetensorsDtype[] = ['BOOL', 'U8'];
const lowPrecisionReason: Record<4 | 1, string> = {
  4: 'F16 and BF16 cannot hold the 0.01 that keeps a clipped target below the last bin (15.99 becomes 16 in BF16)',
  1: 'F16 and BF16 cannot hold the 0.01 that keeps a clipped angle below the last bin (89.99 becomes 90 in F16)',
};

type Report = (path: string, message: string) => void;

/**
 * The shape of a capture: pred_dist [P,4,K] or [P,4*K] and target [P,4], optionally weight [P] or [P,1], and mask [B,A] with
 * target_full [B,A,4]. Of the angle of ppyoloe-r: pred_dist [P,K] or [P,1,K], target [P] or [P,1], target_full [B,A] or [B,A,1]. Throws
 * PublicError invalid_capture with every problem found.
 */
export function checkCaptureHeader(header: SafetensorsHeader): CaptureShape {
  const problems: FieldProblem[] = [];
  const report: Report = (path, message) => problems.push({ path, message });
  const { tensors } = header;
  const formulation = readFormulation(header.metadata);
  const sides = sidesOf(formulation);

  const logits = checkPredDist(tensors.get('pred_dist'), formulation, report);
  const target = tensors.get('target');
  checkTarget(target, logits?.positives ?? null, sides, report);
  const weight = tensors.get('weight');
  checkWeight(weight, logits?.positives ?? null, report);
  const selection = checkSelection(tensors.get('mask'), tensors.get('target_full'), target, sides, report);
  const metadata = readCaptureMetadata(header.metadata, logits?.positives ?? null, logits?.bins ?? null, report);

  const [first] = problems;
  if (first) {
    const others = problems.length > 1 ? ` (and ${problems.length - 1} more, see errors)` : '';
    throw new PublicError('invalid_capture', `${first.path}: ${first.message}${others}`, { errors: problems });
  }
  const { positives, bins } = logits as LogitsShape;
  const hasWeight = weight !== undefined && isWeighted(formulation);
  return {
    positives,
    bins,
    ...metadata,
    regRange: metadata.regRange ?? { lo: 0, hi: bins },
    precision: leastPrecise([tensors.get('pred_dist'), hasWeight ? weight : undefined]),
    hasWeight,
    unusedTensors: weight !== undefined && !hasWeight ? ['weight'] : [],
    selection,
  };
}

/** Of tensors whose dtypes were found to be of floats. */
function leastPrecise(entries: readonly (TensorEntry | undefined)[]): FloatDtype {
  const held = new Set(entries.map((entry) => entry?.dtype));
  return floatDtypes.findLast((dtype) => held.has(dtype)) ?? 'F32';
}

interface LogitsShape {
  positives: number;
  bins: number;
}

function checkPredDist(entry: TensorEntry | undefined, formulation: Formulation, report: Report): LogitsShape | null {
  const path = 'pred_dist';
  const sides = sidesOf(formulation);
  const needed = sides === 1 ? '[P,K] or [P,1,K], one angle per positive,' : '[P,4,K] or [P,4*K]';
  if (!entry) return refuse(report, path, `is missing; send the logits as ${needed.replace(/,$/, '')}`);
  checkDtype(path, entry, floatDtypes, report);
  const { shape } = entry;
  const [positives = 0, second = 0, third = 0] = shape;
  const known = (shape.length === 3 && second === sides) || (shape.length === 2 && second % sides === 0);
  if (!known) {
    const fix = sides === 1 ? ` with formulation ${formulation}` : '';
    return refuse(report, path, `has shape ${spell(shape)}; ${needed} is needed${fix}`);
  }
  const bins = shape.length === 3 ? third : second / sides;
  if (positives < 1)
    report(path, 'P is 0: without a positive there is no loss to recompute; do not send captures of empty batches');
  if (bins < limits.minBins || bins > limits.maxBins) {
    report(path, `K is ${bins}; K from ${limits.minBins} to ${limits.maxBins} is supported`);
  }
  return { positives, bins };
}

function checkTarget(entry: TensorEntry | undefined, positives: number | null, sides: 4 | 1, report: Report): void {
  if (!entry) {
    report('target', `is missing; send the targets as ${sides === 1 ? '[P] or [P,1]' : '[P,4]'}`);
    return;
  }
  checkDtype(
    'target',
    entry,
    targetDtypes,
    report,
    `${lowPrecisionReason[sides]}; convert from float32 before casting`,
  );
  if (positives === null || hasShape(entry, [positives], sides)) return;
  const needed = sides === 1 ? `[${positives}] or [${positives}, 1]` : `[${positives}, 4]`;
  report('target', `has shape ${spell(entry.shape)}; ${needed} is needed, with P as in pred_dist`);
}

/** True for [...leading, sides]; one side needs no axis of its own. */
function hasShape({ shape }: TensorEntry, leading: readonly number[], sides: 4 | 1): boolean {
  const wanted = sides === 1 && shape.length === leading.length ? leading : [...leading, sides];
  return shape.length === wanted.length && wanted.every((length, axis) => shape[axis] === length);
}

function checkWeight(entry: TensorEntry | undefined, positives: number | null, report: Report): void {
  if (!entry) return;
  checkDtype('weight', entry, floatDtypes, report);
  const [rows, columns = 1] = entry.shape;
  if (positives !== null && (rows !== positives || columns !== 1 || entry.shape.length > 2)) {
    report(
      'weight',
      `has shape ${spell(entry.shape)}; [${positives}] or [${positives}, 1] is needed, with P as in pred_dist`,
    );
  }
}

function checkSelection(
  mask: TensorEntry | undefined,
  full: TensorEntry | undefined,
  target: TensorEntry | undefined,
  sides: 4 | 1,
  report: Report,
): CaptureShape['selection'] {
  if (!mask && !full) return null;
  if (!mask) return refuse(report, 'mask', 'is missing while target_full is there; send both or none');
  if (!full) return refuse(report, 'target_full', 'is missing while mask is there; send both or none');
  checkDtype('mask', mask, maskDtypes, report);
  if (target && full.dtype !== target.dtype) {
    report(
      'target_full',
      `is ${full.dtype} but target is ${target.dtype}; the rows are compared bit for bit, so send the same dtype`,
    );
  }
  const [images = 0, anchors = 0] = mask.shape;
  if (mask.shape.length !== 2 || images < 1 || anchors < 1) {
    return refuse(report, 'mask', `has shape ${spell(mask.shape)}; [B,A] with B and A at least 1 is needed`);
  }
  if (!hasShape(full, [images, anchors], sides)) {
    const needed = sides === 1 ? `[${images}, ${anchors}] or [${images}, ${anchors}, 1]` : `[${images}, ${anchors}, 4]`;
    report('target_full', `has shape ${spell(full.shape)}; ${needed} is needed, with B and A as in mask`);
  }
  return { images, anchors };
}

function checkDtype(
  path: string,
  entry: TensorEntry,
  allowed: readonly SafetensorsDtype[],
  report: Report,
  why?: string,
): void {
  if (allowed.includes(entry.dtype)) return;
  const isFloat = (floatDtypes as readonly SafetensorsDtype[]).includes(entry.dtype);
  const reason = why && isFloat ? `: ${why}` : '';
  report(path, `has dtype ${entry.dtype}; ${allowed.join(' or ')} is needed${reason}`);
}

function refuse(report: Report, path: string, message: string): null {
  report(path, message);
  return null;
}

function spell(shape: readonly number[]): string {
  return `[${shape.slice(0, 8).join(', ')}${shape.length > 8 ? ', ...' : ''}]`;
}
