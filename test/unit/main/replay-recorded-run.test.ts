import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ApiClient, RawBody } from '../../../src/main/api-client.ts';
import { replayRecordedRun } from '../../../src/main/replay-recorded-run.ts';

interface Call {
  call: string;
  body: unknown;
}

function recordCalls(): { client: ApiClient; calls: Call[] } {
  const calls: Call[] = [];
  const client: ApiClient = {
    async call<T>(method: string, path: string, body?: unknown): Promise<T> {
      calls.push({ call: `${method} ${path}`, body });
      return { lines: 1, accepted: 60 } as T;
    },
  };
  return { client, calls };
}

test('a crashed run is pushed in the order of its trainer, the console output whole but in pieces', async () => {
  const folder = 'examples/recorded/ppyoloe-masked-select';
  const { client, calls } = recordCalls();
  const replayed = await replayRecordedRun({ client, folder, runId: 'r1' });

  const pieces = calls.filter(({ call }) => call === 'POST /v1/runs/r1/logs?source=train.log');
  expect(pieces.length).toBeGreaterThan(3);
  const bytes = Buffer.concat(pieces.map(({ body }) => (body as RawBody).bytes));
  expect(bytes.equals(readFileSync(join(folder, 'train.log')))).toBe(true);
  expect(calls.map(({ call }) => call).filter((call) => !call.includes('/logs?'))).toEqual([
    'POST /v1/runs',
    'POST /v1/runs/r1/metrics',
    'POST /v1/runs/r1/captures?step=0&rank=0',
    'POST /v1/runs/r1/captures?step=1&rank=0',
    'POST /v1/runs/r1/traces',
    'PATCH /v1/runs/r1',
  ]);
  expect(calls[0]?.body).toMatchObject({ id: 'r1', device: 'gpu' });
  expect(calls.at(-2)?.body).toMatchObject({ step: 1, rank: 0, text: expect.stringContaining('Target -1') });
  expect(calls.at(-1)?.body).toEqual({ status: 'failed' });
  expect(replayed).toMatchObject({ captures: 2, traces: 1, points: 60, logLines: pieces.length });
});

test('a run without a traceback ends as finished', async () => {
  const { client, calls } = recordCalls();
  await replayRecordedRun({ client, folder: 'examples/recorded/ppyoloe-healthy', runId: 'r2' });
  expect(calls.some(({ call }) => call.includes('/traces'))).toBe(false);
  expect(calls.at(-1)?.body).toEqual({ status: 'finished' });
});
