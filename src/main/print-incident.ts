// An incident as plain text for a terminal: the verdict first, then why, then what to do.
import type { Locale } from '../contracts/common.ts';
import type { Incident } from '../contracts/incidents.ts';
import { wrapText } from './wrap-text.ts';

const words = {
  en: {
    confidence: 'confidence',
    occurrences: (count: number, runs: number) => `seen ${count} times in ${runs} run(s)`,
    exception: 'Raised',
    causes: 'Likely causes',
    evidence: 'Evidence',
    remediations: 'What to do',
    more: (count: number) => `... and ${count} more on the dashboard`,
    severity: { info: 'info', warning: 'warning', critical: 'critical' },
  },
  zh: {
    confidence: '置信度',
    occurrences: (count: number, runs: number) => `在 ${runs} 次训练中出现 ${count} 次`,
    exception: '抛出的异常',
    causes: '可能的原因',
    evidence: '证据',
    remediations: '处理办法',
    more: (count: number) => `……其余 ${count} 条见仪表盘`,
    severity: { info: '提示', warning: '警告', critical: '严重' },
  },
} satisfies Record<Locale, unknown>;

const shownEvidence = 10;
const shownCauses = 3;

/** `width` in columns. */
export function printIncident(incident: Incident, { locale, width }: { locale: Locale; width: number }): string {
  const word = words[locale];
  const rule = '-'.repeat(Math.min(width, 80));
  const heading = (text: string) => `\n${text}\n`;
  return [
    rule,
    wrapText(incident.title, width),
    wrapText(
      `${incident.class} | ${word.severity[incident.severity]} | ${word.confidence} ${percent(incident.confidence)} | ` +
        word.occurrences(incident.occurrences, incident.runs.length),
      width,
    ),
    rule,
    wrapText(incident.summary, width),
    ...(incident.exception
      ? [heading(word.exception), wrapText(`${incident.exception.type}: ${incident.exception.message}`, width, '  ')]
      : []),
    heading(word.causes),
    ...printCauses(incident, word.confidence, width),
    heading(word.evidence),
    ...printEvidence(incident, word.more, width),
    heading(word.remediations),
    ...incident.remediations.flatMap((remedy, index) => printRemediation(remedy, index, width)),
    rule,
  ].join('\n');
}

function printCauses({ causes }: Incident, confidence: string, width: number): string[] {
  return causes
    .slice(0, shownCauses)
    .flatMap((cause, index) => [
      wrapText(`${cause.title} (${cause.id}, ${confidence} ${percent(cause.confidence)})`, width, '    ', '  * '),
      ...(index === 0 ? cause.evidence.map((sentence) => wrapText(sentence, width, '      ', '    - ')) : []),
    ]);
}

function printEvidence({ evidence }: Incident, more: (count: number) => string, width: number): string[] {
  const left = evidence.length - shownEvidence;
  return [
    ...evidence.slice(0, shownEvidence).map(({ kind, text }) => wrapText(`[${kind}] ${text}`, width, '    ', '  - ')),
    ...(left > 0 ? [`  ${more(left)}`] : []),
  ];
}

/** The first advice in full, of the others what they are for. */
function printRemediation(remedy: Incident['remediations'][number], index: number, width: number): string[] {
  const lines = [wrapText(remedy.title, width, '     ', `  ${index + 1}. `), wrapText(remedy.why, width, '     ')];
  if (index > 0) return lines;
  lines.push(...remedy.steps.map((step) => wrapText(step, width, '       ', '     - ')));
  if (remedy.patch)
    lines.push(
      ...remedy.patch
        .trimEnd()
        .split('\n')
        .map((line) => `     | ${line}`),
    );
  return lines;
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}
