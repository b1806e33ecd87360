// What the quickstart says around the diagnosis, in both languages.
import type { Locale } from '../contracts/common.ts';
import type { ReplayedRun } from './replay-recorded-run.ts';

interface Words {
  replaying(folder: string): string;
  replayed(run: ReplayedRun): string;
  noIncident: string;
  webhook(webhook: { event: string; deliveries: number; genuine: boolean }): string;
  noWebhook: string;
  dashboard(url: string): string;
  newToken(token: string, file: string): string;
  tokenFile(file: string): string;
  tokenOfEnvironment: string;
}

export const quickstartWords: Record<Locale, Words> = {
  en: {
    replaying: (folder) => `Replaying a recorded (simulated) PP-YOLOE run from ${folder}`,
    replayed: ({ runId, logLines, points, captures, traces }) =>
      `Pushed as run ${runId}: ${logLines} log lines, ${points} metric point(s), ${captures} captures, ${traces} traceback(s)`,
    noIncident: '\nNo incident was opened.',
    webhook: ({ event, deliveries, genuine }) =>
      `Webhook: ${deliveries} delivery(ies) to a local receiver, first ${event}, ${genuine ? 'signature valid' : 'SIGNATURE NOT VALID'}`,
    noWebhook: 'Webhook: nothing was delivered to the local receiver.',
    dashboard: (url) => `\nDashboard: ${url}`,
    newToken: (token, file) => `Log in with this token: ${token}\n(kept in ${file})`,
    tokenFile: (file) => `Log in with the token in ${file}`,
    tokenOfEnvironment: 'Log in with the token you set in LOSSWATCH_ADMIN_TOKEN.',
  },
  zh: {
    replaying: (folder) => `正在回放一段录制的（模拟的）PP-YOLOE 训练：${folder}`,
    replayed: ({ runId, logLines, points, captures, traces }) =>
      `已作为训练 ${runId} 推送：日志 ${logLines} 行、指标点 ${points} 个、张量快照 ${captures} 份、异常堆栈 ${traces} 份`,
    noIncident: '\n没有产生事件。',
    webhook: ({ event, deliveries, genuine }) =>
      `Webhook：本机接收端收到 ${deliveries} 次投递，首个事件 ${event}，${genuine ? '签名有效' : '签名无效！'}`,
    noWebhook: 'Webhook：本机接收端没有收到投递。',
    dashboard: (url) => `\n仪表盘：${url}`,
    newToken: (token, file) => `用这个令牌登录：${token}\n（保存在 ${file}）`,
    tokenFile: (file) => `登录令牌保存在 ${file}`,
    tokenOfEnvironment: '用你在 LOSSWATCH_ADMIN_TOKEN 中设置的令牌登录。',
  },
};
