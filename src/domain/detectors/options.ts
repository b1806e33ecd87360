// Detector options of a project and of a run: which detectors are off, and thresholds that replace the defaults.
import type { DetectorOptions } from '../../contracts/detectors.ts';
import { findConfigValue } from '../classification/read-config.ts';
import { isWithin } from './about.ts';
import type { Detector, DetectorContext } from './detector.ts';
import { detectors } from './index.ts';

/** The detectors that are on, with their thresholds. Unknown ids and names, and values out of bounds, are without effect. */
export function enabledDetectors(options: DetectorOptions): Detector[] {
  return detectors.flatMap((detector) => {
    const own = Object.hasOwn(options, detector.id) ? options[detector.id] : undefined;
    if (own?.enabled === false) return [];
    const given = Object.entries(own?.thresholds ?? {}).filter(([name, value]) => {
      const about = Object.hasOwn(detector.thresholds, name) ? detector.about.thresholds[name] : undefined;
      return about !== undefined && isWithin(about, value);
    });
    return [{ ...detector, thresholds: { ...detector.thresholds, ...Object.fromEntries(given) } }];
  });
}

/** A run's options over its project's: each switch and each threshold that the run names is the run's. */
export function mergeOptions(project: DetectorOptions, run: DetectorOptions): DetectorOptions {
  const ids = new Set([...Object.keys(project), ...Object.keys(run)]);
  return Object.fromEntries(
    [...ids].map((id) => {
      const thresholds = { ...project[id]?.thresholds, ...run[id]?.thresholds };
      const enabled = run[id]?.enabled ?? project[id]?.enabled;
      return [id, { ...(enabled === undefined ? {} : { enabled }), thresholds }];
    }),
  );
}

/** What the detectors may know of a run: its row, and the reg_range [lo, hi) of its captures. */
export function detectorContext(
  run: { worldSize: number | null; config: unknown },
  range: readonly [number, number] | null,
): DetectorContext {
  const batch = Number(findConfigValue(isRecord(run.config) ? run.config : null, batchNames));
  return {
    worldSize: run.worldSize,
    bins: range === null ? null : range[1] - range[0],
    batchSize: Number.isInteger(batch) && batch > 0 ? batch : null,
  };
}

/** Images of one step on one card: PaddleDetection, MMDetection, HF Trainer. Names that mean all cards together are not among them. */
const batchNames = ['samples_per_gpu', 'batch_size_per_card', 'per_device_train_batch_size', 'samples_per_card'];

/**
 * Options in a run's config, `losswatch: {detectors: {"metric.spike": {enabled, thresholds: {factor}}}}`; what is not of that form is left
 * out, so that a wrong config never stops the watching.
 */
export function readOptions(config: unknown): DetectorOptions {
  const given = fieldOf(fieldOf(config, 'losswatch'), 'detectors');
  if (!isRecord(given)) return {};
  return Object.fromEntries(
    Object.entries(given).flatMap(([id, own]) => {
      if (!isRecord(own)) return [];
      const thresholds = Object.entries(isRecord(own.thresholds) ? own.thresholds : {}).filter(
        (entry): entry is [string, number] => typeof entry[1] === 'number' && Number.isFinite(entry[1]),
      );
      const enabled = typeof own.enabled === 'boolean' ? { enabled: own.enabled } : {};
      return [[id, { ...enabled, thresholds: Object.fromEntries(thresholds) }]];
    }),
  );
}

function fieldOf(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
