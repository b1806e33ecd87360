// Writes docs/log-formats.md from catalog/formats: which trainers' logs are read, how steps are made, and what the numbers mean.
// Usage: npm run docs:formats
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { FormatFile } from '../src/contracts/log-format.ts';
import { cleanLines, splitLines } from '../src/domain/parsing/clean-lines.ts';
import { readCatalog } from '../src/platform/catalog/read-catalog.ts';

const root = new URL('..', import.meta.url);
export const formatDocs = fileURLToPath(new URL('docs/log-formats.md', root));

const windows = {
  exact: "the step's own values",
  mean: 'means over the logging window',
  median: 'medians over the logging window',
};

const head = `<!-- Written by npm run docs:formats from catalog/formats; changes belong there. -->
# Log formats

\`POST /v1/runs/{id}/logs?source=NAME\` reads these lines into points. Nothing has to be configured: each line is read in its own format, so a
stream may change it. Chunks may cut anywhere; sources and the ranks of a source (\`[rank1]: \`, \`[default0]:\`, \`[1,0]<stdout>:\`, \`1: \`) are
kept apart; progress bars that redraw with carriage returns and colours are understood. Lines that nothing is read from are kept and counted:
\`GET /v1/runs/{id}/logs?unparsed=true\`, or \`?q=TEXT\` to search them all; the same answer says each source's format. A line that says that
the training is done ends the run (\`finished\`); another training in the same source lets it run again.

Names that trainers spell differently have one name here: \`loss\` (the total where the trainer calls it so), \`learning_rate\`, \`batch_cost\` and
\`data_cost\` (seconds of a step, and of its wait for data), \`ips\` (samples per second, as the trainer counts them), \`eta\` (seconds),
\`grad_norm\`, \`loss_scale\`, \`max_mem_allocated\` and \`max_mem_reserved\` (MB of the device). All others stay as printed; results of evaluations
begin with \`val/\` where the trainer does not name them so. \`nan\`, \`inf\` and their spellings are values; \`None\`, \`-\` and empty cells are none.
A value that is a mean or median is marked so, and its series has \`"windowed": true\`: a NaN may be older than its step, a spike flatter.

Formats are asked in an order that is found by trying each on the samples of all others; see CONTRIBUTING.md to add one.`;

/** The page as Markdown; pure, so that a test can tell whether the file is current. */
export function renderFormats(formats: FormatFile[]): string {
  return [head, '', ...formats.flatMap(renderFormat)].join('\n');
}

function renderFormat({ title, source, steps, window, exact, traps, hidden, end, samples }: FormatFile): string[] {
  const sample = samples.find(({ points }) => points !== undefined)?.text ?? '';
  const lines = cleanLines(splitLines(sample), 0).texts;
  const shown = lines.filter((line) => line.trim() !== '').slice(0, 2);
  return [
    `## ${title}`,
    '',
    `- step: ${steps}`,
    `- values: ${windows[window]}${exact === undefined ? '' : `, but for \`${exact}\``}`,
    ...(traps ?? []).map((trap) => `- ${trap}`),
    ...(hidden ?? []).map((value) => `- \`${value.name}\` that is hidden when it is not finite: ${value.source}`),
    ...(end === undefined ? [] : [`- ends the run: \`${end}\``]),
    `- from ${source}`,
    '',
    '```',
    ...shown.map((line) => (line.length > 150 ? `${line.slice(0, 150)}...` : line)),
    '```',
    '',
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { formats } = await readCatalog(fileURLToPath(new URL('catalog', root)));
  writeFileSync(formatDocs, `${renderFormats(formats)}\n`);
}
