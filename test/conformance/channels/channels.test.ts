// Every channel on the same incidents: tame ones, monstrous ones, many at once, in both languages.
import { describe, expect, it } from 'vitest';
import { findProblems } from '../../../src/api/plugins/validation.ts';
import { locales } from '../../../src/contracts/common.ts';
import type { Incident } from '../../../src/contracts/incidents.ts';
import { webhookEvents, webhookFormats } from '../../../src/contracts/webhooks.ts';
import type { Alert, Settings } from '../../../src/domain/channels/channel.ts';
import { channels } from '../../../src/domain/channels/index.ts';
import { settingsSchema } from '../../../src/domain/channels/settings.ts';
import { compactAlert } from '../../../src/domain/channels/thin.ts';
import { words } from '../../../src/domain/channels/words.ts';
import { alertAt, incidentAlert, makeIncident, message } from '../../support/alerts.ts';
import { checkLimits, texts } from './limits.ts';

const endless = '训练崩溃😀<b>&"*_~`[x](y)|@all'.repeat(3_000);
const monster: Incident = makeIncident({
  title: endless,
  summary: endless,
  class: 'target-out-of-bound',
  causes: [{ id: 'c', confidence: 0.5, title: endless, evidence: Array(50).fill(endless), weights: Array(50).fill(1) }],
  remediations: Array.from({ length: 30 }, (_, n) => ({
    id: `r${n}`,
    title: endless,
    steps: Array(20).fill(endless),
    patch: endless,
    cause: 'c',
    why: endless,
    sources: [],
    feedback: { worked: 0, failed: 0, score: 0 },
  })),
  runs: Array.from({ length: 5_000 }, (_, n) => `run-${n}`),
  evidence: Array.from({ length: 500 }, () => ({ kind: 'trace', text: endless, data: {}, ref: null })),
});
const thinMonster = makeIncident({
  title: endless,
  summary: endless,
  runs: Array.from({ length: 5_000 }, (_, n) => `run-${n}`),
});
const bare = makeIncident({
  cause: null,
  causes: [],
  remediations: [],
  first_step: null,
  last_step: null,
  summary: '',
});

const failingEndpoint: Alert = {
  event: 'alerting.failed',
  at: alertAt,
  subject: {
    kind: 'endpoint',
    endpoint: {
      id: 'ep_1',
      format: 'slack',
      host: 'hooks.slack.com',
      status: 'disabled',
      reason: 'status 500',
      failing_since: alertAt,
    },
    url: 'https://losswatch.test',
  },
};
const test: Alert = {
  event: 'webhook.test',
  at: alertAt,
  subject: { kind: 'test', message: words.zh.testMessage, url: 'https://losswatch.test' },
};

/** All that a person would read in a body, service signs undone. */
function readable(body: string): string {
  return texts(JSON.parse(body)).join('\n').replaceAll('\\', '');
}

