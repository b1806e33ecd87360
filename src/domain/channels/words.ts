// The words of alerts in both languages.
import type { Locale, Severity } from '../../contracts/common.ts';
import type { IncidentState } from '../../contracts/incidents.ts';
import type { WebhookEvent } from '../../contracts/webhooks.ts';

interface Words {
  events: Record<WebhookEvent, string>;
  severities: Record<Severity, string>;
  states: Record<IncidentState, string>;
  labels: {
    severity: string;
    class: string;
    cause: string;
    remediation: string;
    step: string;
    runs: string;
    project: string;
    occurrences: string;
    state: string;
    why: string;
    endpoint: string;
    problem: string;
    since: string;
    reason: string;
  };
  noCause: string;
  noRemediation: string;
  noStep: string;
  open: string;
  openList: string;
  openEndpoint: string;
  openLosswatch: string;
  testMessage: string;
  disabled: string;
  failing: string;
  withBrackets: (severity: string, rest: string) => string;
  colon: string;
  percent: (share: number) => string;
  andMore: (count: number) => string;
  omitted: (count: number) => string;
  incidents: (count: number, bySeverity: string[]) => string;
  ofSeverity: Record<Severity, (count: number) => string>;
  repeated: (duration: string) => string;
  escalated: (duration: string) => string;
  digest: string;
  duration: (seconds: number) => string;
}

export const words: Record<Locale, Words> = {
  en: {
    events: {
      'incident.opened': 'New incident',
      'incident.updated': 'Incident changed',
      'incident.acknowledged': 'Acknowledged',
      'incident.resolved': 'Resolved',
      'incident.regressed': 'Happened again',
      'run.stalled': 'Run stalled',
      'alerting.failed': 'Alerts do not get through',
      'webhook.test': 'Test',
    },
    severities: { critical: 'Critical', warning: 'Warning', info: 'Info' },
    states: { open: 'open', acknowledged: 'acknowledged', resolved: 'resolved' },
    labels: {
      severity: 'Severity',
      class: 'Class',
      cause: 'Likeliest cause',
      remediation: 'Try first',
      step: 'Step',
      runs: 'Run',
      project: 'Project',
      occurrences: 'Occurrences',
      state: 'State',
      why: 'Why now',
      endpoint: 'Endpoint',
      problem: 'State',
      since: 'Failing since',
      reason: 'Last failure',
    },
    noCause: 'not established',
    noRemediation: 'none known',
    noStep: 'unknown',
    open: 'Open the incident',
    openList: 'Open the list',
    openEndpoint: 'Open the endpoint',
    openLosswatch: 'Open Losswatch',
    testMessage: 'A test from Losswatch: this endpoint works.',
    disabled: 'disabled: nothing more is sent to it',
    failing: 'tried again on the schedule',
    withBrackets: (severity, rest) => `[${severity}] ${rest}`,
    colon: ': ',
    percent: (share) => `${Math.round(share * 100)} %`,
    andMore: (count) => `and ${count} more`,
    omitted: (count) => `… and ${count} more in the list`,
    incidents: (count, bySeverity) => `${count} ${count === 1 ? 'alert' : 'alerts'}: ${bySeverity.join(', ')}`,
    ofSeverity: {
      critical: (count) => `${count} critical`,
      warning: (count) => `${count} ${count === 1 ? 'warning' : 'warnings'}`,
      info: (count) => `${count} info`,
    },
    repeated: (duration) => `still open ${duration} after the last message`,
    escalated: (duration) => `nobody has acknowledged it for ${duration}`,
    digest: 'part of a digest',
    duration: (seconds) => spellDuration(seconds, ['s', 'min', 'h', 'days'], ' '),
  },
  zh: {
    events: {
      'incident.opened': '新事件',
      'incident.updated': '事件有变化',
      'incident.acknowledged': '已确认',
      'incident.resolved': '已解决',
      'incident.regressed': '再次发生',
      'run.stalled': '训练停滞',
      'alerting.failed': '告警无法送达',
      'webhook.test': '测试',
    },
    severities: { critical: '严重', warning: '警告', info: '提示' },
    states: { open: '未处理', acknowledged: '已确认', resolved: '已解决' },
    labels: {
      severity: '严重程度',
      class: '类别',
      cause: '最可能的原因',
      remediation: '建议先做',
      step: '步数',
      runs: '运行',
      project: '项目',
      occurrences: '发生次数',
      state: '状态',
      why: '提醒原因',
      endpoint: '接收端',
      problem: '状态',
      since: '失败始于',
      reason: '最近一次失败',
    },
    noCause: '尚未确定',
    noRemediation: '暂无',
    noStep: '未知',
    open: '查看事件',
    openList: '查看列表',
    openEndpoint: '查看接收端',
    openLosswatch: '打开 Losswatch',
    testMessage: '这是一条来自 Losswatch 的测试消息：该接收端工作正常。',
    disabled: '已停用，不再向其发送',
    failing: '将按计划重试',
    withBrackets: (severity, rest) => `【${severity}】${rest}`,
    colon: '：',
    percent: (share) => `${Math.round(share * 100)}%`,
    andMore: (count) => `等另外 ${count} 个`,
    omitted: (count) => `……另有 ${count} 条，见列表`,
    incidents: (count, bySeverity) => `${count} 条告警：${bySeverity.join('，')}`,
    ofSeverity: {
      critical: (count) => `严重 ${count} 条`,
      warning: (count) => `警告 ${count} 条`,
      info: (count) => `提示 ${count} 条`,
    },
    repeated: (duration) => `距上次提醒已过 ${duration}，仍未处理`,
    escalated: (duration) => `${duration}内无人确认`,
    digest: '汇总消息',
    duration: (seconds) => spellDuration(seconds, ['秒', '分钟', '小时', '天'], ' '),
  },
};

function spellDuration(seconds: number, [s, min, h, d]: [string, string, string, string], gap: string): string {
  const [amount, unit] =
    seconds < 120
      ? [seconds, s]
      : seconds < 7200
        ? [seconds / 60, min]
        : seconds < 172_800
          ? [seconds / 3600, h]
          : [seconds / 86_400, d];
  return `${Math.round(amount)}${gap}${unit}`;
}
