import type { Finding } from '../../../contracts/findings.ts';
import type { CaptureFacts, Signal } from '../../diagnosis/types.ts';
import type { ParsedException, ParsedText } from '../../parsing/types.ts';
import type { RunFacts } from '../read-facts.ts';

/** What a signal may look at. */
export interface SignalInput {
  text: ParsedText | null;
  exception: ParsedException | null;
  /** Named groups of the rules that hold: n, side, bound, ... */
  matched: Record<string, string>;
  findings: Finding[];
  captures: CaptureFacts | null;
  facts: RunFacts;
  /** Step the failure was reported at. */
  step: number | null;
}

/** A named fact: `data` lists what its sentence in catalog/signals.yaml may use; `read` answers the data, or null when it is not so. */
export interface SignalRule {
  id: string;
  data: readonly string[];
  read: (input: SignalInput) => Signal['data'] | null;
}

/** Data when the condition holds. */
export function present(condition: boolean, data: Signal['data'] = {}): Signal['data'] | null {
  return condition ? data : null;
}