describe.each(webhookFormats.map((format) => [format, channels[format]] as const))(
  'the channel %s',
  (format, channel) => {
    const build = (alerts: Alert[], locale: 'en' | 'zh' = 'en', settings: Settings = {}) =>
      channel.compose(message(alerts, locale), settings).body;

    it('carries its own name', () => {
      expect(channel.format).toBe(format);
    });

    it.each(locales)(
      'says severity, class, cause with confidence, first remediation, step and link in every message: %s',
      (locale) => {
        const w = words[locale];
        for (const event of webhookEvents.filter((name) => name.startsWith('incident.') || name === 'run.stalled')) {
          const body = build([incidentAlert(makeIncident(), event)], locale);
          const text = readable(body);
          if (format === 'standard') {
            expect(JSON.parse(body).data.incident).toMatchObject({ severity: 'critical', last_step: 4711 });
            continue;
          }
          for (const fact of [
            w.severities.critical,
            'target-out-of-bound',
            'masked_select returns garbage on the GPU',
            w.percent(0.83),
            'Upgrade PaddlePaddle to 2.4',
            '4711',
            'https://losswatch.test/incidents/inc_01JD',
          ])
            expect(text).toContain(fact);
        }
      },
    );

    it.each(locales)('says what is not known instead of leaving it out: %s', (locale) => {
      if (format === 'standard')
        return expect(JSON.parse(build([incidentAlert(bare)], locale)).data.incident.causes).toEqual([]);
      const text = readable(build([incidentAlert(bare)], locale));
      for (const fact of [words[locale].noCause, words[locale].noRemediation, words[locale].noStep])
        expect(text).toContain(fact);
    });

    it.each(locales)(
      'keeps the limits of its service whatever an incident holds, and tears no character: %s',
      (locale) => {
        for (const alert of [
          incidentAlert(monster),
          incidentAlert(thinMonster),
          incidentAlert(bare),
          incidentAlert(makeIncident({ state: 'resolved' }), 'incident.resolved'),
          failingEndpoint,
          test,
        ]) {
          const body = build([alert], locale);
          checkLimits[format](body);
          for (const text of texts(JSON.parse(body))) expect(text).not.toMatch(/\p{Surrogate}/u);
        }
      },
    );

    it('can tell of an endpoint that fails, and of a test', () => {
      expect(readable(build([failingEndpoint]))).toContain('status 500');
      expect(readable(build([test], 'zh'))).toContain(words.zh.testMessage);
    });

    it('says why it tells again', () => {
      const text = readable(build([{ ...incidentAlert(), reason: { kind: 'escalation', after_s: 900 } }]));
      expect(text).toMatch(format === 'standard' ? /escalation/ : /nobody has acknowledged it for 15 min/);
    });

    it('builds the same from what is kept for merging', () => {
      if (channel.merges) expect(build([compactAlert(incidentAlert())])).toBe(build([incidentAlert()]));
    });

    it('has settings that can be shown as a form in both languages, and checked', () => {
      for (const locale of locales) {
        const schema = settingsSchema(channel, locale) as unknown as {
          properties: Record<string, { title: string; description: string }>;
        };
        for (const [name, property] of Object.entries(schema.properties)) {
          expect(property.title, name).toMatch(/\S/);
          expect(property.description, name).toMatch(locale === 'zh' ? /\p{Script=Han}/u : /[A-Za-z]/);
          expect(findProblems(settingsSchema(channel, locale), { [name]: { '!': {} } }, '/settings')).not.toEqual([]);
        }
        expect(channel.secret.rule[locale]).toMatch(/\S/);
        expect(channel.title[locale]).toMatch(/\S/);
      }
      expect(findProblems(settingsSchema(channel, 'en'), {}, '/settings')).toEqual([]);
    });

    it('refuses a secret that cannot be one', () => {
      expect(channel.secret.findProblem('with a space')).toMatch(/\S/);
    });
  },
);

describe.each(webhookFormats.filter((format) => channels[format].merges))('the channel %s, which merges', (format) => {
  const channel = channels[format];
  const many = (count: number, incident: Incident) =>
    Array.from({ length: count }, (_, n) => incidentAlert({ ...incident, id: `inc_${n}` }));

  it.each(locales)(
    'tells several alerts in one message within the limits, says of each what is in every message, and how many are left: %s',
    (locale) => {
      const few = channel.compose(message(many(3, makeIncident()), locale), {}).body;
      checkLimits[format](few);
      for (const n of [0, 1, 2]) expect(readable(few)).toContain(`/incidents/inc_${n}`);
      for (const fact of ['target-out-of-bound', words[locale].percent(0.83), 'Upgrade PaddlePaddle to 2.4', '4711'])
        expect(readable(few).split(fact).length - 1).toBeGreaterThanOrEqual(3);
      for (const incident of [makeIncident(), monster]) {
        const body = channel.compose(message(many(200, incident), locale), {}).body;
        checkLimits[format](body);
        if (format === 'alertmanager') continue;
        const listed = new Set([...readable(body).matchAll(/incidents\/(inc_\d+)/g)].map(([, id]) => id)).size;
        expect(listed).toBeGreaterThanOrEqual(1);
        if (listed < 200) expect(readable(body)).toContain(words[locale].omitted(200 - listed));
      }
    },
  );
});
