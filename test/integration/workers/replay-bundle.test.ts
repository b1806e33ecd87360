// The replay bundle as a person uses it: unpacked into an empty folder, its script run with nothing but Node.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildVerifier } from '../../../scripts/build-verifier.mjs';
import { loadStanding, loadView } from '../../../src/flows/incident-records.ts';
import { makeBundle, partToReplay } from '../../../src/flows/replay-bundle.ts';
import { tarGz } from '../../../src/platform/archive.ts';
import { buildTestWorkers, type TestWorkers } from '../../support/build-workers.ts';
import { boundTrace, faultyEnvironment, logLine, makeCapture, type StoryNumbers } from '../../support/story.ts';

const numbers: StoryNumbers = { lo: 0, hi: 17, garbage: [28, 60, 92, -3], seed: 99 };
const root = join(import.meta.dirname, '../../..');
let workers: TestWorkers;
let scratch = '';
let script = '';

beforeAll(async () => {
  workers = await buildTestWorkers();
  scratch = mkdtempSync(join(tmpdir(), 'losswatch-bundle-'));
  buildVerifier(root, join(scratch, 'verify.mjs'));
  script = readFileSync(join(scratch, 'verify.mjs'), 'utf8');
});
afterAll(async () => {
  await workers.close();
  rmSync(scratch, { recursive: true, force: true });
});

/** The folder that the bundle of an incident unpacks to. */
async function unpack(name: string, incidentId: string, runId?: string): Promise<string> {
  const { database, blobs, catalog, clock } = workers.deps;
  const record = await loadStanding(database.client, incidentId);
  const view = await loadView(database.client, record!);
  const source = { database, blobs, catalog, script, now: clock.now() };
  const entries = makeBundle(source, view, partToReplay(view, runId)!, { catalog, locale: 'en' });
  const folder = join(scratch, name);
  const tar = extract();
  tarGz(entries, source.now).pipe(createGunzip()).pipe(tar);
  for await (const entry of tar) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    const path = join(folder, entry.header.name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, Buffer.concat(chunks));
  }
  return join(folder, `losswatch-${incidentId}`);
}

function verify(folder: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'verify.mjs')], {
    cwd: tmpdir(),
    encoding: 'utf8',
    env: {},
  });
  return { status, stdout, stderr };
}

/** Changes a file and its checksum, as somebody who wants another verdict would. */
function forge(folder: string, path: string, change: (text: string) => string): void {
  const text = change(readFileSync(join(folder, path), 'utf8'));
  writeFileSync(join(folder, path), text);
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  manifest.files.find((file: { path: string }) => file.path === path).sha256 = createHash('sha256')
    .update(text)
    .digest('hex');
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
}

describe('the bundle of the story', () => {
  let incidentId = '';
  beforeAll(async () => {
    await workers.addRun({ id: 'r1', name: 'r1', ...faultyEnvironment, config: { num_classes: 6 } });
    const lines = Array.from({ length: 900 }, (_, n) => logLine(n, { cls: 0.6, iou: 0.5, dfl: 2.5, l1: 0.1 }));
    await workers.pushLog('r1', lines.join(''), 'rank0.log');
    for (const step of [0, 1]) await workers.pushCapture('r1', makeCapture(numbers, { fault: step === 1, step }), step);
    await workers.pushLog('r1', boundTrace(-3, 'lower'), 'rank0.log');
    await workers.pushTrace('r1', boundTrace(-3, 'lower'), 1);
    await workers.drain();
    incidentId = (await workers.incidents())[0]!.id;
  });

  it('confirms the verdict offline, in a folder of its own', async () => {
    const folder = await unpack('story', incidentId);
    expect(verify(folder)).toMatchObject({ status: 0, stderr: '' });
    const { stdout } = verify(folder);
    expect(stdout).toContain('verdict: target-out-of-bound, likeliest cause paddle-masked-select-gpu');
    expect(stdout).toContain('the verdict is confirmed');
    expect(stdout.match(/^capture .*: as stored$/gm)).toHaveLength(2);
  });

  it('holds tensors, traces, the log around the failure, environment, config and metrics', async () => {
    const folder = await unpack('contents', incidentId);
    const read = (path: string) => readFileSync(join(folder, path), 'utf8');
    expect(readdirSync(join(folder, 'captures'))).toHaveLength(2);
    expect(read(join('traces', readdirSync(join(folder, 'traces'))[0]!))).toContain('Target -3 is out of lower bound');
    const [log, ...others] = readdirSync(join(folder, 'logs'));
    expect(others).toEqual([]);
    expect(log).toMatch(/^0-rank0\.log-from-line-\d+\.txt$/);
    expect(read(`logs/${log}`)).toContain('[899/512]');
    expect(read(`logs/${log}`)).not.toContain('[ 99/512]');
    expect(JSON.parse(read('run.json'))).toMatchObject({ id: 'r1', ...faultyEnvironment, config: { num_classes: 6 } });
    expect(JSON.parse(read('metrics.json')).some(({ name }: { name: string }) => name === 'loss_dfl')).toBe(true);
    expect(JSON.parse(read('incident.json')).id).toBe(incidentId);
    expect(read('README.zh-CN.md')).toContain('node verify.mjs');
    expect(JSON.parse(read('manifest.json')).left_out).toEqual([]);
  });

  it('does not confirm what the tensors do not show', async () => {
    const folder = await unpack('forged', incidentId);
    forge(folder, 'evidence.json', (text) => text.replaceAll('"paddle-masked-select-gpu"', '"num-classes-too-small"'));
    expect(verify(folder)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('verdict: cause was num-classes-too-small'),
    });
  });

  it('says which file was changed or is missing', async () => {
    const folder = await unpack('changed', incidentId);
    const [capture] = readdirSync(join(folder, 'captures'));
    const bytes = readFileSync(join(folder, 'captures', capture!));
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(join(folder, 'captures', capture!), bytes);
    rmSync(join(folder, 'run.json'));
    const { status, stderr } = verify(folder);
    expect(status).toBe(2);
    expect(stderr).toContain(`captures/${capture}`);
    expect(stderr).toContain('run.json');
  });
});

describe('the bundle of a failure that shows in numbers', () => {
  it('confirms it without any tensor', async () => {
    await workers.addRun({ id: 'nan', name: 'nan', project: 'numbers' });
    const values = (n: number) => (n < 50 ? '1.25' : 'nan');
    await workers.pushLog('nan', Array.from({ length: 80 }, (_, n) => `step: ${n} loss: ${values(n)}\n`).join(''));
    await workers.drain();
    const incident = (await workers.incidents()).find(({ project }) => project === 'numbers')!;
    const folder = await unpack('nan', incident.id);
    expect(verify(folder)).toMatchObject({ status: 0, stdout: expect.stringContaining('verdict: loss-nan') });
  });
});

describe('a bundle', () => {
  it('brings along what was pushed about other captures as sums when there are too many', async () => {
    await workers.addRun({ id: 'many', name: 'many', project: 'many', ...faultyEnvironment });
    for (let step = 0; step < 40; step += 1)
      await workers.pushCapture('many', makeCapture(numbers, { fault: step === 20, step }), step);
    await workers.drain();
    const incident = (await workers.incidents()).find(({ project }) => project === 'many')!;
    const folder = await unpack('many', incident.id, 'many');
    const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
    expect(readdirSync(join(folder, 'captures'))).toHaveLength(32);
    expect(manifest.left_out).toEqual([{ what: '8 captures', why: expect.stringContaining('sums') }]);
    expect(verify(folder)).toMatchObject({ status: 0, stdout: expect.stringContaining('the verdict is confirmed') });
  });
});
