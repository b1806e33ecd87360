import type { WebhookFormat } from '../../contracts/webhooks.ts';
import type { Channel } from './channel.ts';
import { standardChannel } from './standard/channel.ts';

/** Every alert channel; a new one is a folder here, a line here and a name in contracts/webhooks.ts. */
export const channels: Record<WebhookFormat, Channel> = { standard: standardChannel };
