import { type Static, Type } from 'typebox';
import { Id, Regex, Source } from './catalog-fields.ts';
import { StringEnum } from './common.ts';

/** Schema of catalog/formats/<id>.yaml: a log format as named regular expressions that bring their own samples. */
const closed = { additionalProperties: false };

/** What becomes of a printed name: the product's name and unit. */
const NameRule = Type.Union([
  Type.String({ minLength: 1, description: "The product's name" }),
  Type.Object(
    {
      as: Type.String({ minLength: 1 }),
      /** Factor from the printed unit to the product's. */
      times: Type.Optional(Type.Number()),
      /** Printed after the number without a space: "9301Mb". */
      unit: Type.Optional(Type.String()),
      /** Printed as "1 day, 3:02:01"; read in seconds. */
      duration: Type.Optional(Type.Boolean()),
    },
    closed,
  ),
]);
export type NameRule = Static<typeof NameRule>;

/**
 * How a line's step is made. Numbers come from the groups of `match`, else from what was remembered.
 * `iteration`, `epoch`: that number. `epochs`: (epoch - from) * iterations + iteration, in the first epoch when none is known. `learned`: like `epochs` where the format does not
 * print the iterations of an epoch: the largest iteration seen in the epochs before counts. `column`: a cell of the row. `last`: that of the
 * last line with a step of its own. `next`: one more. `progress`: the progress bar's count, else epoch * total / epochs, else `next`.
 */
export const StepRule = Type.Union([
  Type.Object(
    {
      is: StringEnum(['iteration', 'epoch', 'learned', 'last', 'next', 'progress'] as const),
    },
    closed,
  ),
  Type.Object({ is: Type.Literal('epochs'), from: Type.Union([Type.Literal(0), Type.Literal(1)]) }, closed),
  Type.Object({ is: Type.Literal('column'), column: Type.String({ minLength: 1 }) }, closed),
]);
export type StepRule = Static<typeof StepRule>;

/** A kind of line that carries metric values. */
const MetricLine = Type.Object(
  {
    /**
     * Groups `epoch`, `epochs`, `iteration`, `iterations`, `progress` and `total` make the step, `pairs` holds pairs, `cells` the cells of a
     * row under the remembered columns; every other named group is a metric.
     */
    match: Regex,
    /** Finds every pair inside the group `pairs`: groups `name` and `value`. */
    pairs: Type.Optional(Regex),
    step: StepRule,
    /** Put before the names: "val/". */
    prefix: Type.Optional(Type.String({ minLength: 1 })),
  },
  closed,
);

/** A line without values that later lines need: a header, an epoch's title, a progress bar. */
const RememberedLine = Type.Object(
  {
    /** Groups that are numbers are remembered by name; `columns` is a header. */
    match: Regex,
    /** The line counts only when this number is the one remembered already, if any, or when `progress` has reached that one. */
    same: Type.Optional(Type.String({ minLength: 1 })),
  },
  closed,
);

/** A value that the trainer hides when it is not finite. */
const HiddenValue = Type.Object(
  {
    /** The product's name. */
    name: Type.String({ minLength: 1 }),
    /** What is printed in its place; nothing when left out. */
    printed: Type.Optional(Type.Number()),
    /** It was NaN when one of these is printed as not finite, or one of `positive` above zero. */
    not_finite: Type.Array(Type.String({ minLength: 1 })),
    positive: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
    source: Source,
  },
  closed,
);

const SamplePoint = Type.Object(
  {
    step: Type.Integer(),
    rank: Type.Optional(Type.Integer()),
    values: Type.Record(Type.String(), Type.Union([Type.Number(), Type.String()])),
  },
  closed,
);

export const FormatFile = Type.Object(
  {
    id: Id,
    title: Type.String({ minLength: 1 }),
    source: Source,
    /** How the step is made, for people. */
    steps: Type.String({ minLength: 1 }),
    /** How printed values relate to the steps: the step's own, or a mean or median over the logging window. */
    window: StringEnum(['exact', 'mean', 'median'] as const),
    /** Fits the product's names of values that are the step's own although the others are windowed. */
    exact: Type.Optional(Regex),
    /** What a reader must know: rounding, values that hide a NaN. */
    traps: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
    /** Between the cells of a header and of its rows. */
    separator: Type.Optional(StringEnum(['comma', 'space'] as const)),
    names: Type.Optional(Type.Record(Type.String(), NameRule)),
    /** Printed names that are no metrics. */
    ignore: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
    lines: Type.Array(MetricLine, { minItems: 1 }),
    remember: Type.Optional(Type.Array(RememberedLine)),
    /** A line after which what was remembered no longer holds: another training begins. */
    forget: Type.Optional(Regex),
    hidden: Type.Optional(Type.Array(HiddenValue)),
    /** A line that says that the training is done. */
    end: Type.Optional(Regex),
    /** Texts of one or more lines with all points that are read from them; none for a text that must not be taken for metrics. */
    samples: Type.Array(
      Type.Object({ text: Type.String({ minLength: 1 }), points: Type.Optional(Type.Array(SamplePoint)) }, closed),
      { minItems: 1 },
    ),
  },
  closed,
);
export type FormatFile = Static<typeof FormatFile>;
