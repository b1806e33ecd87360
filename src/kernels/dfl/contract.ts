// What every DFL backend takes, and the rules they share. The reference (reference.ts) is the readable truth of these rules; what they
// give is contracts/dfl.ts.
import type { BackendName } from '../../contracts/capture.ts';
import type { DflOffender, DflRecomputation } from '../../contracts/dfl.ts';
import { limits } from '../../contracts/limits.ts';
import type { LossRule } from './loss-rule.ts';

/** Arrays are C-ordered; a backend neither writes to them nor keeps them after its promise settled. */
export interface DflInput extends LossRule {
  /** P, at least 1. */
  positives: number;
  /** K, from 2 to 256: bin k stands for the value lo + k. */
  bins: number;
  lo: number;
  /** Logits [P,sides,K]. */
  predDist: Float32Array | Float64Array;
  /** [P,sides], in the unit of the bins. */
  target: Float32Array | Float64Array;
  /** [P]; null weighs every positive 1. */
  weight: Float32Array | Float64Array | null;
  /** [P] with values below `groups`: rows that are counted together, such as those of one stride. Null: all are group 0. */
  group: Uint8Array | null;
  /** From 1 to limits.targetGroups. */
  groups: number;
}

/** An input all of whose tensors are float32: what the float32 backends compute. */
export type Float32DflInput = DflInput & {
  predDist: Float32Array;
  target: Float32Array;
  weight: Float32Array | null;
};

export interface DflBackend {
  readonly name: BackendName;
  /** What computes, in words: processor or adapter. */
  readonly device: string;
  /**
   * Results in the order of the inputs, computed together. Inputs that fail assertDflInput reject the call. Rejects with the signal's
   * reason when aborted, with DflBackendError when the device fails, and with PublicError overloaded when too many calls wait.
   */
  recompute(inputs: readonly DflInput[], signal?: AbortSignal): Promise<DflRecomputation[]>;
  /** Ends the backend; calls still under way are rejected. */
  close(): Promise<void>;
}

/** Kinds after which the device must be opened anew, and those that cost one call only. */
export const fatalFailures = ['device-lost', 'crashed', 'timed-out'] as const;
export const passingFailures = ['out-of-memory', 'refused'] as const;
export type BackendFailure = (typeof fatalFailures)[number] | (typeof passingFailures)[number];

/** The device failed: another backend may still compute the same input. */
export class DflBackendError extends Error {
  readonly failure: BackendFailure;

  constructor(failure: BackendFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DflBackendError';
    this.failure = failure;
  }
}

/** Distance of a target from [lo, hi - 1], infinite for a target that is not finite. */
export function distanceFromRange(target: number, lo: number, hi: number): number {
  if (!Number.isFinite(target)) return Number.POSITIVE_INFINITY;
  return Math.max(lo - target, target - (hi - 1));
}

/** Order of offenders: those farthest from the range first, equal ones by row and side. */
export function compareOffenders(a: DflOffender, b: DflOffender, lo: number, hi: number): number {
  const farA = distanceFromRange(a.target, lo, hi);
  const farB = distanceFromRange(b.target, lo, hi);
  if (farA !== farB) return farA > farB ? -1 : 1;
  return a.row - b.row || a.side - b.side;
}

export function isFloat32(input: DflInput): input is Float32DflInput {
  const { predDist, target, weight } = input;
  return [predDist, target, weight].every((array) => array === null || array instanceof Float32Array);
}

/** How far a backend may be from the reference, by the type of its arithmetic. Counts and offenders must be equal in any case. */
export function toleranceFor(input: DflInput): { relative: number; absolute: number } {
  return isFloat32(input) ? { relative: 1e-6, absolute: 1e-9 } : { relative: 1e-9, absolute: 1e-12 };
}

/** Bytes of the tensors of an input. */
export function bytesOf({ predDist, target, weight }: DflInput): number {
  return predDist.byteLength + target.byteLength + (weight?.byteLength ?? 0);
}

/** Throws Error when shapes and lengths disagree: captures are judged before (capture-header.ts), so that is a bug. */
export function assertDflInput(input: DflInput): void {
  const { positives, sides, bins, lo, divisor, predDist, target, weight, group, groups } = input;
  const fits =
    Number.isSafeInteger(positives) &&
    positives >= 1 &&
    (sides === 4 || sides === 1) &&
    Number.isInteger(bins) &&
    bins >= limits.minBins &&
    bins <= limits.maxBins &&
    Number.isSafeInteger(lo) &&
    divisor > 0 &&
    Number.isFinite(divisor) &&
    predDist.length === positives * sides * bins &&
    target.length === positives * sides &&
    (weight === null || weight.length === positives) &&
    groups >= 1 &&
    groups <= limits.targetGroups &&
    (group === null || group.length === positives);
  if (fits) return;
  const lengths = `pred_dist ${predDist.length}, target ${target.length}, weight ${weight?.length ?? 'none'}`;
  throw new Error(
    `DFL input does not fit P=${positives}, sides=${sides}, K=${bins}, lo=${lo}, divisor=${divisor}: ${lengths}`,
  );
}
