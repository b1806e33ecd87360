import { type Static, Type } from 'typebox';
import { Page, PageQuery, ProjectId, Timestamp } from './common.ts';
import { DetectorOptions } from './detectors.ts';
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

const days = (description: string) => Type.Optional(Type.Integer({ minimum: 1, maximum: 36_500, description }));
const Retention = Type.Object({
  healthy_capture_days: days("Tensors of runs without an incident; the service's setting when left out"),
  log_days: days('Console output of runs without an unresolved incident; kept when left out'),
  metric_days: days('Points of runs without an unresolved incident; kept when left out'),
});

export const Project = Type.Object({
  id: ProjectId,
  name: Type.String(),
  ownership: Type.Array(OwnershipRule),
  detectors: DetectorOptions,
  retention: Retention,
  created_at: Timestamp,
});
export type Project = Static<typeof Project>;

/** A field that is given replaces the whole of what was there. */
export const ProjectPatch = Type.Object({
  name: Type.Optional(Type.String({ minLength: 1, maxLength: limits.nameLength })),
  ownership: Type.Optional(Type.Array(OwnershipRule, { maxItems: limits.ownershipRules })),
  detectors: Type.Optional(DetectorOptions),
  retention: Type.Optional(Retention),
});
export type ProjectPatch = Static<typeof ProjectPatch>;
export const ProjectListQuery = Type.Object({ ...PageQuery });
export const ProjectPage = Page(Project);
