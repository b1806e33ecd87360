// The replay bundle of an incident: everything that its verdict on one run was made from, and a script that makes the verdict anew offline.
import { createHash } from 'node:crypto';
import type { Catalog } from '../contracts/catalog.ts';
import { locales } from '../contracts/common.ts';
import {
  type BundledCapture,
  type BundledCatalog,
  type BundleManifest,
  bundleFiles,
  bundleFormat,
} from '../contracts/replay-bundle.ts';
import { toJsonNumber } from '../domain/detectors/json-number.ts';
import type { IncidentView } from '../domain/incidents/present-incident.ts';
import { presentIncident } from '../domain/incidents/present-incident.ts';
import type { PlacedPart } from '../domain/incidents/types.ts';
import { firstLineOf } from '../domain/parsing/first-line.ts';
import { bundleReadme } from '../domain/replay/bundle-readme.ts';
import { type Evidence as BundledEvidence, verdictOf } from '../domain/replay/replay-verdict.ts';
import type { ArchiveEntry } from '../platform/archive.ts';
import type { Blobs } from '../platform/blobs/blobs.ts';
import { type CaptureRow, findKeptCaptures, readCaptureFacts, readCaptureShape } from '../platform/db/captures.ts';
import type { Database, Tx } from '../platform/db/client.ts';
import { findRun, type RunRow } from '../platform/db/runs.ts';
import { readLogExcerpts } from './log-excerpt.ts';
import { readSeries } from './points/read-series.ts';
import type { ReaderView } from './read-incidents.ts';
import { contextOf, readEvidence } from './run-evidence.ts';

const maxCaptures = 32;
const maxCaptureBytes = 128 * 2 ** 20;
const maxTraceCharacters = 32 * 2 ** 20;
const metricPoints = 2_000;

export interface BundleSource {
  database: Pick<Database, 'snapshot' | 'sql'>;
  blobs: Pick<Blobs, 'read'>;
  catalog: Catalog;
  /** The text of verify.mjs. */
  script: string;
  now: Date;
}

/** The part that speaks for the incident, or that of a run. Null when the run is not one of the incident's. */
export function partToReplay({ record, parts }: IncidentView, runId: string | undefined): PlacedPart | null {
  const wanted = parts.filter((part) => runId === undefined || part.runId === runId);
  return wanted.find((part) => part.diagnosis.fingerprint === record.fingerprint) ?? wanted[0] ?? null;
}

/** The files of the bundle, the manifest last, since it says what could be brought along. */
export async function* makeBundle(
  source: BundleSource,
  incident: IncidentView,
  part: PlacedPart,
  reader: ReaderView,
): AsyncGenerator<ArchiveEntry> {
  const folder = `losswatch-${incident.record.id}`;
  const manifest: BundleManifest = {
    format: bundleFormat,
    incident: incident.record.id,
    run: part.runId,
    made_at: source.now.toISOString(),
    files: [],
    left_out: [],
  };
  const read = await source.database.snapshot((tx) => readAll(tx, part, manifest));
  if (!read) throw new Error(`run ${part.runId} is gone`);
  const texts: [path: string, content: string][] = [
    ...locales.map((locale): [string, string] => [
      locale === 'en' ? 'README.md' : 'README.zh-CN.md',
      bundleReadme(factsOf(incident, part, source, locale), locale),
    ]),
    ['incident.json', toJson(presentIncident(incident, source.catalog, reader.locale))],
    ['run.json', toJson(describeRun(read.run))],
    [bundleFiles.evidence, toJson(read.evidence)],
    [bundleFiles.catalog, JSON.stringify(withoutSamples(source.catalog))],
    [bundleFiles.script, source.script],
    ['metrics.json', toJson(await readMetrics(source, part.runId))],
    ...read.files,
  ];
  for (const [path, content] of texts) yield enlist(manifest, folder, path, content);
  for (const { path, sha256 } of read.tensors) yield enlist(manifest, folder, path, await source.blobs.read(sha256));
  yield { path: `${folder}/${bundleFiles.manifest}`, content: toJson(manifest) };
}

function enlist(manifest: BundleManifest, folder: string, path: string, content: Uint8Array | string): ArchiveEntry {
  const sha256 = createHash('sha256').update(content).digest('hex');
  manifest.files.push({ path, bytes: Buffer.byteLength(content), sha256 });
  return { path: `${folder}/${path}`, content };
}

