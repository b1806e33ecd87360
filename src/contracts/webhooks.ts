import { type Static, Type } from 'typebox';
import { locales, Nullable, Page, PageQuery, ProjectId, SeveritySchema, StringEnum, Timestamp } from './common.ts';
import { limits } from './limits.ts';

/** Events an endpoint may subscribe to. */
export const webhookEvents = [
  'incident.opened',
  'incident.updated',
  'incident.acknowledged',
  'incident.resolved',
  'incident.regressed',
  'run.stalled',
  'webhook.test',
] as const;
export type WebhookEvent = (typeof webhookEvents)[number];

/** Channels built so far; a new one is a folder in src/domain/channels and a name here. */
export const webhookFormats = ['standard'] as const;
export type WebhookFormat = (typeof webhookFormats)[number];

const Filter = Type.Object({
  project: Type.Optional(ProjectId),
  classes: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 100 })),
  min_severity: Type.Optional(SeveritySchema),
});
export type WebhookFilter = Static<typeof Filter>;

export const WebhookCreate = Type.Object({
  url: Type.String({ minLength: 1, maxLength: limits.urlLength }),
  format: Type.Optional(StringEnum(webhookFormats, { default: 'standard' })),
  events: Type.Optional(Type.Array(StringEnum(webhookEvents), { minItems: 1, maxItems: webhookEvents.length })),
  filter: Type.Optional(Filter),
  secret: Type.Optional(
    Type.String({ pattern: '^whsec_[A-Za-z0-9+/=]{32,90}$', description: 'whsec_ + base64 of 24 to 64 bytes' }),
  ),
  locale: Type.Optional(StringEnum(locales, { default: 'en' })),
});
export type WebhookCreate = Static<typeof WebhookCreate>;

export const endpointStatuses = ['enabled', 'disabled'] as const;

export const Webhook = Type.Object({
  id: Type.String(),
  url: Type.String(),
  format: StringEnum(webhookFormats),
  events: Type.Array(StringEnum(webhookEvents)),
  filter: Filter,
  locale: StringEnum(locales),
  status: StringEnum(endpointStatuses),
  disabled_reason: Nullable(Type.String()),
  created_at: Timestamp,
});
export type Webhook = Static<typeof Webhook>;
export const WebhookWithSecret = Type.Intersect([Webhook, Type.Object({ secret: Type.String() })]);
export const WebhookPage = Page(Webhook);

export const deliveryStatuses = ['pending', 'delivered', 'failed'] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

export const Delivery = Type.Object({
  id: Type.String(),
  event: StringEnum(webhookEvents),
  incident_id: Nullable(Type.String()),
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
export const DeliveryListQuery = Type.Object({ ...PageQuery });
export const TestReceipt = Type.Object({ delivery_id: Type.String() });
