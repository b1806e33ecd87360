// What the data files of log formats must be: expressions that compile and cannot run away, an order that serves all, and samples that
// all formats together read as they say.
import type { FormatFile } from '../../../contracts/log-format.ts';
import { hasNestedRepetition } from '../nested-repetition.ts';
import { requiredLiterals } from '../required-literals.ts';
import { compileFormat, expressionsOfFormat } from './compile-format.ts';
import { orderFormats } from './order-formats.ts';
import { describePoints, readSample, type SamplePoint } from './read-sample.ts';

/** Every problem names the format. An empty list means that the formats may be used. */
export function checkFormats(formats: readonly FormatFile[]): string[] {
  const problems = formats.flatMap(checkExpressions);
  if (problems.length > 0) return problems;
  const { compiled, conflicts } = orderFormats(formats);
  return [
    ...conflicts.map(([one, other]) => `formats/${one}: it and ${other} read each other's samples wrongly`),
    ...formats.flatMap((format) =>
      format.samples.flatMap(({ text, points }) => {
        const problem = differenceOf(readSample(compiled, text), points ?? []);
        return problem === null ? [] : [`formats/${format.id}: sample "${text.split('\n')[0]}": ${problem}`];
      }),
    ),
  ];
}

/** The first point that is not as expected; null when all are. */
function differenceOf(read: SamplePoint[], expected: SamplePoint[]): string | null {
  for (let index = 0; index < Math.max(read.length, expected.length); index += 1) {
    const [got, want] = [read[index], expected[index]];
    if (!want) return `is read as a metric line: ${describePoints(read.slice(index))}`;
    if (!got) return `is not read as a metric line: ${describePoints([want])}`;
    if (got.step !== want.step) return `gives step ${got.step}, not ${want.step}`;
    const [one, other] = [describePoints([got]), describePoints([want])];
    if (one !== other) return `gives ${one}, not ${other}`;
  }
  return null;
}

function checkExpressions(format: FormatFile): string[] {
  try {
    compileFormat(format);
  } catch (error) {
    return [`formats/${format.id}: ${error instanceof Error ? error.message : String(error)}`];
  }
  const expressions = [...format.lines.map(({ match }) => match), ...expressionsOfFormat(format)];
  return [
    ...expressions
      .filter(hasNestedRepetition)
      .map((source) => `formats/${format.id}: a repetition without bound stands inside another one: ${source}`),
    ...expressionsOfFormat(format)
      .filter((source) => requiredLiterals(source) === null)
      .map((source) => `formats/${format.id}: every line would have to be tried, as no literal is required: ${source}`),
  ];
}
