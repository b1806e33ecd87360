import { readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../../../src/platform/config.ts';

function problemsOf(env: Record<string, string>): string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

/** Names that the reader asks for, found by watching it. */
function namesRead(): string[] {
  const names = new Set<string>();
  readConfig(
    new Proxy({} as Record<string, string | undefined>, {
      get(_target, name) {
        names.add(String(name));
        return undefined;
      },
    }),
  );
  return [...names].sort();
}

describe('the settings', () => {
  it('have the defaults of the contract when nothing is set', () => {
    const config = readConfig({});
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 8787,
      dflBackend: 'auto',
      outboundAllow: [],
      mailServer: null,
      logLevel: 'info',
    });
    expect(config).toMatchObject({
      adminToken: undefined,
      databaseUrl: undefined,
      redisUrl: undefined,
      publicUrl: undefined,
    });
    expect(isAbsolute(config.dataDir) && config.dataDir.endsWith('.losswatch')).toBe(true);
  });

  it('treat an empty or blank variable as unset', () => {
    expect(readConfig({ LOSSWATCH_PORT: '', DATABASE_URL: '  ' })).toMatchObject({
      port: 8787,
      databaseUrl: undefined,
    });
  });

  it('are read from their variables', () => {
    const config = readConfig({
      LOSSWATCH_HOST: '::1',
      LOSSWATCH_PORT: '0',
      LOSSWATCH_DATA: '/data',
      LOSSWATCH_ADMIN_TOKEN: 'lw_0123456789abcdef',
      DATABASE_URL: 'postgresql://u:p@db/losswatch',
      REDIS_URL: 'rediss://cache:6380',
      LOSSWATCH_DFL_BACKEND: 'cpu',
      LOSSWATCH_PUBLIC_URL: 'https://losswatch.example.org/base/',
      LOSSWATCH_OUTBOUND_ALLOW: '10.20.0.0/16, hooks.lan,::1',
      LOSSWATCH_SMTP_URL: 'smtps://u:p@mail.example.org',
      LOSSWATCH_SMTP_FROM: 'Losswatch <lw@example.org>',
      LOSSWATCH_LOG_LEVEL: 'debug',
      LOSSWATCH_RATE_LIMIT: '5',
      LOSSWATCH_MAX_CAPTURE_BYTES: '4096',
      LOSSWATCH_HEALTHY_CAPTURE_DAYS: '0',
    });
    expect(config).toEqual({
      host: '::1',
      port: 0,
      dataDir: '/data',
      adminToken: 'lw_0123456789abcdef',
      databaseUrl: 'postgresql://u:p@db/losswatch',
      redisUrl: 'rediss://cache:6380',
      dflBackend: 'cpu',
      publicUrl: 'https://losswatch.example.org/base',
      outboundAllow: ['10.20.0.0/16', 'hooks.lan', '::1'],
      mailServer: { url: 'smtps://u:p@mail.example.org', from: 'Losswatch <lw@example.org>' },
      logLevel: 'debug',
      rateLimit: 5,
      maxCaptureBytes: 4096,
      healthyCaptureDays: 0,
    });
  });

  it('report every problem at once, each with the variable and what it must be', () => {
    const problems = problemsOf({
      LOSSWATCH_PORT: '65536',
      LOSSWATCH_DFL_BACKEND: 'cuda',
      LOSSWATCH_PUBLIC_URL: 'losswatch.example.org',
      LOSSWATCH_OUTBOUND_ALLOW: '10.0.0.0/99,http://x',
      LOSSWATCH_RATE_LIMIT: '-1',
      LOSSWATCH_LOG_LEVEL: 'loud',
      LOSSWATCH_HOST: 'a b',
    });
    const names = ['HOST', 'PORT', 'DFL_BACKEND', 'PUBLIC_URL', 'OUTBOUND_ALLOW', 'LOG_LEVEL', 'RATE_LIMIT'].map(
      (name) => `LOSSWATCH_${name}`,
    );
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual(names);
    expect(problems[1]).toContain('from 0 to 65535');
    expect(problems[4]).toContain('10.0.0.0/99');
    expect(problems[4]).toContain('http://x');
  });

  it.each(['1.5', '0x10', '1e3', ' 80 80', '٨٠'])('refuse %s as a port', (port) => {
    expect(problemsOf({ LOSSWATCH_PORT: port })).toHaveLength(1);
  });

  it('never repeat a secret in a problem', () => {
    const problems = problemsOf({
      LOSSWATCH_ADMIN_TOKEN: 'short secret',
      DATABASE_URL: 'mysql://user:hidden-word@db/x',
      REDIS_URL: 'http://:hidden-word@cache',
    });
    expect(problems).toHaveLength(3);
    expect(problems.join()).not.toMatch(/short secret|hidden-word/);
  });

  it.each([
    [
      'a server without a sender',
      { LOSSWATCH_SMTP_URL: 'smtp://user:hidden-word@mail' },
      'LOSSWATCH_SMTP_FROM must be set',
    ],
    ['a sender without a server', { LOSSWATCH_SMTP_FROM: 'a@example.org' }, 'LOSSWATCH_SMTP_URL must be set'],
    ['another protocol', { LOSSWATCH_SMTP_URL: 'http://u:hidden-word@x', LOSSWATCH_SMTP_FROM: 'a@b.c' }, 'smtp://'],
    [
      'a sender that is no address',
      { LOSSWATCH_SMTP_URL: 'smtp://m', LOSSWATCH_SMTP_FROM: 'Losswatch' },
      'mail address',
    ],
  ])('refuse %s for mail', (_name, env, words) => {
    const problems = problemsOf(env);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(words);
    expect(problems[0]).not.toContain('hidden-word');
  });

  it('cannot be changed afterwards', () => {
    const config = readConfig({ LOSSWATCH_OUTBOUND_ALLOW: 'hooks.lan' });
    expect(() => Object.assign(config, { port: 1 })).toThrow(TypeError);
    expect(() => config.outboundAllow.push('0.0.0.0/0')).toThrow(TypeError);
  });

  it('are all described in .env.example, which describes nothing else and is valid as it stands', () => {
    const lines = readFileSync('.env.example', 'utf8').split('\n');
    const shown = lines.filter((line) => /^[A-Z_]+=/.test(line)).map((line) => line.split('=') as [string, string]);
    expect(shown.map(([name]) => name).sort()).toEqual(namesRead());
    expect(readConfig(Object.fromEntries(shown))).toEqual(readConfig({}));
  });
});
