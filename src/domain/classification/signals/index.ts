// All signals, in the order they are read. A new signal is one entry in its file and one sentence in catalog/signals.yaml.
import type { Signal } from '../../diagnosis/types.ts';
import { captureSignals } from './capture.ts';
import { configSignals } from './config.ts';
import { environmentSignals } from './environment.ts';
import { frameSignals } from './frames.ts';
import { metricSignals } from './metric.ts';
import type { SignalInput, SignalRule } from './signal.ts';
import { valueSignals } from './value.ts';

export const signalRules: readonly SignalRule[] = [
  ...environmentSignals,
  ...valueSignals,
  ...frameSignals,
  ...metricSignals,
  ...captureSignals,
  ...configSignals,
];

/** Every one of the wanted signals that is so, each with the data of its sentence. */
export function readSignals(input: SignalInput, wanted: ReadonlySet<string>): Signal[] {
  return signalRules.flatMap((rule) => {
    const data = wanted.has(rule.id) ? rule.read(input) : null;
    return data ? [{ id: rule.id, data }] : [];
  });
}