async function readAll(tx: Tx, part: PlacedPart, manifest: BundleManifest) {
  const run = await findRun(tx, part.runId);
  if (!run) return null;
  const evidence = await readEvidence(tx, run.id);
  const referenced = part.evidence.flatMap(({ kind, ref }) => (kind === 'capture' && ref !== null ? [ref] : []));
  const wanted = { first: referenced, step: part.firstStep, limit: maxCaptures };
  const captures = withinBytes(await findKeptCaptures(tx, run.id, wanted), manifest);
  const traces = withinCharacters(evidence.groups, manifest);
  const others = await readCaptureFacts(
    tx,
    run.id,
    captures.map(({ id }) => id),
  );
  if (others) manifest.left_out.push({ what: `${others.analysed} captures`, why: 'their sums are in the evidence' });
  const bundled: BundledEvidence = {
    verdict: verdictOf(part.diagnosis),
    context: contextOf(run, evidence),
    traces: traces.map(({ id, origin, step, rank }) => ({ id, file: traceFile(id), origin, step, rank })),
    findings: evidence.findings,
    captures: captures.map(bundleCapture),
    other_captures: others,
  };
  return {
    run,
    evidence: bundled,
    files: [...traces.map(({ id, text }): [string, string] => [traceFile(id), text]), ...(await readLogs(tx, part))],
    tensors: captures.map(({ id, sha256 }) => ({ path: captureFile(id), sha256 })),
  };
}

function withinBytes(captures: CaptureRow[], manifest: BundleManifest): CaptureRow[] {
  let bytes = 0;
  return captures.filter(({ id, bytes: own }) => {
    const fits = bytes + Number(own) <= maxCaptureBytes;
    if (fits) bytes += Number(own);
    else
      manifest.left_out.push({ what: captureFile(id), why: `the tensors together are over ${maxCaptureBytes} bytes` });
    return fits;
  });
}

function withinCharacters<T extends { id: string; text: string }>(traces: T[], manifest: BundleManifest): T[] {
  let characters = 0;
  return traces.filter(({ id, text }) => {
    characters += text.length;
    const fits = characters <= maxTraceCharacters;
    if (!fits)
      manifest.left_out.push({
        what: traceFile(id),
        why: `the traces together are over ${maxTraceCharacters} characters`,
      });
    return fits;
  });
}

function bundleCapture(row: CaptureRow): BundledCapture {
  const shape = readCaptureShape(row);
  return {
    id: row.id,
    file: captureFile(row.id),
    step: row.step === null ? null : Number(row.step),
    rank: row.rank,
    shape: { ...shape, reportedLossDfl: shape.reportedLossDfl === null ? null : toJsonNumber(shape.reportedLossDfl) },
    analysis: row.analysis as unknown as BundledCapture['analysis'],
  };
}

function captureFile(id: string): string {
  return `captures/${id}.safetensors`;
}

function traceFile(id: string): string {
  return `traces/${id}.txt`;
}

async function readLogs(tx: Tx, { runId, diagnosis }: PlacedPart): Promise<[string, string][]> {
  const message = diagnosis.exception ? firstLineOf(diagnosis.exception.message).trim() : '';
  const words = [message, ...diagnosis.matched.map(({ text }) => text.trim())].filter((text) => text.length >= 8);
  const excerpts = await readLogExcerpts(tx, runId, words);
  return excerpts.map(({ source, firstLine, text }, index) => [
    `logs/${index}-${source.replace(/[^\w.-]/g, '_').slice(0, 80)}-from-line-${firstLine + 1}.txt`,
    text,
  ]);
}

async function readMetrics({ database }: BundleSource, runId: string) {
  const filter = { names: null, rank: null, from: null, to: null, maxPoints: metricPoints };
  return database.sql.snapshot((query) => readSeries(query, runId, filter));
}

function describeRun(run: RunRow) {
  return {
    ...{ id: run.id, name: run.name, project: run.project, status: run.status, framework: run.framework },
    ...{ device: run.device, environment: run.environment, config: run.config, tags: run.tags },
    world_size: run.worldSize,
    created_at: run.createdAt.toISOString(),
    last_step: run.lastStep === null ? null : Number(run.lastStep),
  };
}

function factsOf({ record }: IncidentView, part: PlacedPart, { now, catalog }: BundleSource, locale: 'en' | 'zh') {
  const title = catalog.failures.get(record.diagnosis.class)?.knowledge.title[locale] ?? record.diagnosis.class;
  return { incident: record.id, title, run: part.runId, madeAt: now.toISOString() };
}

function withoutSamples(catalog: Catalog): BundledCatalog {
  return {
    failures: [...catalog.failures].map(([id, failure]) => [
      id,
      { ...failure, samples: { matches: [], nearMisses: [] } },
    ]),
    signals: [...catalog.signals],
    findings: [...catalog.findings],
    formats: catalog.formats,
    environments: catalog.environments,
  };
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
