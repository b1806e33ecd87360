// `npm run bench:diagnose [-- --json]`: how fast logs and traces are diagnosed on one core, through the code of POST /v1/diagnose, against
// grep -E with the catalog's line rules and against the machine's memory bandwidth. All rates are of CPU time, so that other programs on
// the machine disturb them less; the median of alternating repeats counts.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Catalog } from '../src/contracts/catalog.ts';
import { diagnoseText } from '../src/flows/diagnose-text.ts';
import { readCatalog } from '../src/platform/catalog/read-catalog.ts';
import { toExtended } from './extended-regex.ts';
import { logOf, needle, ordinaryLogs } from './ordinary-logs.ts';

const bytes = 10_000_000;
const repeats = 3;
/** MB/s of ordinary log text that must be reached. */
const target = 20;

interface LogResult {
  log: string;
  lines: number;
  class: string;
  mbPerSecond: number;
  wallMbPerSecond: number;
  grepMbPerSecond: number | null;
  ratioToGrep: number | null;
  ratioToBandwidth: number;
}

const catalog = await readCatalog(fileURLToPath(new URL('../catalog', import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), 'losswatch-bench-'));
try {
  const report = run(catalog);
  process.stdout.write(process.argv.includes('--json') ? `${JSON.stringify(report, null, 2)}\n` : toTable(report));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

type Report = ReturnType<typeof run>;

function run(catalog: Catalog) {
  const bandwidth = median(Array.from({ length: repeats }, measureCopy));
  const patterns = writePatterns(catalog);
  const logs = [
    ...ordinaryLogs.map(({ name, line }) => ({ name, text: logOf(line, bytes) })),
    { name: 'needle', text: needle(bytes) },
  ];
  return {
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      load: loadavg()[0] ?? 0,
      node: process.version,
    },
    bandwidthMbPerSecond: Math.round(bandwidth),
    rules: { all: patterns.all, givenToGrep: patterns.given },
    logs: logs.map(({ name, text }) => measureLog(name, text, { patterns: patterns.file, bandwidth })),
    traces: measureTraces(catalog),
    target,
  };
}

function measureLog(log: string, text: string, against: { patterns: string; bandwidth: number }): LogResult {
  const file = join(folder, 'log.txt');
  writeFileSync(file, text);
  const size = Buffer.byteLength(text) / 1e6;
  const own: Spent[] = [];
  const grep: (number | null)[] = [];
  let answer = diagnoseText({ text }, { catalog, locale: 'en' });
  for (let i = 0; i < repeats; i += 1) {
    own.push(
      spend(() => {
        answer = diagnoseText({ text }, { catalog, locale: 'en' });
      }),
    );
    grep.push(measureGrep(against.patterns, file));
  }
  const mbPerSecond = size / median(own.map(({ cpu }) => cpu));
  const times = grep.filter((seconds) => seconds !== null);
  const grepMbPerSecond = times.length === 0 ? null : size / median(times);
  return {
    log,
    lines: text.split('\n').length,
    class: answer.class,
    mbPerSecond,
    wallMbPerSecond: size / median(own.map(({ wall }) => wall)),
    grepMbPerSecond,
    ratioToGrep: grepMbPerSecond === null ? null : mbPerSecond / grepMbPerSecond,
    ratioToBandwidth: mbPerSecond / against.bandwidth,
  };
}

/** The catalog's own samples, one diagnosis each. */
function measureTraces(catalog: Catalog) {
  const samples = [...catalog.failures.values()].flatMap(({ samples: { matches } }) => matches.map(({ text }) => text));
  const texts = samples.filter((text) => text !== '');
  const once = () => {
    for (const text of texts) diagnoseText({ text }, { catalog, locale: 'en' });
  };
  once();
  const seconds = median(Array.from({ length: repeats }, () => spend(once).cpu));
  return { count: texts.length, perSecond: texts.length / seconds };
}

interface Spent {
  cpu: number;
  wall: number;
}

/** Seconds of CPU and of the clock that `work` takes, garbage collection included. */
function spend(work: () => void): Spent {
  const cpu = process.cpuUsage();
  const start = performance.now();
  work();
  const used = process.cpuUsage(cpu);
  return { cpu: (used.user + used.system) / 1e6, wall: (performance.now() - start) / 1e3 };
}

/** MB/s at which one core copies memory that is not in its caches. */
function measureCopy(): number {
  const source = Buffer.alloc(128e6, 1);
  const copy = Buffer.alloc(128e6, 2);
  return 128 / spend(() => copy.set(source)).cpu;
}

function writePatterns(catalog: Catalog): { file: string; all: number; given: number } {
  const lines = [...catalog.failures.values()].flatMap(({ rules }) => rules.flatMap(({ line }) => line ?? []));
  const usable = lines.flatMap((line) => toExtended(line) ?? []).filter(isAccepted);
  const file = join(folder, 'patterns.txt');
  writeFileSync(file, `${usable.join('\n')}\n`);
  return { file, all: lines.length, given: usable.length };
}

/** grep answers 2 for an expression that it refuses. */
function isAccepted(pattern: string): boolean {
  return spawnSync('grep', ['-E', '-e', pattern], { input: '', env: { LC_ALL: 'C' } }).status === 1;
}

/** Seconds of CPU that grep takes; null where there is no grep or bash. */
function measureGrep(patterns: string, file: string): number | null {
  const command = `TIMEFORMAT='%U %S'; time LC_ALL=C grep -c -E -f "$1" "$2" >/dev/null`;
  const { stderr, error } = spawnSync('bash', ['-c', command, 'bash', patterns, file], { encoding: 'utf8' });
  const [user, system] = (stderr ?? '').trim().split(' ').map(Number);
  return error || user === undefined || system === undefined || Number.isNaN(user + system) ? null : user + system;
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function toTable({ machine, bandwidthMbPerSecond, rules, logs, traces }: Report): string {
  const rows = logs.map((row) => [
    row.log,
    String(row.lines),
    row.class,
    row.mbPerSecond.toFixed(1),
    row.wallMbPerSecond.toFixed(1),
    row.grepMbPerSecond?.toFixed(1) ?? '-',
    row.ratioToGrep?.toFixed(2) ?? '-',
    `1/${Math.round(1 / row.ratioToBandwidth)}`,
  ]);
  const head = ['log of 10 MB', 'lines', 'class', 'MB/s', 'MB/s by clock', 'grep MB/s', 'to grep', 'to bandwidth'];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const table = [head, ...rows].map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  return [
    `${machine.cpu}, ${machine.cores} cores, load ${machine.load.toFixed(1)}, Node ${machine.node}; one core copies ${bandwidthMbPerSecond} MB/s`,
    `${rules.all} line rules, ${rules.givenToGrep} of them as grep -E takes them`,
    '',
    ...table,
    '',
    `${traces.perSecond.toFixed(0)} traces/s (the ${traces.count} samples of the catalog)`,
    `to reach: ${target} MB/s`,
    '',
  ].join('\n');
}
