// examples/push_metrics.py against a small HTTP server: what arrives, and that training never notices a missing one.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';

const script = 'examples/push_metrics.py';
const hasPython = spawnSync('python3', ['--version']).status === 0;

interface Call {
  method: string;
  path: string;
  authorization: string | undefined;
  body: string;
}

let server: Server | null = null;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = null;
});

/** Answers the n-th request with `status(n)`. */
async function listen(calls: Call[], status: (index: number) => number): Promise<string> {
  const listening = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString('utf8');
    });
    request.on('end', () => {
      calls.push({
        method: request.method ?? '',
        path: request.url ?? '',
        authorization: request.headers.authorization,
        body,
      });
      response.writeHead(status(calls.length - 1)).end('{}');
    });
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

async function runPython(url: string, args: string[]): Promise<{ status: number | null; stderr: string }> {
  const child = spawn('python3', args, {
    env: { PATH: process.env.PATH, LOSSWATCH_URL: url, LOSSWATCH_TOKEN: 'lw_example', PYTHONPATH: 'examples' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  const status = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { status, stderr };
}

if (!hasPython) {
  process.stderr.write('\npython3 is not on this machine: examples/push_metrics.py was NOT run, only looked at.\n\n');
  test('the example is there and names what it reads from the environment', () => {
    const text = readFileSync(script, 'utf8');
    for (const name of ['def push(', 'def start_run(', 'def excepthook(', 'LOSSWATCH_URL', 'LOSSWATCH_TOKEN']) {
      expect(text).toContain(name);
    }
  });
} else {
  test('the demonstration sends its run, its points with NaN, its traceback and its end', async () => {
    const calls: Call[] = [];
    const url = await listen(calls, () => 202);
    const { status, stderr } = await runPython(url, [script]);

    expect(status).toBe(1);
    expect(stderr).toMatch(/^Traceback [\s\S]*FloatingPointError: Loss became infinite or NaN at iteration=35!\n$/);
    expect(calls.every(({ authorization }) => authorization === 'Bearer lw_example')).toBe(true);
    const [run, ...others] = calls;
    expect([run?.method, run?.path]).toEqual(['POST', '/v1/runs']);
    const { id } = JSON.parse(run?.body ?? '');
    const batches = others.filter(({ path }) => path === `/v1/runs/${id}/metrics`);
    const points = batches.flatMap(({ body }) => JSON.parse(body.replaceAll('NaN', '"NaN"')).points);
    expect(points.map(({ step }) => step)).toEqual(Array.from({ length: 40 }, (_, step) => step));
    expect(points[0].values).toEqual({ loss: 2.5, loss_cls: 1, loss_iou: 1.5 });
    expect(points[39].values.loss).toBe('NaN');
    const trace = JSON.parse(others.find(({ path }) => path === `/v1/runs/${id}/traces`)?.body ?? '');
    expect(trace).toMatchObject({ step: 39, rank: 0, text: expect.stringContaining('in _demonstrate\n') });
    expect(others.at(-1)).toMatchObject({ method: 'PATCH', path: `/v1/runs/${id}`, body: '{"status": "failed"}' });
  });

  test('a loop that ends well closes its run, and an overloaded server gets the same request again', async () => {
    const calls: Call[] = [];
    const url = await listen(calls, (index) => (index === 0 ? 503 : 202));
    const loop = "import push_metrics as w; w.start_run('short', run_id='r1'); w.push(0, loss=float('inf'))";
    expect(await runPython(url, ['-c', loop])).toEqual({ status: 0, stderr: '' });
    expect(calls[1]).toEqual(calls[0]);
    expect(calls.map(({ method, path }) => `${method} ${path}`).slice(1)).toEqual([
      'POST /v1/runs',
      'POST /v1/runs/r1/metrics',
      'PATCH /v1/runs/r1',
    ]);
    expect(calls[2]?.body).toContain('"loss": Infinity');
  });

  test('without a server, or with nonsense for values, training goes on and is told once', async () => {
    const calls: Call[] = [];
    const url = await listen(calls, () => 202);
    server?.close();
    server = null;
    const loop =
      "import push_metrics as w; w.push(0, loss=1); w.start_run('x'); w.push(1, loss='low'); w.push('first', loss=1); print('done')";
    const { status, stderr } = await runPython(url, ['-c', loop]);
    expect(status).toBe(0);
    expect(stderr.match(/losswatch: /g)).toHaveLength(1);
    expect(stderr).not.toContain('Traceback');
  });
}
