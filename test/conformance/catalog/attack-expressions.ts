// Runs in a process that is killed when it takes too long: every expression of the catalog over 1 MB of text made to slow it down. Prints
// the name of each expression before it is tried, so that the test can name the one that did not come back.
import { fileURLToPath } from 'node:url';
import { expressionsOf } from '../../../src/domain/catalog/check-expressions.ts';
import { compileExpression } from '../../../src/domain/classification/expressions.ts';
import { expressionsOfFormat } from '../../../src/domain/parsing/formats/compile-format.ts';
import { requiredLiterals } from '../../../src/domain/parsing/required-literals.ts';
import { readCatalog } from '../../../src/platform/catalog/read-catalog.ts';

/** Lines are cut at 4,000 characters before an expression sees them, messages at 8,000 (parsing/types.ts). */
const longest = 8_000;
const attackBytes = 1_000_000;
const fillings = ['a', ' ', '0', '.', '/', "'", '"', ',', '(', 'a ', '0.', '[0,', 'x: ', '\n ', 'a/', '_a'];

/** The expression's own words with fillings before, between and after them, and an end that fits nothing. */
function* attacks(source: string): Generator<string> {
  const words = requiredLiterals(source) ?? [''];
  const size = attackBytes / fillings.length;
  for (const filling of fillings) {
    for (let made = 0, index = 0; made < size; made += longest, index += 1) {
      const word = words[index % words.length] ?? '';
      const run = filling.repeat(Math.floor(longest / 2 / filling.length));
      const mixed = `${word}${filling}`.repeat(Math.floor(longest / 2 / (word.length + filling.length)));
      yield index % 2 === 0 ? `${run}${word}${run}\u0000` : `${mixed}${run}\u0000`;
    }
  }
}

const catalog = await readCatalog(fileURLToPath(new URL('../../../catalog', import.meta.url)));
for (const failure of catalog.failures.values()) {
  for (const rule of failure.rules) {
    for (const { part, source } of expressionsOf(rule)) {
      process.stdout.write(`${failure.id}, rule ${rule.id}, ${part}\n`);
      const regex = compileExpression(source);
      for (const text of attacks(source)) regex.test(text);
    }
  }
}
for (const format of catalog.formats) {
  const lines = format.lines.flatMap(({ match, pairs }) => (pairs === undefined ? [match] : [match, pairs]));
  for (const source of [...lines, ...expressionsOfFormat(format)]) {
    process.stdout.write(`format ${format.id}, ${source}\n`);
    const regex = new RegExp(source, 'm');
    for (const text of attacks(source)) regex.test(text);
  }
}
process.stdout.write('done\n');
