import { type Static, Type } from 'typebox';
import { limits } from './limits.ts';

/** All given parts must hold; of several rules that do, the last wins. */
export const OwnershipRule = Type.Object(
  {
    class: Type.Optional(
      Type.String({ minLength: 1, maxLength: 100, description: 'Failure class; * stands for any part of it' }),
    ),
    path: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: limits.nameLength,
        description: 'Glob over the files of the traceback that are not of a framework',
      }),
    ),
    tag: Type.Optional(
      Type.String({
        pattern: '^[^=]{1,100}=',
        maxLength: limits.nameLength,
        description: '"key=value" of the run\'s tags',
      }),
    ),
    assignee: Type.String({ minLength: 1, maxLength: limits.nameLength }),
  },
  { description: 'A rule without class, path and tag holds always' },
);
export type OwnershipRule = Static<typeof OwnershipRule>;
