// Writes docs/failures.md from catalog/: every failure class with its causes, remediations and rules, and the known bad environments.
// Usage: npm run docs:failures
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Catalog, CatalogFailure } from '../src/contracts/catalog.ts';
import type { KnownBadEnvironment } from '../src/contracts/known-bad-environment.ts';
import { readCatalog } from '../src/platform/catalog/read-catalog.ts';

const root = new URL('..', import.meta.url);
export const failureDocs = fileURLToPath(new URL('docs/failures.md', root));

/** The page as Markdown; pure, so that a test can tell whether the file is current. */
export function renderFailures(catalog: Catalog): string {
  const failures = [...catalog.failures.values()];
  return [
    '<!-- Written by npm run docs:failures from catalog/; changes belong there. -->',
    '# Failure classes',
    '',
    'What Losswatch can recognise, with causes, remediations and the sources of its rules. `GET /v1/failure-classes` answers the same list,',
    'in English or Chinese. Placeholders in braces are filled with the facts of the run.',
    '',
    '| class | title | 名称 | severity | rules |',
    '|---|---|---|---|---|',
    ...failures.map(
      ({ id, severity, knowledge, rules, findings }) =>
        `| [${id}](#${id}) | ${cell(knowledge.title.en)} | ${cell(knowledge.title.zh)} | ${severity} | ${rules.length + findings.length} |`,
    ),
    '',
    ...failures.flatMap(renderFailure),
    '# Known bad environments',
    '',
    'Checked when a run is registered; see `warnings` in the answer of `POST /v1/runs`.',
    '',
    ...catalog.environments.flatMap(renderEnvironment),
  ].join('\n');
}

function renderFailure({ id, knowledge, rules, findings }: CatalogFailure): string[] {
  const sources = [...new Set([...rules, ...findings].map(({ source }) => source))];
  return [
    `## ${id}`,
    '',
    `**${plain(knowledge.title.en)}** (${plain(knowledge.title.zh)})`,
    '',
    plain(knowledge.summary.en),
    '',
    ...(knowledge.causes.length === 0 ? [] : ['Causes:', '']),
    ...knowledge.causes.map((cause) => `- \`${cause.id}\`: ${plain(cause.title.en)}`),
    ...(knowledge.causes.length === 0 ? [] : ['']),
    'Remediations:',
    '',
    ...knowledge.remediations.map(
      (remediation) => `- ${plain(remediation.title.en)} (${remediation.sources.map((url) => `<${url}>`).join(', ')})`,
    ),
    '',
    ...(sources.length === 0 ? [] : ['Recognised from:', '', ...sources.map((source) => `- ${plain(source)}`), '']),
  ];
}

function renderEnvironment({ id, text, advice, leads_to, sources }: KnownBadEnvironment): string[] {
  const classes = leads_to.map((effect) => `[${effect.class}](#${effect.class})`).join(', ');
  return [
    `- \`${id}\` (${classes}): ${plain(text.en)} ${plain(advice.en)} ${sources.map((url) => `<${url}>`).join(', ')}`,
  ];
}

/** One line, with what Markdown would take for HTML shown as it is. */
function plain(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('<', '&lt;');
}

function cell(text: string): string {
  return plain(text).replaceAll('|', '\\|');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const catalog = await readCatalog(fileURLToPath(new URL('catalog', root)));
  writeFileSync(failureDocs, `${renderFailures(catalog)}\n`);
}
