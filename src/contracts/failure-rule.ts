import { type Static, Type } from 'typebox';
import { Id, Regex, Source } from './catalog-fields.ts';
import { StringEnum } from './common.ts';

/** A crash report that the parser found (domain/parsing/types.ts); every given part must hold of the same report. */
const ReportPattern = Type.Object(
  {
    kind: StringEnum(['assertion', 'native-error', 'abort', 'death', 'summary', 'watchdog'] as const),
    /** Who says so: "kernel", "shell", "worker", "launcher", "scheduler"; "faulthandler", "glibc", ...; "paddle", "torch", "check". */
    reporter: Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
    /** Signals as in signal(7); of a summary, that of the root failure. */
    signal: Type.Optional(Type.Array(Type.String({ pattern: '^SIG[A-Z0-9]+$' }), { minItems: 1 })),
    exit_code: Type.Optional(Type.Array(Type.Integer(), { minItems: 1 })),
    /** Regex on what the report says: condition, kernel and message of an assertion; type, message, hint and operator of an error. */
    text: Type.Optional(Regex),
    out_of_memory: Type.Optional(Type.Boolean()),
    /** Stopped from outside. */
    stopped: Type.Optional(Type.Boolean()),
    /** Deaths that a launcher brought about after another one count only when this is true. */
    consequence: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
export type ReportPattern = Static<typeof ReportPattern>;

/** One rule of catalog/failures/<id>/failure.yaml: what a text must show for the class to be believed. Every given part must hold. */
export const FailureRule = Type.Object(
  {
    id: Id,
    /** Regex on the exception's qualified type name. */
    exception: Type.Optional(Regex),
    /** Regex on the exception's message; named groups become signal data. */
    message: Type.Optional(Regex),
    /** Regex that some frame's "file:function" or source must match. */
    frame: Type.Optional(Regex),
    /** Whether the exception was raised while a module was being imported, or at a call after it. */
    phase: Type.Optional(StringEnum(['import', 'call'] as const)),
    report: Type.Optional(ReportPattern),
    /**
     * Regex on any line of the text, for failures that raise nothing; named groups become signal data. One that contains "\\n" sees the
     * two lines that follow as well.
     */
    line: Type.Optional(Regex),
    /** Regex that a line at most `within` lines before or after what matched (or inside it) must match. */
    near: Type.Optional(
      Type.Object({ line: Regex, within: Type.Integer({ minimum: 0, maximum: 200 }) }, { additionalProperties: false }),
    ),
    /** Regexes: a line anywhere in the text that matches one keeps the rule from holding. */
    unless: Type.Optional(Type.Array(Regex, { minItems: 1 })),
    /** What must be known of the run; what is not known does not hold. */
    environment: Type.Optional(
      Type.Object(
        {
          os: Type.Optional(Type.Array(StringEnum(['windows', 'linux', 'macos'] as const), { minItems: 1 })),
          device: Type.Optional(Type.Array(StringEnum(['gpu', 'cpu'] as const), { minItems: 1 })),
        },
        { additionalProperties: false },
      ),
    ),
    /**
     * `messenger`: a library that passes on what another one met (NCCL, cuBLAS, cuDNN): steps back behind any cause. `consequence`: what
     * launchers, peers and shells notice afterwards: steps back behind causes and messengers. `warning`: what healthy runs print too: means
     * something only where nothing else failed.
     */
    role: Type.Optional(StringEnum(['cause', 'messenger', 'consequence', 'warning'] as const)),
    /** Belief in the class when this rule holds, 0 to 1. */
    confidence: Type.Number({ exclusiveMinimum: 0, maximum: 1 }),
    /** Causes of the class that this rule speaks for (negative: against), in log-odds. */
    implies: Type.Optional(
      Type.Array(Type.Object({ cause: Id, weight: Type.Number() }, { additionalProperties: false }), { minItems: 1 }),
    ),
    /** Classes this rule speaks against when it holds. */
    rules_out: Type.Optional(Type.Array(Id)),
    source: Source,
  },
  { additionalProperties: false },
);
export type FailureRule = Static<typeof FailureRule>;
