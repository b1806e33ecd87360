import { type Static, Type } from 'typebox';
import { Nullable, Page, PageQuery, ProjectId, StringEnum, Timestamp } from './common.ts';
import { limits } from './limits.ts';

/** ingest: write observations of its project's runs. read: read everything of its project. admin: every right. */
export const roles = ['ingest', 'read', 'admin'] as const;
export type Role = (typeof roles)[number];

export const TokenCreate = Type.Object({
  name: Type.String({ minLength: 1, maxLength: limits.nameLength }),
  role: StringEnum(roles),
  project: Type.Optional(ProjectId),
});
export type TokenCreate = Static<typeof TokenCreate>;

export const TokenCreated = Type.Object({
  id: Type.String(),
  name: Type.String(),
  role: StringEnum(roles),
  project: Nullable(ProjectId),
  token: Type.String({ description: 'Shown this once' }),
  created_at: Timestamp,
});

export const Token = Type.Object({
  id: Type.String(),
  name: Type.String(),
  role: StringEnum(roles),
  project: Nullable(ProjectId),
  created_at: Timestamp,
  revoked_at: Nullable(Timestamp),
  is_operator: Type.Boolean({ description: 'the one of LOSSWATCH_ADMIN_TOKEN, which only that setting changes' }),
});
export type Token = Static<typeof Token>;
export const TokenPage = Page(Token);
export const TokenListQuery = Type.Object({ ...PageQuery });

/** Id of the token of LOSSWATCH_ADMIN_TOKEN; another value of the variable replaces it. */
export const operatorTokenId = 'tok_operator';

/** Who is calling: a token's identity after authentication. `project` null means every project. */
export interface Principal {
  tokenId: string;
  name: string;
  role: Role;
  project: string | null;
}
