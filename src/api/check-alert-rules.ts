// What requests say about routes, silences and maintenance windows, as far as a schema cannot check it.
import type { AlertRoute, Matcher, Repeat } from '../contracts/alerts.ts';
import { type FieldProblem, PublicError } from '../contracts/errors.ts';
import type { Principal } from '../contracts/tokens.ts';
import { isTimeZone } from '../domain/alerts/local-time.ts';
import { findMatcherProblem } from '../domain/alerts/matchers.ts';
import { parseRequestTime, requestTimeRule } from '../domain/observations/request-time.ts';
import type { Tx } from '../platform/db/client.ts';
import { readEndpoints } from '../platform/db/endpoints.ts';
import { refuseProblems } from './plugins/validation.ts';

const dayMs = 86_400_000;

export function matcherProblems(matchers: readonly Matcher[]): FieldProblem[] {
  return matchers.flatMap((matcher, index) => {
    const message = findMatcherProblem(matcher);
    return message === null ? [] : [{ path: `/matchers/${index}/value`, message }];
  });
}

export function zoneProblems(zone: string | undefined, path: string): FieldProblem[] {
  if (zone === undefined || isTimeZone(zone)) return [];
  return [{ path, message: 'is not a time zone; give an IANA name such as Europe/Berlin or Asia/Shanghai' }];
}

/**
 * An endpoint that was removed may stay in a route that named it `before`.
 * @throws PublicError `invalid_request` naming every field that is wrong
 */
export async function checkRoute(tx: Tx, route: AlertRoute, before: AlertRoute | null): Promise<void> {
  const named = before ? [...before.endpoints, ...(before.escalate?.endpoints ?? [])] : [];
  const known = new Set([...(await readEndpoints(tx)).map(({ id }) => id), ...named]);
  const unknown = (ids: readonly string[], path: string) =>
    ids.flatMap((id, index) =>
      known.has(id) ? [] : [{ path: `${path}/${index}`, message: `there is no endpoint ${id}` }],
    );
  const { digest, quiet_hours: quiet, escalate } = route;
  refuseProblems([
    ...matcherProblems(route.matchers),
    ...unknown(route.endpoints, '/endpoints'),
    ...unknown(escalate?.endpoints ?? [], '/escalate/endpoints'),
    ...(digest && 'at' in digest ? zoneProblems(digest.time_zone, '/digest/time_zone') : []),
    ...(quiet ? zoneProblems(quiet.time_zone, '/quiet_hours/time_zone') : []),
    ...(quiet && quiet.from === quiet.to ? [{ path: '/quiet_hours/to', message: 'must differ from from' }] : []),
  ]);
}

export interface Span {
  startsAt: Date;
  endsAt: Date;
}

/** @throws PublicError `invalid_request` when a time cannot be read, or the end is not after the start. */
export function checkSpan(
  given: { starts_at?: string | number; ends_at?: string | number },
  before: Partial<Span>,
): Span {
  const startsAt = given.starts_at === undefined ? before.startsAt : parseRequestTime(given.starts_at);
  const endsAt = given.ends_at === undefined ? before.endsAt : parseRequestTime(given.ends_at);
  if (!startsAt) throw refused('/starts_at', requestTimeRule);
  if (!endsAt) throw refused('/ends_at', requestTimeRule);
  if (endsAt <= startsAt) throw refused('/ends_at', 'must be after starts_at');
  return { startsAt, endsAt };
}

/** A window that repeats must be over before it begins again. */
export function repeatProblems(repeat: Repeat | null, { startsAt, endsAt }: Span): FieldProblem[] {
  if (repeat === null) return [];
  const longestMs = repeat.every === 'day' ? dayMs : 7 * dayMs;
  const isLong = endsAt.getTime() - startsAt.getTime() >= longestMs;
  return [
    ...zoneProblems(repeat.time_zone, '/repeat/time_zone'),
    ...(isLong
      ? [{ path: '/ends_at', message: `must be less than a ${repeat.every} after starts_at, since it repeats` }]
      : []),
  ];
}

/** Rules that reach over projects are for tokens that do. @throws PublicError `forbidden` otherwise. */
export function refuseProjectToken(principal: Principal): void {
  if (principal.project === null) return;
  throw new PublicError(
    'forbidden',
    `This token belongs to the project ${principal.project}; routes and maintenance windows hold for all projects.`,
  );
}

export function refused(path: string, message: string): PublicError {
  return new PublicError('invalid_request', `${path} ${message}.`, { errors: [{ path, message }] });
}

export function missing(what: string, id: string): PublicError {
  return new PublicError('not_found', `There is no ${what} ${id}.`, {
    errors: [{ path: 'param:id', message: `no such ${what}` }],
  });
}
