import { type Static, Type } from 'typebox';
import { Id, Text } from './catalog-fields.ts';
import { SeveritySchema, StringEnum } from './common.ts';
import { Environment } from './runs.ts';

const Versions = Type.String({ minLength: 1, description: 'PEP 440 specifier' });

/** What a run must be known to be; every given part must hold, and what is not known does not hold. */
const Condition = Type.Object(
  {
    packages: Type.Optional(
      Type.Array(
        Type.Object(
          {
            /** Distribution names; one of them must be installed in these versions. */
            names: Type.Array(Type.String(), { minItems: 1 }),
            versions: Versions,
          },
          { additionalProperties: false },
        ),
        { minItems: 1 },
      ),
    ),
    os: Type.Optional(Type.Array(StringEnum(['windows', 'linux', 'macos'] as const), { minItems: 1 })),
    device: Type.Optional(Type.Array(StringEnum(['gpu', 'cpu'] as const), { minItems: 1 })),
    python: Type.Optional(Versions),
    cuda: Type.Optional(Versions),
    driver: Type.Optional(Versions),
    /** Regex on the GPU's name. */
    gpu: Type.Optional(Type.String({ minLength: 1 })),
    /** Least number of ranks. */
    world_size: Type.Optional(Type.Integer({ minimum: 2 })),
  },
  { additionalProperties: false },
);

/** A combination of system, framework and driver that is known to fail. */
export const KnownBadEnvironment = Type.Object(
  {
    id: Id,
    severity: SeveritySchema,
    when: Condition,
    /** What it leads to: evidence for a cause of that class, in log-odds. */
    leads_to: Type.Array(
      Type.Object(
        { class: Id, cause: Type.Optional(Id), weight: Type.Optional(Type.Number()) },
        { additionalProperties: false },
      ),
      { minItems: 1 },
    ),
    /** What goes wrong. */
    text: Text,
    /** What to do about it before the first step. */
    advice: Text,
    sources: Type.Array(Type.String({ pattern: '^https://' }), { minItems: 1 }),
    /** A run that must be warned. */
    sample: Type.Object(
      {
        device: Type.Optional(Type.String()),
        world_size: Type.Optional(Type.Integer()),
        environment: Environment,
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);
export type KnownBadEnvironment = Static<typeof KnownBadEnvironment>;

/** catalog/known-bad-environments.yaml */
export const KnownBadEnvironmentsFile = Type.Object(
  { environments: Type.Array(KnownBadEnvironment) },
  { additionalProperties: false },
);
export type KnownBadEnvironmentsFile = Static<typeof KnownBadEnvironmentsFile>;
