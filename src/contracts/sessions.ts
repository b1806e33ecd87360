import { type Static, Type } from 'typebox';
import { Nullable, ProjectId, StringEnum, Timestamp } from './common.ts';
import { roles } from './tokens.ts';

/** Name of the cookie that stands for a token in a browser. */
export const sessionCookie = 'losswatch_session';
/** Header that every call with the cookie must carry unless it only reads. */
export const csrfHeader = 'x-csrf-token';

export const SessionCreate = Type.Object({ token: Type.String({ minLength: 1, maxLength: 512 }) });
export const Session = Type.Object({
  role: StringEnum(roles),
  project: Nullable(ProjectId),
  name: Type.String({ description: 'the name of the token' }),
  csrf_token: Type.String({ description: `goes into the header ${csrfHeader} of every call that changes something` }),
  expires_at: Timestamp,
});
export type Session = Static<typeof Session>;
