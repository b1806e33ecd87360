// `npm run --silent diagnose -- FILE [--json]`: diagnoses a log or traceback from a file, or from standard input when FILE is "-".
// Exit status 0 when something was recognised, 1 when the class is unknown, 2 on wrong usage.
import { createReadStream } from 'node:fs';
import type { Locale } from '../contracts/common.ts';
import type { DiagnosisAnswer } from '../contracts/diagnosis.ts';
import { limits } from '../contracts/limits.ts';
import { diagnoseText } from '../flows/diagnose-text.ts';
import { loadCatalog } from './load-catalog.ts';
import { runWhenEntry } from './run-program.ts';

const maxShownLine = 160;
const usage = 'usage: npm run --silent diagnose -- FILE [--json]     (FILE "-" reads standard input)';

export async function main(args: string[]): Promise<void> {
  const files = args.filter((arg) => arg === '-' || !arg.startsWith('--'));
  const [file] = files;
  if (file === undefined || files.length > 1 || args.some((arg) => arg.startsWith('--') && arg !== '--json'))
    return end(usage, 2);
  const read = await readText(file);
  if (read.kind === 'problem') return end(read.problem, 2);
  const locale: Locale = /^zh/i.test(process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG || '')
    ? 'zh'
    : 'en';
  const answer = diagnoseText({ text: read.text }, { catalog: await loadCatalog(), locale });
  console.log(args.includes('--json') ? JSON.stringify(answer, null, 2) : toText(answer));
  process.exitCode = answer.class === 'unknown' ? 1 : 0;
}

type Reading = { kind: 'text'; text: string } | { kind: 'problem'; problem: string };

async function readText(file: string): Promise<Reading> {
  try {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of file === '-' ? process.stdin : createReadStream(file)) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > limits.diagnoseBytes) return { kind: 'problem', problem: tooLong(file) };
    }
    const text = Buffer.concat(chunks).toString('utf8');
    return text.trim() === '' ? { kind: 'problem', problem: `${file} is empty` } : { kind: 'text', text };
  } catch (error) {
    return {
      kind: 'problem',
      problem: `cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

function tooLong(file: string): string {
  return `${file} is longer than ${limits.diagnoseBytes} bytes; give the part around the failure, for instance the output of tail -c 10000000`;
}

/** The diagnosis as plain text for a terminal. */
function toText(answer: DiagnosisAnswer): string {
  const lines = [
    `${answer.title}`,
    `  ${answer.class}, confidence ${percent(answer.confidence)}, ${answer.severity}`,
    '',
    answer.summary,
  ];
  if (answer.exception) lines.push('', `  ${answer.exception.type}: ${answer.exception.message.split('\n', 1)[0]}`);
  if (answer.matched.length > 0)
    lines.push('', ...answer.matched.map(({ line, text }) => `  ${line}: ${text.trim().slice(0, maxShownLine)}`));
  for (const rule of answer.rules)
    lines.push(`  = ${rule.id} (${percent(rule.confidence)}) ${rule.why} ${rule.source}`);
  for (const lost of answer.alternatives)
    lines.push(`  ~ ${lost.class} (${percent(lost.confidence)}) ${lost.why} ${lost.rules.join(', ')}`.trimEnd());
  for (const cause of answer.causes)
    lines.push(
      '',
      `- ${cause.title} (${cause.id}, ${percent(cause.confidence)})`,
      ...cause.evidence.map((sentence) => `    ${sentence}`),
    );
  answer.remediations.forEach((remedy, index) => {
    lines.push('', `${index + 1}. ${remedy.title}`, `   ${remedy.why}`, ...remedy.steps.map((step) => `   - ${step}`));
    if (remedy.patch)
      lines.push(
        ...remedy.patch
          .trimEnd()
          .split('\n')
          .map((line) => `     | ${line}`),
      );
    lines.push(...remedy.sources.map((source) => `   ${source}`));
  });
  return lines.join('\n');
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}

function end(message: string, status: number): void {
  console.error(message);
  process.exitCode = status;
}

runWhenEntry(import.meta.url, main);
