// No expression of the catalog takes unbounded time, whatever the text.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const script = fileURLToPath(new URL('./attack-expressions.ts', import.meta.url));
/** One expression over 1 MB takes milliseconds; one that backtracks without bound would take years. */
const patienceMs = 60_000;

/** What the script printed last: "done", or the expression that did not come back before it was killed. */
async function lastWord(): Promise<string> {
  const child = spawn(process.execPath, ['--import', 'tsx', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  let last = '';
  let patience = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    last = text.trim().split('\n').at(-1) ?? last;
    clearTimeout(patience);
    patience = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  });
  await new Promise((resolve) => child.once('close', resolve));
  clearTimeout(patience);
  return last;
}

it('matches every rule against 1 MB of text made to slow it down, and comes back', { timeout: 600_000 }, async () => {
  expect(await lastWord()).toBe('done');
});
