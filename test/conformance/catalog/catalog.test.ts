// The catalog as shipped is sound, and every kind of problem in it would be noticed.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { checkCatalog } from '../../../src/domain/catalog/check-catalog.ts';
import { readCatalog } from '../../../src/platform/catalog/read-catalog.ts';
import { readTestCatalog } from '../../support/catalog.ts';

const shipped = fileURLToPath(new URL('../../../catalog', import.meta.url));
const failure = 'failures/target-out-of-bound/failure.yaml';
const knowledge = 'failures/target-out-of-bound/knowledge.yaml';

describe('the catalog as shipped', () => {
  it('has no problem', async () => {
    expect(checkCatalog(await readTestCatalog())).toEqual([]);
  });

  it('has the classes complete that this version promises', async () => {
    const { failures } = await readTestCatalog();
    const wanted = [
      'cuda-out-of-memory',
      'dfl-mismatch',
      'label-out-of-range',
      'loss-divergence',
      'loss-nan',
      'reg-range-saturated',
    ];
    expect([...failures.keys()]).toEqual(
      expect.arrayContaining([
        ...wanted,
        'selection-corrupted',
        'shape-mismatch',
        'target-out-of-bound',
        'unknown',
        'zero-loss',
      ]),
    );
    for (const id of ['target-out-of-bound', 'label-out-of-range'])
      expect(failures.get(id)?.knowledge.remediations.length, id).toBeGreaterThanOrEqual(8);
  });

  it('says of each patch that names one framework that it is for that one', async () => {
    const { failures } = await readTestCatalog();
    for (const { id, knowledge } of failures.values()) {
      for (const { id: remediation, patch = '', patch_for } of knowledge.remediations) {
        const [paddle, torch] = [/\bpaddle/.test(patch), /\btorch/.test(patch)];
        const named = paddle === torch ? undefined : paddle ? 'paddle' : 'torch';
        expect(patch_for, `${id}/${remediation}`).toBe(named);
      }
    }
  });

  it('has the failures of data, files, code and progress, each with three ways out at least', async () => {
    const { failures } = await readTestCatalog();
    const wanted = [
      ...['annotation-invalid', 'dataset-missing', 'image-decode-failed', 'shape-mismatch', 'dtype-mismatch'],
      ...['checkpoint-mismatch', 'checkpoint-corrupt', 'config-error', 'import-error', 'api-incompatibility'],
      ...['autograd-error', 'disk-full', 'permission-denied', 'loss-nan', 'loss-divergence', 'loss-spike'],
      ...['loss-plateau', 'zero-loss', 'throughput-drop', 'run-stalled'],
    ];
    for (const id of wanted) expect(failures.get(id)?.knowledge.remediations.length, id).toBeGreaterThanOrEqual(3);
  });

  it('has the failures of devices, libraries, processes and ranks, each with three ways out at least', async () => {
    const { failures } = await readTestCatalog();
    const wanted = [
      ...['cublas-failure', 'cuda-driver-mismatch', 'cudnn-failure', 'device-side-assert', 'gpu-arch-unsupported'],
      ...['illegal-memory-access', 'cuda-library-missing', 'gpu-hardware-fault', 'device-mismatch', 'nccl-failure'],
      ...['rank-failure', 'process-killed', 'segfault', 'host-out-of-memory', 'shared-memory-exhausted'],
      ...['dataloader-worker-crash'],
    ];
    for (const id of wanted) expect(failures.get(id)?.knowledge.remediations.length, id).toBeGreaterThanOrEqual(3);
  });
});

