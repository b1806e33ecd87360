// An incident's PATCH body as the edit that it asks for.
import { type FieldProblem, PublicError } from '../contracts/errors.ts';
import type { IncidentPatch } from '../contracts/incidents.ts';
import { parseRequestTime, requestTimeRule } from '../domain/observations/request-time.ts';
import type { AskedEdit } from '../flows/edit-incidents.ts';

/** @throws PublicError `invalid_request` naming the field; `base` is the JSON pointer of the patch in the body. */
export function toEdit(patch: IncidentPatch, now: Date, base = ''): AskedEdit {
  const { state, assignee, severity, reason } = patch;
  return { state, assignee, severity, note: reason, mute: toMute(patch, now, base) };
}

function toMute({ mute, muted_until: until }: IncidentPatch, now: Date, base: string): AskedEdit['mute'] {
  if (mute !== undefined && until !== undefined)
    throw refuse({
      path: `${base}/muted_until`,
      message: 'cannot be given together with mute; mute.until says the same',
    });
  if (until !== undefined) {
    if (until === null) return null;
    const time = toTime(until, `${base}/muted_until`);
    return { kind: 'until', until: time };
  }
  if (mute === undefined || mute === null) return mute;
  if ('until' in mute) {
    const time = toTime(mute.until, `${base}/mute/until`);
    if (time > now) return { kind: 'until', until: time };
    throw refuse({ path: `${base}/mute/until`, message: 'must be in the future; null unmutes' });
  }
  return { kind: 'until_worse' in mute ? 'until-worse' : 'until-new-run' };
}

function toTime(given: string | number, path: string): Date {
  const time = parseRequestTime(given);
  if (time) return time;
  throw refuse({ path, message: requestTimeRule });
}

function refuse(problem: FieldProblem): PublicError {
  return new PublicError('invalid_request', `${problem.path} ${problem.message}.`, { errors: [problem] });
}
