import { type Static, Type } from 'typebox';
import { Id, type LocalizedText, Source, Text } from './catalog-fields.ts';
import { SeveritySchema, StringEnum } from './common.ts';
import { FailureRule } from './failure-rule.ts';
import { FindingData } from './findings.ts';
import type { KnownBadEnvironment } from './known-bad-environment.ts';
import type { FormatFile } from './log-format.ts';
import { Environment } from './runs.ts';

/** Schemas of the data files in catalog/. */
const TextList = Type.Object(
  {
    en: Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }),
    zh: Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }),
  },
  { additionalProperties: false },
);
/** A finding that implies the class without any text. */
const FindingTrigger = Type.Object(
  { finding: Type.String(), confidence: Type.Number({ exclusiveMinimum: 0, maximum: 1 }), source: Source },
  { additionalProperties: false },
);

/** One cause: prior plus what each signal adds, in log-odds. */
const Cause = Type.Object(
  {
    id: Id,
    prior: Type.Number({ description: 'log-odds before any evidence' }),
    evidence: Type.Array(
      Type.Object(
        {
          signal: Type.String(),
          weight: Type.Number({ description: 'added log-odds when the signal is present; negative speaks against' }),
          source: Source,
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);

/** catalog/failures/<id>/failure.yaml */
export const FailureFile = Type.Object(
  {
    id: Id,
    severity: SeveritySchema,
    rules: Type.Array(FailureRule),
    findings: Type.Array(FindingTrigger),
    /** Classes that, in the same run, are symptoms of this one and join its incident as evidence. */
    absorbs: Type.Array(Id),
    /** How an incident resolves itself; left out where going on does not show that the failure is over. */
    recovery: Type.Optional(
      Type.Object(
        {
          after_steps: Type.Optional(
            Type.Integer({ minimum: 1, description: 'Steps that every run of the incident went on without it' }),
          ),
          on_finish: Type.Optional(Type.Literal(true, { description: 'The run finished cleanly' })),
          on_sign_of_life: Type.Optional(Type.Literal(true, { description: 'The run was heard of again, or ended' })),
        },
        { additionalProperties: false, minProperties: 1 },
      ),
    ),
    /** What a fix changes; `machine`: a failure that comes back is a regression although the code is the same. */
    fixed_in: Type.Optional(StringEnum(['code', 'machine'] as const)),
    causes: Type.Array(Cause),
    /** What goes into the fingerprint besides class and cause. */
    fingerprint: Type.Array(StringEnum(['exception-type', 'message', 'frames', 'value-class', 'metric'] as const)),
  },
  { additionalProperties: false },
);
export type FailureFile = Static<typeof FailureFile>;

const Remediation = Type.Object(
  {
    id: Id,
    title: Text,
    steps: TextList,
    patch: Type.Optional(Type.String({ minLength: 1 })),
    /** The framework that the patch is written in, where it is one: runs of another are not shown it. */
    patch_for: Type.Optional(StringEnum(['paddle', 'torch'] as const)),
    /** All given parts must hold, else the remediation is left out. Unknown facts do not exclude. */
    applies: Type.Optional(
      Type.Object(
        {
          package: Type.Optional(
            Type.Object({
              names: Type.Array(Type.String(), { minItems: 1 }),
              versions: Type.String({ description: 'PEP 440 specifier' }),
            }),
          ),
          os: Type.Optional(Type.Array(Type.String())),
          device: Type.Optional(Type.Array(Type.String())),
        },
        { additionalProperties: false },
      ),
    ),
    sources: Type.Array(Type.String({ pattern: '^https://' }), { minItems: 1 }),
  },
  { additionalProperties: false },
);

/** catalog/failures/<id>/knowledge.yaml: everything a person reads about the class. */
export const KnowledgeFile = Type.Object(
  {
    title: Text,
    summary: Text,
    causes: Type.Array(
      Type.Object(
        {
          id: Id,
          title: Text,
          /** Ordered by fit; `why` says why it helps, or why it only hides this cause. */
          remedies: Type.Array(
            Type.Object(
              { use: Id, fit: Type.Number({ minimum: 0, maximum: 1 }), why: Text },
              { additionalProperties: false },
            ),
            { minItems: 1 },
          ),
        },
        { additionalProperties: false },
      ),
    ),
    /** Advice when no cause stands out. */
    default_remedies: Type.Array(
      Type.Object(
        { use: Id, fit: Type.Number({ minimum: 0, maximum: 1 }), why: Text },
        { additionalProperties: false },
      ),
      {
        minItems: 1,
      },
    ),
    remediations: Type.Array(Remediation, { minItems: 1 }),
  },
  { additionalProperties: false },
);
export type KnowledgeFile = Static<typeof KnowledgeFile>;

/** catalog/signals.yaml: the sentence each signal adds to the evidence when it speaks for or against a cause. */
export const SignalsFile = Type.Object(
  { signals: Type.Array(Type.Object({ id: Type.String(), text: Text }, { additionalProperties: false })) },
  { additionalProperties: false },
);
export type SignalsFile = Static<typeof SignalsFile>;

/** catalog/findings.yaml: the sentence of each finding. */
export const FindingsFile = Type.Object(
  { findings: Type.Array(Type.Object({ id: Type.String(), text: Text }, { additionalProperties: false })) },
  { additionalProperties: false },
);
export type FindingsFile = Static<typeof FindingsFile>;

/**
 * catalog/failures/<id>/samples/.../<name>.json beside <name>.txt: what is known of the run, and the cause that must come first. Alone it
 * is a sample without text, made of findings.
 */
export const SampleContext = Type.Object(
  {
    device: Type.Optional(Type.String()),
    environment: Type.Optional(Environment),
    reg_range: Type.Optional(Type.Tuple([Type.Integer(), Type.Integer()])),
    num_classes: Type.Optional(Type.Integer({ minimum: 1 })),
    cause: Type.Optional(Id),
    findings: Type.Optional(
      Type.Array(Type.Object({ id: Type.String(), data: Type.Optional(FindingData) }, { additionalProperties: false })),
    ),
  },
  { additionalProperties: false },
);
export type SampleContext = Static<typeof SampleContext>;

/** The loaded and checked catalog, handed to domain functions as an argument. */
export interface Catalog {
  failures: Map<string, CatalogFailure>;
  signals: Map<string, LocalizedText>;
  findings: Map<string, LocalizedText>;
  formats: FormatFile[];
  environments: KnownBadEnvironment[];
}
export interface CatalogFailure extends FailureFile {
  knowledge: KnowledgeFile;
  /** Raw texts: samples/matches must classify as this class, samples/near-misses must not. */
  samples: { matches: CatalogSample[]; nearMisses: CatalogSample[] };
}
export interface CatalogSample {
  file: string;
  /** Empty when the sample is made of findings alone. */
  text: string;
  /** What the sample's sidecar says; null when it has none. */
  context: SampleContext | null;
}
