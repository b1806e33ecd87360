// What the data files of log formats must be: expressions that compile and cannot run away, an order that serves all, and samples that
// all formats together read as they say.
import type { FormatFile } from '../../../contracts/log-format.ts';
import { hasNestedRepetition } from '../nested-repetition.ts';
import { requiredLiterals } from '../required-literals.ts';
import { compileFormat, expressionsOfFormat } from './compile-format.ts';
import { orderFormats } from './order-formats.ts';
import { describePoints, readSample } from './read-sample.ts';

/** Every problem names the format. An empty list means that the formats may be used. */
export function checkFormats(formats: readonly FormatFile[]): string[] {
  const problems = formats.flatMap(checkExpressions);
  if (problems.length > 0) return problems;
  const { compiled, conflicts } = orderFormats(formats);
  return [
    ...conflicts.map(([one, other]) => `formats/${one}: it and ${other} read each other's samples wrongly`),
    ...formats.flatMap((format) =>
      format.samples.flatMap(({ text, points }) => {
        const read = describePoints(readSample(compiled, text));
        const expected = describePoints(points ?? []);
        const [first] = text.split('\n');
        return read === expected ? [] : [`formats/${format.id}: sample "${first}" gives [${read}], not [${expected}]`];
      }),
    ),
  ];
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
