// Who is told of what, and when: routes, silences, maintenance windows, and what was decided.
import { type Static, Type } from 'typebox';
import { Nullable, Page, PageQuery, ProjectId, RequestTime, StringEnum, severities, Timestamp } from './common.ts';
import { limits } from './limits.ts';
import { Delivery, Webhook, webhookEvents, webhookFormats } from './webhooks.ts';

/** Labels that every alert has, besides `tag.<key>` for the tags of its runs. */
export const alertLabels = ['class', 'cause', 'severity', 'project', 'run', 'framework', 'event'] as const;
export const matcherOps = ['=', '!=', '=~', '!~'] as const;

const LabelName = Type.String({
  pattern: `^(${alertLabels.join('|')}|tag\\..{1,100})$`,
  description: `${alertLabels.join(', ')} or tag.<key>`,
});
export const Matcher = Type.Object({
  label: LabelName,
  op: StringEnum(matcherOps),
  value: Type.String({
    maxLength: 200,
    description: 'For =~ and !~ a regular expression that must match the whole value',
  }),
});
export type Matcher = Static<typeof Matcher>;
const Matchers = Type.Array(Matcher, { maxItems: 20, description: 'All must hold; none: everything' });

const ClockTime = Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$', description: 'HH:MM' });
const TimeZone = Type.String({ minLength: 1, maxLength: 64, description: 'IANA name, e.g. Asia/Shanghai' });
export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

export const Digest = Type.Union(
  [
    Type.Object({ at: ClockTime, time_zone: Type.Optional(TimeZone) }),
    Type.Object({ every_s: Type.Integer({ minimum: 60, maximum: 7 * 86_400 }) }),
  ],
  {
    description:
      'Warnings and infos are collected and told together: daily at a time (UTC by default), or every so many seconds',
  },
);
export type Digest = Static<typeof Digest>;

export const QuietHours = Type.Object(
  {
    from: ClockTime,
    to: ClockTime,
    time_zone: TimeZone,
    days: Type.Optional(
      Type.Array(StringEnum(weekdays), {
        minItems: 1,
        maxItems: 7,
        description: 'Days on which they begin; every day when left out',
      }),
    ),
  },
  { description: 'Warnings and infos wait until they end' },
);
export type QuietHours = Static<typeof QuietHours>;

const EndpointIds = Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { maxItems: 50 });
const Escalation = Type.Object(
  { after_s: Type.Integer({ minimum: 60, maximum: 7 * 86_400 }), endpoints: EndpointIds },
  { description: 'Told when nobody has acknowledged an incident this long after it was told' },
);

const seconds = (minimum: number, maximum: number, fallback: number, description: string) =>
  Type.Integer({ minimum, maximum, default: fallback, description });
const routeFields = {
  name: Type.String({ minLength: 1, maxLength: limits.nameLength }),
  position: Type.Integer({
    minimum: 0,
    maximum: 1_000_000,
    description: 'Routes are tried in this order; the last by default',
  }),
  matchers: Matchers,
  endpoints: EndpointIds,
  group_by: Type.Array(Type.Union([LabelName, Type.Literal('incident')]), {
    maxItems: 10,
    description:
      'Alerts that agree in these labels are one group; none: all of the route. `incident` makes each incident a group',
  }),
  group_wait_s: seconds(0, 3_600, 30, 'Before the first message of a group; what is critical does not wait'),
  group_interval_s: seconds(0, 86_400, 300, 'Between messages of a group; the first critical alert does not wait'),
  repeat_interval_s: Nullable(
    seconds(60, 30 * 86_400, 14_400, 'An open incident is told again after this; null: never'),
  ),
  continue: Type.Boolean({ description: 'Try the later routes, too' }),
  digest: Nullable(Digest),
  quiet_hours: Nullable(QuietHours),
  escalate: Nullable(Escalation),
};
export const AlertRoute = Type.Object({ id: Type.String(), ...routeFields });
export type AlertRoute = Static<typeof AlertRoute>;
export const AlertRouteCreate = Type.Object({
  ...Type.Partial(Type.Object(routeFields)).properties,
  name: routeFields.name,
});
export type AlertRouteCreate = Static<typeof AlertRouteCreate>;
export const AlertRoutePatch = Type.Partial(Type.Object(routeFields));
export type AlertRoutePatch = Static<typeof AlertRoutePatch>;
export const AlertRoutePage = Page(AlertRoute);

