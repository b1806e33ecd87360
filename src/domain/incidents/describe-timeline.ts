// The sentence of a timeline entry, in both languages: what changed, and why where that is not plain.
import type { Locale } from '../../contracts/common.ts';
import type { FindingData } from '../../contracts/findings.ts';
import type { ChangeReason, TimelineKind } from '../../contracts/incidents.ts';
import type { TimelineRecord } from './types.ts';

type Sentence = (data: FindingData, reason: ChangeReason) => string;

const sentences: Record<TimelineKind, Record<Locale, Sentence>> = {
  opened: {
    en: (d) => `Opened by run ${d.run}: ${d.class}${lead(', likeliest cause ', d.cause)}`,
    zh: (d) => `由运行 ${d.run} 触发：${d.class}${lead('，最可能的原因 ', d.cause)}`,
  },
  occurred: {
    en: (d) =>
      `Happened again in run ${d.run}, whose code, data, framework and config are those of before the resolution${scope(d, 'en')}: it cannot contain the fix`,
    zh: (d) => `在运行 ${d.run} 中再次发生；其代码、数据、框架与配置都与解决之前相同${scope(d, 'zh')}，不可能包含修复`,
  },
  regressed: {
    en: (d) => `Happened again in run ${d.run} after it had been resolved (${d.occurrences} in all)${scope(d, 'en')}`,
    zh: (d) => `解决之后在运行 ${d.run} 中再次出现（累计 ${d.occurrences} 次）${scope(d, 'zh')}`,
  },
  refined: {
    en: (d) =>
      `New evidence from run ${d.run}: ${change(d.from_class, d.to_class)}, likeliest cause ${change(d.from_cause, d.to_cause)}`,
    zh: (d) =>
      `运行 ${d.run} 带来新证据：${change(d.from_class, d.to_class)}，最可能的原因 ${change(d.from_cause, d.to_cause)}`,
  },
  'severity-raised': {
    en: (d) => `Severity raised from ${d.from} to ${d.to}`,
    zh: (d) => `严重程度由 ${d.from} 升为 ${d.to}`,
  },
  'severity-set': {
    en: (d) => `Severity set from ${d.from} to ${d.to}`,
    zh: (d) => `严重程度由 ${d.from} 改为 ${d.to}`,
  },
  acknowledged: { en: () => 'Acknowledged', zh: () => '已确认' },
  'acknowledgement-cleared': {
    en: (_, reason) => `No longer acknowledged: ${clearing[reason]?.en ?? reason}`,
    zh: (_, reason) => `确认已撤销：${clearing[reason]?.zh ?? reason}`,
  },
  reopened: { en: (d) => `Reopened (was ${d.from})`, zh: (d) => `重新打开（原状态 ${d.from}）` },
  resolved: {
    en: (d, reason) => `Resolved${resolving[reason]?.en(d, reason) ?? ''}`,
    zh: (d, reason) => `已解决${resolving[reason]?.zh(d, reason) ?? ''}`,
  },
  assigned: {
    en: (d, reason) =>
      d.to === null
        ? 'Unassigned'
        : `Assigned to ${d.to}${reason === 'ownership-rule' ? ' by a rule of the project' : ''}`,
    zh: (d, reason) =>
      d.to === null ? '取消指派' : `${reason === 'ownership-rule' ? '按项目的归属规则' : ''}指派给 ${d.to}`,
  },
  muted: {
    en: (d) => `Muted ${muting(d).en}`,
    zh: (d) => `静音${muting(d).zh}`,
  },
  unmuted: {
    en: (d, reason) => `Unmuted${unmuting[reason]?.en(d, reason) ?? ''}`,
    zh: (d, reason) => `取消静音${unmuting[reason]?.zh(d, reason) ?? ''}`,
  },
  'run-joined': { en: (d) => `Run ${d.run} joined: same fingerprint`, zh: (d) => `运行 ${d.run} 加入：指纹相同` },
  'run-left': {
    en: (d) => `Run ${d.run} left: its evidence now tells another cause`,
    zh: (d) => `运行 ${d.run} 移出：其证据指向另一原因`,
  },
  merged: {
    en: (d, reason) =>
      reason === 'by-hand' ? `Incident ${d.from} merged into this one` : `Incident ${d.from} turned out to be this one`,
    zh: (d, reason) => (reason === 'by-hand' ? `事件 ${d.from} 已合并到本事件` : `事件 ${d.from} 与本事件实为同一问题`),
  },
  'merged-away': { en: (d) => `Ended in incident ${d.into}`, zh: (d) => `并入事件 ${d.into}` },
  unmerged: { en: (d) => `Incident ${d.from} taken out again`, zh: (d) => `事件 ${d.from} 已重新拆出` },
  'split-off': { en: (d) => `Taken out of incident ${d.from} again`, zh: (d) => `已从事件 ${d.from} 中拆出` },
  commented: { en: (d) => String(d.text), zh: (d) => String(d.text) },
  feedback: {
    en: (d) => (d.worked ? `Remediation ${d.remediation} worked` : `Remediation ${d.remediation} did not help`),
    zh: (d) => (d.worked ? `处理办法 ${d.remediation} 有效` : `处理办法 ${d.remediation} 无效`),
  },
};

