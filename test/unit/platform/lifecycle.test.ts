import { describe, expect, it } from 'vitest';
import { createLifecycle } from '../../../src/platform/lifecycle.ts';
import { createLogger } from '../../../src/platform/logger.ts';

const logger = createLogger({ level: 'silent' });

describe('stopping', () => {
  it('closes what was opened last first, one after the other', async () => {
    const order: string[] = [];
    const lifecycle = createLifecycle(logger);
    for (const name of ['database', 'queues', 'api']) {
      lifecycle.onStop(name, async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        order.push(name);
      });
    }
    await lifecycle.stop('test');
    expect(order).toEqual(['api', 'queues', 'database']);
  });

  it('happens once, and every caller waits for it', async () => {
    let calls = 0;
    const lifecycle = createLifecycle(logger);
    lifecycle.onStop('x', () => {
      calls += 1;
    });
    await Promise.all([lifecycle.stop('first'), lifecycle.stop('second')]);
    await lifecycle.stop('third');
    expect(calls).toBe(1);
  });

  it('goes on after a step that throws and after one that hangs', async () => {
    const order: string[] = [];
    const lifecycle = createLifecycle(logger, 20);
    lifecycle.onStop('last', () => order.push('last'));
    lifecycle.onStop('hangs', () => new Promise(() => {}));
    lifecycle.onStop('throws', () => {
      throw new Error('no');
    });
    await lifecycle.stop('test');
    expect(order).toEqual(['last']);
  });
});
