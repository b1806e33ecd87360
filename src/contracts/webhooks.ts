import { type Static, Type } from 'typebox';
import {
  FreeObject,
  locales,
  Nullable,
  Page,
  PageQuery,
  ProjectId,
  RequestTime,
  SeveritySchema,
  StringEnum,
  Timestamp,
} from './common.ts';
import { limits } from './limits.ts';

/** Events an endpoint may subscribe to; `alerting.failed` tells that another endpoint cannot be reached. */
export const webhookEvents = [
  'incident.opened',
  'incident.updated',
  'incident.acknowledged',
  'incident.resolved',
  'incident.regressed',
  'run.stalled',
  'alerting.failed',
  'webhook.test',
] as const;
export type WebhookEvent = (typeof webhookEvents)[number];

/** Alert channels; each is a folder in src/domain/channels. */
export const webhookFormats = [
  'standard',
  'slack',
  'feishu',
  'dingtalk',
  'wecom',
  'discord',
  'teams',
  'pagerduty',
  'alertmanager',
  'email',
] as const;
export type WebhookFormat = (typeof webhookFormats)[number];

const Filter = Type.Object({
  project: Type.Optional(ProjectId),
  classes: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 100 })),
  min_severity: Type.Optional(SeveritySchema),
});
export type WebhookFilter = Static<typeof Filter>;

const Url = Type.String({
  minLength: 1,
  maxLength: limits.urlLength,
  description:
    'https:// or http://; mailto:ADDRESS[,ADDRESS] for the format email. May be left out where GET /v1/channels names a default',
});
const Events = Type.Array(StringEnum(webhookEvents), { minItems: 1, maxItems: webhookEvents.length });
const Secret = Type.String({
  minLength: 1,
  maxLength: 200,
  description:
    'What it is depends on the format: see GET /v1/channels. For standard: whsec_ + base64 of 24 to 64 bytes',
});
const Settings = Type.Unsafe<Record<string, unknown>>({
  ...FreeObject,
  description: 'Settings of the format; their JSON schema is in GET /v1/channels',
});

export const WebhookCreate = Type.Object({
  url: Type.Optional(Url),
  format: Type.Optional(StringEnum(webhookFormats, { default: 'standard' })),
  events: Type.Optional(Events),
  filter: Type.Optional(Filter),
  secret: Type.Optional(Secret),
  settings: Type.Optional(Settings),
  locale: Type.Optional(StringEnum(locales, { default: 'en' })),
});
export type WebhookCreate = Static<typeof WebhookCreate>;

export const endpointStatuses = ['enabled', 'disabled'] as const;
export type EndpointStatus = (typeof endpointStatuses)[number];

export const WebhookPatch = Type.Object({
  url: Type.Optional(Url),
  events: Type.Optional(Events),
  filter: Type.Optional(Filter),
  settings: Type.Optional(Settings),
  locale: Type.Optional(StringEnum(locales)),
  status: Type.Optional(StringEnum(endpointStatuses)),
});
export type WebhookPatch = Static<typeof WebhookPatch>;

export const SecretRotation = Type.Object({
  secret: Type.Optional(Secret),
  overlap_s: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 30 * 86_400,
      default: 86_400,
      description: 'How long requests are signed with the old secret, too',
    }),
  ),
});

/** How an endpoint fares: `unproven` until the first answer. */
export const endpointHealthStates = ['unproven', 'ok', 'failing', 'disabled'] as const;

export const Webhook = Type.Object({
  id: Type.String(),
  url: Type.String(),
  format: StringEnum(webhookFormats),
  events: Type.Array(StringEnum(webhookEvents)),
  filter: Filter,
  settings: Settings,
  locale: StringEnum(locales),
  status: StringEnum(endpointStatuses),
  disabled_reason: Nullable(Type.String()),
  health: Type.Object({
    state: StringEnum(endpointHealthStates),
    last_delivered_at: Nullable(Timestamp),
    failing_since: Nullable(Timestamp),
    last_failure: Nullable(Type.String()),
  }),
  old_secret_until: Nullable(
    Type.String({
      description: 'RFC 3339; until then requests are signed with the replaced secret, too. May have passed',
    }),
  ),
  created_at: Timestamp,
});
export type Webhook = Static<typeof Webhook>;
export const WebhookWithSecret = Type.Intersect([
  Webhook,
  Type.Object({ secret: Nullable(Type.String({ description: 'Shown this once; null where the format has none' })) }),
]);
export const WebhookPage = Page(Webhook);

/** Whether the secret is made here, brought from the service, or does not exist. */
export const channelSecrets = ['generated', 'given', 'none'] as const;
export type ChannelSecret = (typeof channelSecrets)[number];

export const ChannelAnswer = Type.Object({
  format: StringEnum(webhookFormats),
  title: Type.String(),
  fields: Type.Unsafe<Record<string, unknown>>({ ...FreeObject, description: 'JSON schema of `settings`' }),
  secret: StringEnum(channelSecrets),
  secret_required: Type.Boolean(),
  secret_rule: Type.String(),
  url: Type.Object({ example: Type.String(), default: Nullable(Type.String()) }),
  merges: Type.Boolean({ description: 'Several alerts may come as one message' }),
  rates: Type.Array(Type.Object({ count: Type.Integer(), per_s: Type.Number() })),
});
export const ChannelList = Type.Object({ items: Type.Array(ChannelAnswer) });

export const PreviewRequest = Type.Object({
  format: StringEnum(webhookFormats),
  locale: Type.Optional(StringEnum(locales, { default: 'en' })),
  settings: Type.Optional(Settings),
  incident_id: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
});
export const Preview = Type.Object({ content_type: Type.String(), body: Type.String() });

/** `merged`: told in the message of another delivery, whose fate it shares. */
export const deliveryStatuses = ['pending', 'delivered', 'failed', 'merged'] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

export const Delivery = Type.Object({
  id: Type.String(),
  event: StringEnum(webhookEvents),
  incident_id: Nullable(Type.String({ description: 'The first of incident_ids' })),
  incident_ids: Type.Array(Type.String()),
  merged_into: Nullable(Type.String({ description: 'The delivery whose message tells this event, too' })),
  status: StringEnum(deliveryStatuses),
  created_at: Timestamp,
  next_attempt_at: Nullable(Timestamp),
  attempts: Type.Array(
    Type.Object({
      at: Timestamp,
      status: Nullable(Type.Integer({ description: 'HTTP status; null when there was no answer' })),
      latency_ms: Type.Integer(),
      error: Nullable(Type.String()),
      answer: Nullable(Type.String({ description: 'First kilobyte of the answer' })),
    }),
  ),
});
export type Delivery = Static<typeof Delivery>;
export const DeliveryPage = Page(Delivery);

/** A delivery with the request that its attempts make. */
export const DeliveryDetail = Type.Intersect([
  Delivery,
  Type.Object({
    request: Nullable(
      Type.Object(
        {
          headers: Type.Record(Type.String(), Type.String()),
          body: Type.String({ description: 'Bounded by the channel, at most 200,000 bytes' }),
        },
        {
          description:
            'What every attempt sends to the address of the endpoint, with the time of the latest; "***" stands for secrets and signatures. Null when another delivery told the event',
        },
      ),
    ),
  }),
]);
export const DeliveryListQuery = Type.Object({ ...PageQuery });
export const RecoverRequest = Type.Object({ since: RequestTime });
export const RecoverReceipt = Type.Object({
  deliveries: Type.Integer({ description: 'Failed deliveries since then that are sent again' }),
});
export const TestReceipt = Type.Object({ delivery_id: Type.String() });
