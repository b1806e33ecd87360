// Pieces of route schemas that several routes share.
import { type TSchema, Type } from 'typebox';
import { Problem, RunId } from '../contracts/common.ts';
import { type PublicErrorCode, publicErrors } from '../contracts/errors.ts';
import { rawBodyFormat } from './plugins/validation.ts';

export const RunParams = Type.Object({ id: RunId });
export const ObjectId = Type.String({ minLength: 1, maxLength: 64 });
export const IdParams = Type.Object({ id: ObjectId });

/** A body that the route reads as bytes. */
export function RawBody(description: string) {
  return Type.Unsafe<Buffer>({ type: 'string', format: rawBodyFormat, description });
}

export const IdempotencyHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      description:
        'The same key and body again changes nothing and gets the same answer; 1 to 200 printable characters',
    }),
  ),
});

export const LanguageHeaders = Type.Object({
  'accept-language': Type.Optional(Type.String({ description: 'zh-CN for Chinese texts, English otherwise' })),
});

export const NoContent = Type.Null({ description: 'Nothing to say' });

const everywhere: PublicErrorCode[] = [
  'invalid_request',
  'unauthenticated',
  'forbidden',
  'rate_limited',
  'internal',
  'overloaded',
];

/** Problem answers of a route, by status: those every route may give and the named ones. */
export function problems(...codes: PublicErrorCode[]): Record<number, unknown> {
  const byStatus = new Map<number, string[]>();
  for (const code of [...everywhere, ...codes]) {
    const { status, title } = publicErrors[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), `${code}: ${title}`]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, lines]) => [
      status,
      { description: lines.join('; '), content: { 'application/problem+json': { schema: Problem } } },
    ]),
  );
}

/** A request body that may come in several content types. */
export function bodyOf(contents: Record<string, TSchema>): { content: Record<string, { schema: TSchema }> } {
  return { content: Object.fromEntries(Object.entries(contents).map(([type, schema]) => [type, { schema }])) };
}
