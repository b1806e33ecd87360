// The sentence of a decision, in both languages.
import type { Locale } from '../../contracts/common.ts';
import type { DecisionData } from './types.ts';

type Sentence = (data: DecisionData) => string;

const sentences: Record<string, Record<Locale, Sentence>> = {
  'route/matched': {
    en: (d) => `Taken by the route ${d.name}`,
    zh: (d) => `命中路由 ${d.name}`,
  },
  'route/mismatch': {
    en: (d) =>
      `${d.label} ${d.op} ${spell(d.value)} does not hold: ${d.has === null ? 'there is none' : `it is ${d.has}`}`,
    zh: (d) => `${d.label} ${d.op} ${spell(d.value)} 不成立：${d.has === null ? '没有该标签' : `实际为 ${d.has}`}`,
  },
  'route/not-tried': {
    en: (d) => `Not tried: the route ${d.name} before it takes it`,
    zh: (d) => `未尝试：前面的路由 ${d.name} 已命中`,
  },
  'route/no-route': {
    en: () => 'No route takes it, and no endpoint is outside of routes',
    zh: () => '没有匹配的路由，也没有路由之外的接收端',
  },
  'group/urgent': {
    en: () => 'The first critical alert of its group: told at once',
    zh: () => '该分组的第一条严重告警：立即通知',
  },
  'group/wait': {
    en: (d) => `A new group: told together with what comes until ${d.until}`,
    zh: (d) => `新分组：等到 ${d.until}，与期间的告警一并通知`,
  },
  'group/interval': {
    en: (d) => `Its group was told of lately: told at ${d.until}`,
    zh: (d) => `该分组刚通知过：${d.until} 再通知`,
  },
  'inhibit/inhibited': {
    en: (d) => `Waits for the critical incident ${d.incident} of the same run`,
    zh: (d) => `同一运行有未解决的严重事件 ${d.incident}，暂不通知`,
  },
  'silence/muted': { en: () => 'The incident is muted', zh: () => '事件已静音' },
  'silence/silenced': {
    en: (d) => `Silenced until ${d.until} by ${d.author}: ${d.reason}`,
    zh: (d) => `已被 ${d.author} 静默至 ${d.until}：${d.reason}`,
  },
  'silence/maintenance': {
    en: (d) => `Maintenance window ${d.name} until ${d.until}`,
    zh: (d) => `维护窗口 ${d.name}，至 ${d.until}`,
  },
  'silence/quiet-hours': {
    en: (d) => `Quiet hours of the route until ${d.until}; only what is critical is told`,
    zh: (d) => `路由的免打扰时段至 ${d.until}，期间只通知严重告警`,
  },
  'silence/digest': {
    en: (d) => `Part of the digest at ${d.until}`,
    zh: (d) => `并入 ${d.until} 的汇总消息`,
  },
  'dedup/flapping': {
    en: (d) =>
      `Flapping: ${d.changes} changes in ${d.minutes} min; what it ends in is told when it has been calm, by ${d.until}`,
    zh: (d) => `反复变化：${d.minutes} 分钟内变化 ${d.changes} 次；稳定后再通知最终状态，最晚 ${d.until}`,
  },
  'dedup/resolved-before-told': {
    en: () => 'Resolved before anybody was told of it',
    zh: () => '在通知之前已解决',
  },
  'dedup/acknowledged-before-told': {
    en: () => 'Acknowledged before anybody was told of it',
    zh: () => '在通知之前已有人确认',
  },
  'dedup/told-already': { en: () => 'Told already', zh: () => '已经通知过' },
  'send/queued': { en: (d) => `Sent as ${d.delivery}`, zh: (d) => `已发送，投递 ${d.delivery}` },
  'send/repeat': {
    en: (d) => `Still open: told again as ${d.delivery}`,
    zh: (d) => `仍未处理，再次通知，投递 ${d.delivery}`,
  },
  'send/escalation': {
    en: (d) => `Nobody has acknowledged it: escalated as ${d.delivery}`,
    zh: (d) => `无人确认，已升级通知，投递 ${d.delivery}`,
  },
  'send/would-be-told': { en: () => 'Would be told', zh: () => '会收到通知' },
  'send/would-be-told-by-default': {
    en: () => 'Would be told: no route names this endpoint',
    zh: () => '会收到通知：没有路由引用该接收端',
  },
  'send/not-subscribed': {
    en: () => 'The endpoint does not listen to this event',
    zh: () => '该接收端未订阅此类事件',
  },
  'send/filtered': { en: () => "The endpoint's filter excludes it", zh: () => '被该接收端的过滤条件排除' },
  'send/endpoint-off': { en: () => 'The endpoint is disabled or gone', zh: () => '该接收端已停用或已删除' },
};

/** A text that is empty is seen. */
function spell(text: string | number | null | undefined): string {
  return text === '' ? '""' : String(text);
}

export function explainDecision(stage: string, code: string, data: DecisionData, locale: Locale): string {
  return sentences[`${stage}/${code}`]?.[locale](data) ?? `${stage}: ${code}`;
}