/** Why an acknowledgement ended. */
const clearing: Partial<Record<ChangeReason, Record<Locale, string>>> = {
  'worse-evidence': { en: 'it is worse than what was acknowledged', zh: '比确认时更严重' },
  'other-class': { en: 'it turned out to be another failure', zh: '实为另一类失败' },
  recovered: { en: 'the failure is over', zh: '失败已过去' },
  finished: { en: 'the failure is over', zh: '失败已过去' },
  'heard-again': { en: 'the failure is over', zh: '失败已过去' },
};

/** How it came to be resolved without a person. */
const resolving: Partial<Record<ChangeReason, Record<Locale, Sentence>>> = {
  recovered: {
    en: (d) => ` by itself: ${runs(d)} went on for ${d.steps} steps without it`,
    zh: (d) => `（自行恢复）：${runs(d)} 已继续 ${d.steps} 步未再出现`,
  },
  finished: { en: (d) => ` by itself: ${runs(d)} finished cleanly`, zh: (d) => `（自行恢复）：${runs(d)} 正常结束` },
  'heard-again': {
    en: (d) => ` by itself: ${runs(d)} went on or ended`,
    zh: (d) => `（自行恢复）：${runs(d)} 已继续或已结束`,
  },
};

const unmuting: Partial<Record<ChangeReason, Record<Locale, Sentence>>> = {
  'time-passed': { en: () => ': the time has passed', zh: () => '：静音时间已到' },
  'new-run': { en: (d) => `: run ${d.run} shows it, too`, zh: (d) => `：运行 ${d.run} 也出现了` },
  'came-back': { en: (d) => `: it came back in run ${d.run}`, zh: (d) => `：在运行 ${d.run} 中再次出现` },
  'worse-evidence': {
    en: (d) => `: severity rose from ${d.from} to ${d.to}`,
    zh: (d) => `：严重程度由 ${d.from} 升为 ${d.to}`,
  },
  'more-per-hour': {
    en: (d) => `: ${d.count} occurrences in an hour, more than ${d.limit}`,
    zh: (d) => `：一小时内出现 ${d.count} 次，超过 ${d.limit} 次`,
  },
  'more-per-step': {
    en: (d) => `: ${d.count} occurrences in 1,000 steps, more than ${d.limit}`,
    zh: (d) => `：1000 步内出现 ${d.count} 次，超过 ${d.limit} 次`,
  },
};

export function describeTimeline(entry: Pick<TimelineRecord, 'kind' | 'reason' | 'data'>, locale: Locale): string {
  const { note } = entry.data;
  const sentence = sentences[entry.kind][locale](entry.data, entry.reason);
  if (note === undefined || note === null) return sentence;
  return locale === 'zh' ? `${sentence}（${note}）` : `${sentence} (${note})`;
}

function muting(d: FindingData): Record<Locale, string> {
  if (d.kind === 'until-new-run') return { en: 'until another run shows it', zh: '，直到另一个运行出现同样问题' };
  if (d.kind !== 'until-worse') return { en: `until ${d.until}`, zh: `至 ${d.until}` };
  const hasSteps = d.per_1000_steps !== null && d.per_1000_steps !== undefined;
  return {
    en: `until it gets worse: more than ${d.per_hour} occurrences in an hour${hasSteps ? ` or ${d.per_1000_steps} in 1,000 steps` : ''}, or a higher severity`,
    zh: `，直到恶化：一小时内超过 ${d.per_hour} 次${hasSteps ? `，或 1000 步内超过 ${d.per_1000_steps} 次` : ''}，或严重程度升高`,
  };
}

/** What the run says of its code, data and framework. */
function scope(d: FindingData, locale: Locale): string {
  const names =
    locale === 'zh'
      ? { commit: '提交', dataset: '数据', framework: '框架' }
      : { commit: 'commit', dataset: 'data', framework: 'framework' };
  const known = (['commit', 'dataset', 'framework'] as const).flatMap((name) =>
    d[name] === null || d[name] === undefined ? [] : [`${names[name]} ${d[name]}`],
  );
  if (known.length === 0) return '';
  return locale === 'zh' ? `（${known.join('，')}）` : ` (${known.join(', ')})`;
}

function runs({ runs: list }: FindingData): string {
  return Array.isArray(list) ? list.slice(0, 5).join(', ') : '';
}

function lead(words: string, id: unknown): string {
  return id === null || id === undefined ? '' : `${words}${id}`;
}

function change(from: unknown, to: unknown): string {
  return from === to ? String(to ?? '-') : `${from ?? '-'} → ${to ?? '-'}`;
}
