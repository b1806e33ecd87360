import type { WebhookFormat } from '../../contracts/webhooks.ts';
import { alertmanagerChannel } from './alertmanager/channel.ts';
import type { Channel } from './channel.ts';
import { dingtalkChannel } from './dingtalk/channel.ts';
import { discordChannel } from './discord/channel.ts';
import { emailChannel } from './email/channel.ts';
import { feishuChannel } from './feishu/channel.ts';
import { pagerdutyChannel } from './pagerduty/channel.ts';
import { slackChannel } from './slack/channel.ts';
import { standardChannel } from './standard/channel.ts';
import { teamsChannel } from './teams/channel.ts';
import { wecomChannel } from './wecom/channel.ts';

/** Every alert channel; a new one is a folder here, a line here and a name in contracts/webhooks.ts. */
export const channels: Record<WebhookFormat, Channel> = {
  standard: standardChannel,
  slack: slackChannel,
  feishu: feishuChannel,
  dingtalk: dingtalkChannel,
  wecom: wecomChannel,
  discord: discordChannel,
  teams: teamsChannel,
  pagerduty: pagerdutyChannel,
  alertmanager: alertmanagerChannel,
  email: emailChannel,
};
