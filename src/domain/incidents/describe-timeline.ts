// The sentence of a timeline entry, in both languages.
import type { Locale } from '../../contracts/common.ts';
import type { FindingData } from '../../contracts/findings.ts';
import type { TimelineKind } from '../../contracts/incidents.ts';
import type { TimelineRecord } from './types.ts';

type Sentence = (data: FindingData) => string;

const sentences: Record<TimelineKind, Record<Locale, Sentence>> = {
  opened: {
    en: (d) => `Opened by run ${d.run}: ${d.class}${cause(d.cause, ', likeliest cause ')}`,
    zh: (d) => `由运行 ${d.run} 触发：${d.class}${cause(d.cause, '，最可能的原因 ')}`,
  },
  occurred: { en: (d) => `Happened again in run ${d.run}`, zh: (d) => `在运行 ${d.run} 中再次发生` },
  regressed: {
    en: (d) => `Happened again in run ${d.run} after it had been resolved (${d.occurrences} in all)`,
    zh: (d) => `解决之后在运行 ${d.run} 中再次出现（累计 ${d.occurrences} 次）`,
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
  reopened: { en: (d) => `Reopened (was ${d.from})`, zh: (d) => `重新打开（原状态 ${d.from}）` },
  resolved: { en: () => 'Resolved', zh: () => '已解决' },
  assigned: {
    en: (d) => (d.to === null ? 'Unassigned' : `Assigned to ${d.to}`),
    zh: (d) => (d.to === null ? '取消指派' : `指派给 ${d.to}`),
  },
  muted: {
    en: (d) => (d.until === null ? 'Unmuted' : `Muted until ${d.until}`),
    zh: (d) => (d.until === null ? '取消静音' : `静音至 ${d.until}`),
  },
  'run-joined': { en: (d) => `Run ${d.run} joined: same fingerprint`, zh: (d) => `运行 ${d.run} 加入：指纹相同` },
  'run-left': {
    en: (d) => `Run ${d.run} left: its evidence now tells another cause`,
    zh: (d) => `运行 ${d.run} 移出：其证据指向另一原因`,
  },
  merged: {
    en: (d) => `Incident ${d.from} turned out to be this one`,
    zh: (d) => `事件 ${d.from} 与本事件实为同一问题`,
  },
  commented: { en: (d) => String(d.text), zh: (d) => String(d.text) },
};

export function describeTimeline(entry: Pick<TimelineRecord, 'kind' | 'data'>, locale: Locale): string {
  return sentences[entry.kind][locale](entry.data);
}

function cause(id: unknown, lead: string): string {
  return id === null || id === undefined ? '' : `${lead}${id}`;
}

function change(from: unknown, to: unknown): string {
  return from === to ? String(to ?? '-') : `${from ?? '-'} → ${to ?? '-'}`;
}
