// A route as its form has it, and as the API takes it.
import type { Weekday } from '../../../src/contracts/alerts.ts';
import type { AlertRoute, AlertRouteCreate } from '../api/alert-rule-queries.ts';
import { parseDuration, writeDuration } from './durations.ts';
import { fromRows, type MatcherRow, toRows } from './matcher-rows.ts';

/** Texts are what was typed: lengths of time as in durations.ts, clock times as HH:MM. */
export interface RouteDraft {
  name: string;
  matchers: MatcherRow[];
  endpoints: string[];
  groupBy: string[];
  groupWait: string;
  groupInterval: string;
  /** Empty: never. */
  repeatInterval: string;
  continues: boolean;
  digest: 'none' | 'daily' | 'every';
  digestAt: string;
  digestZone: string;
  digestEvery: string;
  isQuiet: boolean;
  quietFrom: string;
  quietTo: string;
  quietZone: string;
  /** None: every day. */
  quietDays: Weekday[];
  escalates: boolean;
  escalateAfter: string;
  escalateTo: string[];
}

/** What the form of a new route begins with; `zone` is the reader's. */
export function newDraft(zone: string): RouteDraft {
  return {
    name: '',
    matchers: [],
    endpoints: [],
    groupBy: ['project', 'class'],
    groupWait: '30s',
    groupInterval: '5m',
    repeatInterval: '4h',
    continues: false,
    digest: 'none',
    digestAt: '09:00',
    digestZone: zone,
    digestEvery: '1h',
    isQuiet: false,
    quietFrom: '22:00',
    quietTo: '08:00',
    quietZone: zone,
    quietDays: [],
    escalates: false,
    escalateAfter: '15m',
    escalateTo: [],
  };
}

export function toDraft(route: AlertRoute, zone: string): RouteDraft {
  const { digest, quiet_hours: quiet, escalate } = route;
  return {
    ...newDraft(zone),
    name: route.name,
    matchers: toRows(route.matchers),
    endpoints: route.endpoints,
    groupBy: route.group_by,
    groupWait: writeDuration(route.group_wait_s),
    groupInterval: writeDuration(route.group_interval_s),
    repeatInterval: route.repeat_interval_s === null ? '' : writeDuration(route.repeat_interval_s),
    continues: route.continue,
    ...(digest !== null &&
      ('at' in digest
        ? { digest: 'daily' as const, digestAt: digest.at, digestZone: digest.time_zone ?? 'UTC' }
        : { digest: 'every' as const, digestEvery: writeDuration(digest.every_s) })),
    ...(quiet !== null && {
      isQuiet: true,
      quietFrom: quiet.from,
      quietTo: quiet.to,
      quietZone: quiet.time_zone,
      quietDays: quiet.days ?? [],
    }),
    ...(escalate !== null && {
      escalates: true,
      escalateAfter: writeDuration(escalate.after_s),
      escalateTo: escalate.endpoints,
    }),
  };
}

const lengths = ['groupWait', 'groupInterval', 'repeatInterval', 'digestEvery', 'escalateAfter'] as const;
export type LengthField = (typeof lengths)[number];

/** The lengths of time that cannot be read, of those that are sent. */
export function wrongLengths(draft: RouteDraft): LengthField[] {
  const isSent = (field: LengthField) =>
    field === 'digestEvery'
      ? draft.digest === 'every'
      : field === 'escalateAfter'
        ? draft.escalates
        : field !== 'repeatInterval' || draft.repeatInterval.trim() !== '';
  return lengths.filter((field) => isSent(field) && parseDuration(draft[field]) === null);
}

/** Everything but the place. Only for a draft without wrong lengths. */
export function fromDraft(draft: RouteDraft): AlertRouteCreate {
  const seconds = (text: string) => parseDuration(text) ?? 0;
  return {
    name: draft.name.trim(),
    matchers: fromRows(draft.matchers),
    endpoints: draft.endpoints,
    group_by: draft.groupBy,
    group_wait_s: seconds(draft.groupWait),
    group_interval_s: seconds(draft.groupInterval),
    repeat_interval_s: draft.repeatInterval.trim() === '' ? null : seconds(draft.repeatInterval),
    continue: draft.continues,
    digest:
      draft.digest === 'none'
        ? null
        : draft.digest === 'daily'
          ? { at: draft.digestAt, time_zone: draft.digestZone }
          : { every_s: seconds(draft.digestEvery) },
    quiet_hours: draft.isQuiet
      ? {
          from: draft.quietFrom,
          to: draft.quietTo,
          time_zone: draft.quietZone,
          ...(draft.quietDays.length > 0 && { days: draft.quietDays }),
        }
      : null,
    escalate: draft.escalates ? { after_s: seconds(draft.escalateAfter), endpoints: draft.escalateTo } : null,
  };
}
