import { type Static, type TSchema, Type } from 'typebox';
import { limits } from './limits.ts';

/** Languages the product speaks; every text a person reads exists in both. */
export const locales = ['en', 'zh'] as const;
export type Locale = (typeof locales)[number];

export const severities = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** A closed set of strings, typed as their union. */
export function StringEnum<const T extends readonly string[]>(values: T, options: Record<string, unknown> = {}) {
  return Type.Unsafe<T[number]>({ type: 'string', enum: [...values], ...options });
}

export function Nullable<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()]);
}

export const SeveritySchema = StringEnum(severities);
export const RunId = Type.String({
  pattern: '^[A-Za-z0-9_.-]{1,64}$',
  description: 'Run id, chosen by the caller or made here',
});
export const ProjectId = Type.String({ pattern: '^[A-Za-z0-9_.-]{1,64}$' });
export const Step = Type.Integer({
  minimum: 0,
  maximum: limits.maxStep,
  description: 'Training step (iteration) the observation belongs to',
});
export const Rank = Type.Integer({ minimum: 0, maximum: limits.maxRank });
/** RFC 3339 text or epoch seconds. */
export const RequestTime = Type.Union([Type.String({ maxLength: 40 }), Type.Number()]);
export const Timestamp = Type.String({ description: 'RFC 3339, UTC' });
/** A free-form JSON object; its depth and size are bounded by the HTTP edge. */
export const FreeObject = Type.Record(Type.String(), Type.Unknown());

export const PageQuery = {
  cursor: Type.Optional(Type.String({ maxLength: 300 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.pageSize, default: limits.defaultPageSize })),
};

/** Those on view of a long list are asked for anew by their ids. */
export const Ids = Type.String({
  pattern: `^[A-Za-z0-9_.-]{1,64}(,[A-Za-z0-9_.-]{1,64}){0,${limits.pageSize - 1}}$`,
  maxLength: 65 * limits.pageSize,
  description: `Only these, separated by commas, at most ${limits.pageSize}`,
});

export function Page<T extends TSchema>(item: T) {
  return Type.Object({ items: Type.Array(item), next_cursor: Nullable(Type.String()) });
}

/** RFC 9457 problem document, with a stable machine-readable `code` (contracts/errors.ts). */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
  code: Type.String(),
  errors: Type.Optional(Type.Array(Type.Object({ path: Type.String(), message: Type.String() }))),
});
export type Problem = Static<typeof Problem>;
