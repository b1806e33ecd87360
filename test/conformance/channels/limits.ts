// What each service takes at most, checked on the bytes that would be sent. A channel without a line here does not compile.
import { expect } from 'vitest';
import type { WebhookFormat } from '../../../src/contracts/webhooks.ts';

const bytes = (text: string) => new TextEncoder().encode(text).length;
const points = (text: string) => [...text].length;

/** Every text anywhere in a JSON value. */
export function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(texts);
}

export const checkLimits: Record<WebhookFormat, (body: string) => void> = {
  standard: (body) => expect(bytes(body)).toBeLessThan(20_000),
  slack(body) {
    const { text, blocks } = JSON.parse(body);
    expect(points(text)).toBeLessThanOrEqual(3_000);
    expect(blocks.length).toBeLessThanOrEqual(50);
    expect(points(body)).toBeLessThanOrEqual(13_000);
    for (const block of blocks) {
      if (block.type === 'header') expect(points(block.text.text)).toBeLessThanOrEqual(150);
      if (block.type === 'section' && block.text) expect(points(block.text.text)).toBeLessThanOrEqual(3_000);
      if (block.fields) expect(block.fields.length).toBeLessThanOrEqual(10);
      for (const field of block.fields ?? []) expect(points(field.text)).toBeLessThanOrEqual(2_000);
      for (const button of block.elements ?? []) {
        expect(points(button.text.text)).toBeLessThanOrEqual(75);
        expect(points(button.url)).toBeLessThanOrEqual(3_000);
      }
    }
  },
  feishu: (body) => expect(bytes(body)).toBeLessThanOrEqual(20_000),
  dingtalk: (body) => expect(bytes(body)).toBeLessThanOrEqual(20_000),
  wecom: (body) => expect(bytes(JSON.parse(body).markdown.content)).toBeLessThanOrEqual(4_096),
  discord(body) {
    const { content = '', embeds, allowed_mentions: mentions } = JSON.parse(body);
    expect(mentions.parse).toEqual([]);
    expect(points(content)).toBeLessThanOrEqual(2_000);
    expect(embeds.length).toBeLessThanOrEqual(10);
    let all = 0;
    for (const { title, description = '', fields = [], footer = { text: '' } } of embeds) {
      expect(points(title)).toBeLessThanOrEqual(256);
      expect(points(description)).toBeLessThanOrEqual(4_096);
      expect(fields.length).toBeLessThanOrEqual(25);
      expect(points(footer.text)).toBeLessThanOrEqual(2_048);
      all += points(title) + points(description) + points(footer.text);
      for (const { name, value } of fields) {
        expect(points(name)).toBeLessThanOrEqual(256);
        expect(points(value)).toBeLessThanOrEqual(1_024);
        expect(points(name) * points(value)).toBeGreaterThan(0);
        all += points(name) + points(value);
      }
    }
    expect(all).toBeLessThanOrEqual(6_000);
  },
  teams: (body) => expect(bytes(body)).toBeLessThanOrEqual(20_000),
  pagerduty(body) {
    const { dedup_key: key, payload } = JSON.parse(body);
    expect(points(key)).toBeLessThanOrEqual(255);
    expect(bytes(body)).toBeLessThanOrEqual(512_000);
    if (payload) expect(points(payload.summary)).toBeLessThanOrEqual(1_024);
  },
  alertmanager(body) {
    const { version, alerts, truncatedAlerts } = JSON.parse(body);
    expect(version).toBe('4');
    expect(alerts.length + truncatedAlerts).toBeGreaterThan(0);
    expect(bytes(body)).toBeLessThanOrEqual(256_000);
  },
  email(body) {
    const { subject, text, html } = JSON.parse(body);
    expect(points(subject)).toBeLessThanOrEqual(150);
    expect(subject).not.toMatch(/[\r\n]/);
    expect(bytes(text) + bytes(html)).toBeLessThanOrEqual(250_000);
  },
};
