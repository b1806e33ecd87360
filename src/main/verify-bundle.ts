// `node verify.mjs` in the folder of a replay bundle: computes the tensors anew in float64, makes the verdict anew from them and from the
// texts, and compares both with what was stored. Needs nothing but Node; scripts/build-verifier.mjs makes one file of it.
// Exit status 0 when all agrees, 1 when something differs, 2 when the bundle cannot be read or was changed.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Catalog } from '../contracts/catalog.ts';
import {
  type BundledCapture,
  type BundledCatalog,
  type BundleManifest,
  bundleFiles,
} from '../contracts/replay-bundle.ts';
import { interpretAnalysis } from '../domain/dfl/interpret-analysis.ts';
import {
  compareAnalyses,
  compareVerdicts,
  type Evidence,
  type ReplayedCapture,
  replayVerdict,
} from '../domain/replay/replay-verdict.ts';
import { analyseCapture } from '../kernels/dfl/analyse-capture.ts';
import { referenceEngine } from '../kernels/dfl/reference-engine.ts';

const folder = dirname(fileURLToPath(import.meta.url));

async function main(): Promise<void> {
  const manifest = readJson<BundleManifest>(bundleFiles.manifest);
  const broken = manifest.files.filter(({ path, sha256 }) => hashOf(path) !== sha256).map(({ path }) => path);
  if (broken.length > 0) return end(2, [`changed since the bundle was made: ${broken.join(', ')}`]);
  const evidence = readJson<Evidence>(bundleFiles.evidence);
  const catalog = readCatalog();
  console.log(`incident ${manifest.incident}, run ${manifest.run}, bundle of ${manifest.made_at}`);
  const differences: string[] = [];
  const captures: ReplayedCapture[] = [];
  for (const capture of evidence.captures) {
    const replayed = await replay(capture, evidence.context.worldSize);
    captures.push(replayed);
    const own = compareAnalyses(capture.analysis, replayed.analysis);
    console.log(
      `capture ${capture.id}, step ${capture.step ?? '-'}, rank ${capture.rank}: ${own.length === 0 ? 'as stored' : own.join('; ')}`,
    );
    differences.push(...own.map((difference) => `capture ${capture.id}: ${difference}`));
  }
  const texts = new Map(evidence.traces.map(({ file }) => [file, readFileSync(join(folder, file), 'utf8')]));
  const verdict = replayVerdict(evidence, texts, captures, catalog);
  if (verdict)
    console.log(`verdict: ${verdict.class}, likeliest cause ${verdict.cause ?? '-'}, confidence ${verdict.confidence}`);
  differences.push(...compareVerdicts(evidence.verdict, verdict).map((difference) => `verdict: ${difference}`));
  for (const { what, why } of manifest.left_out) console.log(`not in the bundle: ${what} (${why})`);
  if (differences.length > 0) return end(1, differences);
  console.log('the verdict is confirmed');
}

async function replay(capture: BundledCapture, worldSize: number | null): Promise<ReplayedCapture> {
  const file = new Uint8Array(readFileSync(join(folder, capture.file)));
  const { reportedLossDfl } = capture.shape;
  const shape = { ...capture.shape, reportedLossDfl: reportedLossDfl === null ? null : Number(reportedLossDfl) };
  const measured = await analyseCapture(file, shape, referenceEngine);
  const { id: captureId, rank, step } = capture;
  const interpreted = interpretAnalysis({ ...measured, shape, captureId, rank, step, worldSize });
  return { id: captureId, step, regRange: [shape.regRange.lo, shape.regRange.hi], ...interpreted };
}

function readCatalog(): Catalog {
  const { failures, signals, findings, formats, environments } = readJson<BundledCatalog>(bundleFiles.catalog);
  const maps = { failures: new Map(failures), signals: new Map(signals), findings: new Map(findings) };
  return { ...maps, formats, environments } as unknown as Catalog;
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(join(folder, file), 'utf8')) as T;
}

function hashOf(path: string): string | null {
  try {
    return createHash('sha256')
      .update(readFileSync(join(folder, path)))
      .digest('hex');
  } catch {
    return null;
  }
}

function end(status: number, lines: string[]): void {
  for (const line of lines) console.error(line);
  process.exitCode = status;
}

main().catch((error) => end(2, [error instanceof Error ? error.message : String(error)]));
