// Alert channels: what there is to set, and what a message looks like.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { PublicError } from '../../contracts/errors.ts';
import type { Incident } from '../../contracts/incidents.ts';
import { ChannelList, Preview, PreviewRequest } from '../../contracts/webhooks.ts';
import { channels } from '../../domain/channels/index.ts';
import { settingsSchema } from '../../domain/channels/settings.ts';
import { composeMessage } from '../../flows/deliveries.ts';
import { readIncident } from '../../flows/read-incidents.ts';
import { sampleIncident } from '../../flows/sample-incident.ts';
import { checkSettings } from '../check-endpoint.ts';
import type { ApiDeps } from '../deps.ts';
import { parseLocale } from '../locale.ts';
import { principalOf } from '../plugins/auth.ts';
import { mayShare } from '../runs-of-caller.ts';
import { LanguageHeaders, problems } from '../schemas.ts';

export const channelRoutes: FastifyPluginAsyncTypebox<ApiDeps> = async (app, deps) => {
  const tags = ['webhooks'];

  app.get(
    '/v1/channels',
    {
      config: { access: 'read' },
      schema: {
        tags,
        summary: 'List the formats of endpoints with the JSON schema of their settings',
        headers: LanguageHeaders,
        response: { 200: ChannelList, ...problems() },
      },
    },
    async (request) => {
      const locale = parseLocale(request.headers['accept-language']);
      return {
        items: Object.values(channels).map((channel) => ({
          format: channel.format,
          title: channel.title[locale],
          fields: { ...settingsSchema(channel, locale) },
          secret: channel.secret.kind,
          secret_required: channel.secret.required,
          secret_rule: channel.secret.rule[locale],
          url: channel.url,
          merges: channel.merges,
          rates: channel.rates.map(({ count, perMs }) => ({ count, per_s: perMs / 1000 })),
        })),
      };
    },
  );

  app.post(
    '/v1/webhooks/preview',
    {
      config: { access: 'read' },
      schema: {
        tags,
        summary:
          'Show a message as an endpoint of a format would get it, of an incident or of a made-up one; nothing is sent',
        body: PreviewRequest,
        response: { 200: Preview, ...problems('malformed_json', 'not_found', 'payload_too_large') },
      },
    },
    async (request) => {
      const { format, locale = 'en', incident_id: id } = request.body;
      const channel = channels[format];
      const settings = checkSettings(channel, request.body.settings);
      const view = { catalog: deps.catalog, locale };
      const incident: Incident | null =
        id === undefined ? sampleIncident(view, deps.clock.now()) : await readIncident(deps.database.client, id, view);
      if (!incident || (id !== undefined && !mayShare(principalOf(request), incident.project))) {
        throw new PublicError('not_found', `There is no incident ${id}.`, {
          errors: [{ path: '/incident_id', message: 'no such incident' }],
        });
      }
      const publicUrl = deps.settings.publicUrl();
      const subject = { kind: 'incident' as const, incident, url: `${publicUrl}/incidents/${incident.id}` };
      const alert = { event: 'incident.opened' as const, at: deps.clock.now().toISOString(), subject };
      return {
        content_type: channel.contentType,
        body: composeMessage({ format, locale, settings }, [alert], publicUrl).body,
      };
    },
  );
};
