import { type Static, Type } from 'typebox';
import { Nullable, SeveritySchema } from './common.ts';
import { limits } from './limits.ts';
import { Environment } from './runs.ts';

const Confidence = Type.Number({ minimum: 0, maximum: 1 });

export const DiagnoseRequest = Type.Object({
  text: Type.String({ minLength: 1 }),
  environment: Type.Optional(Environment),
  device: Type.Optional(Type.String({ maxLength: limits.nameLength })),
  reg_range: Type.Optional(
    Type.Union([
      Type.String({ maxLength: 40, description: '"lo,hi"' }),
      Type.Array(Type.Integer(), { minItems: 2, maxItems: 2 }),
    ]),
  ),
  num_classes: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000_000 })),
});
export type DiagnoseRequest = Static<typeof DiagnoseRequest>;

/** What is known besides the tensors of POST /v1/diagnose/capture; their metadata tells the rest. */
export const CaptureDiagnosisQuery = Type.Object({
  device: Type.Optional(Type.String({ maxLength: limits.nameLength })),
  packages: Type.Optional(
    Type.String({ maxLength: 2_000, description: 'Installed packages, name==version, separated by commas' }),
  ),
  world_size: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.maxRank, description: 'Ranks of the run' })),
});
export type CaptureDiagnosisQuery = Static<typeof CaptureDiagnosisQuery>;

export const Frame = Type.Object({
  file: Type.String(),
  line: Nullable(Type.Integer()),
  function: Nullable(Type.String()),
  in_app: Type.Boolean(),
});
export const ExceptionAnswer = Type.Object({ type: Type.String(), message: Type.String(), frames: Type.Array(Frame) });

export const CauseAnswer = Type.Object({
  id: Type.String(),
  confidence: Confidence,
  title: Type.String(),
  evidence: Type.Array(Type.String()),
  weights: Type.Array(Type.Number(), {
    description: 'Log-odds that each sentence of evidence adds; a negative one speaks against the cause',
  }),
});
export const RemediationAnswer = Type.Object({
  id: Type.String(),
  title: Type.String(),
  steps: Type.Array(Type.String()),
  patch: Nullable(Type.String()),
  cause: Type.String(),
  why: Type.String(),
  sources: Type.Array(Type.String()),
  feedback: Type.Object({
    worked: Type.Integer({ description: 'How often people said that it fixed a failure of this cause' }),
    failed: Type.Integer(),
    score: Type.Number({
      minimum: 0,
      maximum: 1,
      description:
        'How much it is expected to help: its fit in the catalog, moved by what people said (mean of a Beta posterior)',
    }),
  }),
});

/** A rule that fired: which lines made it hold, how much it is believed, and where the knowledge comes from. */
export const FiredRuleAnswer = Type.Object({
  id: Type.String(),
  confidence: Confidence,
  lines: Type.Array(Type.Integer({ description: 'Counted from 1' })),
  why: Type.String(),
  source: Type.String(),
});
export const AlternativeAnswer = Type.Object({
  class: Type.String(),
  confidence: Confidence,
  why: Type.String({ description: 'Why this class is not the answer' }),
  rules: Type.Array(Type.String({ description: 'Its rules that fired' })),
});

/** Lines are counted from 1. */
export const MatchedLine = Type.Object({ line: Type.Integer(), text: Type.String() });

/** A diagnosis in one language: the answer of POST /v1/diagnose and the core of an incident. */
export const DiagnosisAnswer = Type.Object({
  class: Type.String(),
  confidence: Confidence,
  title: Type.String(),
  severity: SeveritySchema,
  summary: Type.String(),
  exception: Nullable(ExceptionAnswer),
  causes: Type.Array(CauseAnswer),
  remediations: Type.Array(RemediationAnswer),
  alternatives: Type.Array(AlternativeAnswer),
  rules: Type.Array(FiredRuleAnswer),
  fingerprint: Type.String(),
  matched: Type.Array(MatchedLine),
});
export type DiagnosisAnswer = Static<typeof DiagnosisAnswer>;
export type AlternativeAnswer = Static<typeof AlternativeAnswer>;
export type FiredRuleAnswer = Static<typeof FiredRuleAnswer>;
export type CauseAnswer = Static<typeof CauseAnswer>;
export type RemediationAnswer = Static<typeof RemediationAnswer>;
export type ExceptionAnswer = Static<typeof ExceptionAnswer>;

export const FailureClassAnswer = Type.Object({
  id: Type.String(),
  title: Type.String(),
  severity: SeveritySchema,
  summary: Type.String(),
  causes: Type.Array(Type.Object({ id: Type.String(), title: Type.String() })),
  remediations: Type.Array(Type.Object({ id: Type.String(), title: Type.String() })),
});
export const FailureClassList = Type.Object({ items: Type.Array(FailureClassAnswer) });
