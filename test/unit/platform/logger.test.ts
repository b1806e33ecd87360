import { describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/platform/logger.ts';

function logged(write: (logger: ReturnType<typeof createLogger>) => void, level = 'info'): string {
  let text = '';
  const destination = {
    write(line: string) {
      text += line;
    },
  };
  write(createLogger({ level, destination }));
  return text;
}

describe('the log', () => {
  it('is one JSON object per line with level, time and message', () => {
    const line = JSON.parse(logged((logger) => logger.info({ run: 'r' }, 'hello')));
    expect(line).toMatchObject({ level: 'info', run: 'r', msg: 'hello' });
    expect(new Date(line.time).getTime()).toBeGreaterThan(0);
  });

  it('holds nothing below its level', () => {
    expect(logged((logger) => logger.debug('quiet'))).toBe('');
    expect(logged((logger) => logger.error('quiet'), 'silent')).toBe('');
  });

  it('never holds tokens, secrets or passwords given as fields', () => {
    const text = logged((logger) => {
      logger.info({
        authorization: 'Bearer hidden-word',
        secret: 'hidden-word',
        token: 'hidden-word',
        password: 'hidden-word',
      });
      logger.info({
        req: { headers: { authorization: 'Bearer hidden-word', cookie: 'hidden-word' } },
        endpoint: { secret: 'hidden-word' },
      });
      logger.child({ token: 'hidden-word' }).info('child');
    });
    expect(text).not.toContain('hidden-word');
    expect(text).toContain('[redacted]');
  });

  it('strikes the password out of any URL, in messages and in errors', () => {
    const url = 'postgresql://losswatch:hidden-word@127.0.0.1:5432/losswatch';
    const text = logged((logger) => {
      logger.info(`connecting to ${url} and redis://:hidden-word@cache`);
      logger.error({ err: new Error(`cannot reach ${url}`), url });
    });
    expect(text).not.toContain('hidden-word');
    expect(text).toContain('postgresql://losswatch:[redacted]@127.0.0.1:5432/losswatch');
    for (const line of text.trim().split('\n')) expect(() => JSON.parse(line)).not.toThrow();
  });

  it('tells an error by its name, message and code, not by what a driver hung on it', () => {
    const error = Object.assign(new Error('terminated'), { code: '57P01', client: { settings: 'hidden-word' } });
    const text = logged((logger) => logger.warn({ err: error }, 'worker error'));
    expect(JSON.parse(text).err).toMatchObject({ type: 'Error', message: 'terminated', code: '57P01' });
    expect(text).not.toContain('hidden-word');
  });
});