const LabelValue = Type.String({ maxLength: 200 });
/** An incident that is there, or one that is made up. */
export const RoutePreviewRequest = Type.Object({
  incident_id: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'The other fields are ignored' })),
  event: Type.Optional(StringEnum(webhookEvents, { default: 'incident.opened' })),
  severity: Type.Optional(StringEnum(severities, { default: 'critical' })),
  class: Type.Optional(LabelValue),
  cause: Type.Optional(LabelValue),
  project: Type.Optional(ProjectId),
  run: Type.Optional(LabelValue),
  framework: Type.Optional(LabelValue),
  tags: Type.Optional(Type.Record(Type.String({ maxLength: 100 }), LabelValue, { maxProperties: 50 })),
});
export type RoutePreviewRequest = Static<typeof RoutePreviewRequest>;
const Reason = Type.String({ description: 'In the language of the caller' });
export const RoutePreviewAnswer = Type.Object({
  routes: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      taken: Type.Boolean(),
      code: Type.String({ description: 'matched, mismatch or not-tried' }),
      reason: Reason,
    }),
  ),
  endpoints: Type.Array(
    Type.Object({
      id: Type.String(),
      format: StringEnum(webhookFormats),
      route_id: Type.String({ description: 'default: the built-in route' }),
      told: Type.Boolean(),
      code: Type.String(),
      reason: Reason,
    }),
  ),
});
export type RoutePreviewAnswer = Static<typeof RoutePreviewAnswer>;

export const silenceStatuses = ['pending', 'active', 'expired'] as const;
export const Silence = Type.Object({
  id: Type.String(),
  matchers: Matchers,
  author: Type.String(),
  reason: Type.String(),
  starts_at: Timestamp,
  ends_at: Timestamp,
  status: StringEnum(silenceStatuses),
});
export type Silence = Static<typeof Silence>;
const SilenceReason = Type.String({ minLength: 1, maxLength: 1_000 });
export const SilenceCreate = Type.Object({
  matchers: Type.Array(Matcher, { minItems: 1, maxItems: 20 }),
  reason: SilenceReason,
  starts_at: Type.Optional(RequestTime),
  ends_at: RequestTime,
});
export const SilencePatch = Type.Object({
  matchers: Type.Optional(Type.Array(Matcher, { minItems: 1, maxItems: 20 })),
  reason: Type.Optional(SilenceReason),
  starts_at: Type.Optional(RequestTime),
  ends_at: Type.Optional(RequestTime),
});
export const SilencePage = Page(Silence);
export const SilenceListQuery = Type.Object({ ...PageQuery, status: Type.Optional(StringEnum(silenceStatuses)) });

const Repeat = Type.Object({ every: StringEnum(['day', 'week'] as const), time_zone: TimeZone });
export type Repeat = Static<typeof Repeat>;
const windowFields = {
  name: Type.String({ minLength: 1, maxLength: limits.nameLength }),
  matchers: Matchers,
  repeat: Nullable(Repeat),
};
export const MaintenanceWindow = Type.Object({
  id: Type.String(),
  ...windowFields,
  starts_at: Timestamp,
  ends_at: Timestamp,
  active: Type.Boolean(),
});
export type MaintenanceWindow = Static<typeof MaintenanceWindow>;
export const MaintenanceWindowCreate = Type.Object({
  name: windowFields.name,
  matchers: Type.Optional(Matchers),
  repeat: Type.Optional(windowFields.repeat),
  starts_at: RequestTime,
  ends_at: RequestTime,
});
export const MaintenanceWindowPatch = Type.Partial(
  Type.Object({ ...windowFields, starts_at: RequestTime, ends_at: RequestTime }),
);
export const MaintenanceWindowPage = Page(MaintenanceWindow);
export const AlertListQuery = Type.Object({ ...PageQuery });

export const alertStages = ['route', 'group', 'inhibit', 'silence', 'dedup', 'send'] as const;
export type AlertStage = (typeof alertStages)[number];
export const alertDecisions = ['pass', 'hold', 'drop', 'send', 'skip'] as const;

export const IncidentDeliveries = Type.Object({
  items: Type.Array(
    Type.Intersect([Delivery, Type.Object({ endpoint: Type.Pick(Webhook, ['id', 'format', 'status']) })]),
  ),
  decisions: Type.Array(
    Type.Object({
      at: Timestamp,
      event: StringEnum(webhookEvents),
      stage: StringEnum(alertStages),
      decision: StringEnum(alertDecisions),
      code: Type.String(),
      reason: Type.String({ description: 'In the language of the caller' }),
      endpoint_id: Nullable(Type.String()),
      route_id: Nullable(Type.String({ description: 'default: the built-in route' })),
    }),
  ),
});