describe('a catalog with a problem', () => {
  const folder = mkdtempSync(join(tmpdir(), 'catalog-'));
  /** What a test changed, within the folder. */
  let changed: string[] = [];
  beforeAll(() => cpSync(shipped, folder, { recursive: true }));
  afterEach(() => {
    for (const path of changed) cpSync(join(shipped, path), join(folder, path), { recursive: true });
    changed = [];
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function edit(file: string, from: string, to: string): void {
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8');
    if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`);
    changed.push(file);
    writeFileSync(path, text.replace(from, to));
  }
  function remove(path: string): void {
    changed.push(path);
    rmSync(join(folder, path), { recursive: true });
  }
  async function problems(): Promise<string> {
    try {
      return checkCatalog(await readCatalog(folder)).join('\n');
    } catch (error) {
      return (error as Error).message;
    }
  }

  it.each([
    [
      'an absorbed class that does not exist',
      failure,
      'absorbs: [selection-corrupted',
      'absorbs: [selection-corupted',
      'no class selection-corupted',
    ],
    [
      'a class ruled out that does not exist',
      failure,
      'rules_out: [label-out-of-range]',
      'rules_out: [label-range]',
      'no class label-range',
    ],
    [
      'a log format that reads its own sample otherwise',
      'formats/paddledetection.yaml',
      'step: 1276',
      'step: 1277',
      'gives step 1276, not 1277',
    ],
    ['a signal that does not exist', failure, 'signal: env.cpu', 'signal: env.tpu', 'no signal env.tpu'],
    [
      'a finding that does not exist',
      failure,
      'finding: dfl.target-below-range',
      'finding: dfl.below',
      'no finding dfl.below',
    ],
    [
      'an expression that does not compile',
      failure,
      '(?:^|\\.)ValueError$',
      '(?:^|ValueError$',
      'rule paddle-target-bound, exception',
    ],
    [
      'a field that the schema does not know',
      failure,
      'severity: critical',
      'severity: critical\nseverety: high',
      `${failure}`,
    ],
    ['a value of the wrong type', failure, 'confidence: 0.97', 'confidence: 97', `${failure}:7`],
    ['broken YAML', failure, 'rules:', 'rules: [', `${failure}:`],
    ['a remedy that does not exist', knowledge, 'use: run-on-cpu', 'use: run-on-tpu', 'no remediation run-on-tpu'],
    [
      'a cause without remedies',
      knowledge,
      '  - id: corrupt-batch',
      '  - id: corrupt-batches',
      'cause corrupt-batch has no text',
    ],
    [
      'a missing language',
      knowledge,
      "    title: { en: 'Check the annotations', zh: '检查标注' }",
      "    title: { en: 'Check the annotations' }",
      `${knowledge}:`,
    ],
    ['English where Chinese belongs', knowledge, "zh: '检查标注' }", "zh: 'Check' }", 'no Chinese in "Check"'],
    [
      'an unknown placeholder',
      knowledge,
      '{framework_version:-} to 2.6.1',
      '{version_of_framework} to 2.6.1',
      'unknown placeholder {version_of_framework}',
    ],
    ['a signal without a sentence', 'signals.yaml', 'id: env.windows', 'id: env.window', 'env.windows has no sentence'],
    [
      'a finding without a sentence',
      'findings.yaml',
      'id: metric.diverging',
      'id: metric.divergin',
      'metric.diverging has no sentence',
    ],
  ])('is refused for %s', async (_, file, from, to, problem) => {
    edit(file, from, to);
    expect(await problems()).toContain(problem);
  });

  /** All in one catalog: running every sample of every class takes seconds. */
  it('is refused for everything that its samples show', async () => {
    const wrong = [
      [
        failure,
        'label value should (?:>= 0',
        'label value shall (?:>= 0',
        'no sample reaches rule paddle-cpu-out-of-range',
      ],
      [
        'failures/target-out-of-bound/samples/matches/nan-cast.json',
        'numeric-overflow',
        'annotation-scale',
        'likeliest cause is numeric-overflow, must be annotation-scale',
      ],
      [
        'failures/shape-mismatch/samples/matches/linear.txt',
        'mat1 and mat2 shapes cannot be multiplied',
        'CUDA out of memory. Tried to allocate 1 GiB',
        'classified as cuda-out-of-memory, must be shape-mismatch',
      ],
      [
        'failures/zero-loss/samples/near-misses/small.txt',
        'loss_bbox: 0.0042',
        'loss_bbox: 0.0000',
        'classified as zero-loss, must not be',
      ],
    ] as const;
    for (const [file, from, to] of wrong) edit(file, from, to);
    const told = await problems();
    for (const [, , , problem] of wrong) expect(told).toContain(problem);
  });

  it('is refused for a class without near misses', async () => {
    remove('failures/loss-nan/samples/near-misses');
    expect(await problems()).toContain('failures/loss-nan/samples/near-misses: fewer than 2 samples');
  });

  it('is refused for a missing file, named', async () => {
    remove('failures/loss-nan/knowledge.yaml');
    expect(await problems()).toContain('failures/loss-nan/knowledge.yaml: the file is missing');
  });
});
