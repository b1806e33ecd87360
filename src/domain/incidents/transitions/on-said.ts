// What people say of an incident without changing it.
import type { IncidentChange, IncidentRecord } from '../types.ts';
import { startDraft } from './draft.ts';

export function onCommented(
  current: IncidentRecord,
  { text, actor }: { text: string; actor: string },
  now: Date,
): IncidentChange {
  const draft = startDraft(current, actor, now);
  draft.note('commented', 'by-hand', { text });
  return draft.finish();
}

export function onFeedback(
  current: IncidentRecord,
  { remediation, worked, actor }: { remediation: string; worked: boolean; actor: string },
  now: Date,
): IncidentChange {
  const draft = startDraft(current, actor, now);
  draft.note('feedback', 'by-hand', { remediation, worked });
  return draft.finish();
}
