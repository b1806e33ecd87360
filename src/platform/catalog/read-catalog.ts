// Reads catalog/ from disk: YAML data files against their schemas, and sample texts. Every problem is collected before it is told.
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Static, TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { LineCounter, parseDocument } from 'yaml';
import {
  type Catalog,
  type CatalogFailure,
  type CatalogSample,
  FailureFile,
  FindingsFile,
  KnowledgeFile,
  SampleContext,
  SignalsFile,
} from '../../contracts/catalog.ts';
import type { LocalizedText } from '../../contracts/catalog-fields.ts';
import { KnownBadEnvironmentsFile } from '../../contracts/known-bad-environment.ts';
import { FormatFile } from '../../contracts/log-format.ts';

interface Reading {
  root: string;
  problems: string[];
  /** Of the schemas met so far: compiling one takes longer than checking a file by it. */
  validators: Map<TSchema, Validator>;
}

/**
 * Reads the whole folder. @throws Error listing every problem with its file, and the line where YAML tells it. What the files say about
 * each other is checked by domain/catalog/check-catalog.ts.
 */
export async function readCatalog(folder: string): Promise<Catalog> {
  const reading: Reading = { root: folder, problems: [], validators: new Map() };
  const failures = await readFailures(reading);
  const signals = await readYaml(reading, join(folder, 'signals.yaml'), SignalsFile);
  const findings = await readYaml(reading, join(folder, 'findings.yaml'), FindingsFile);
  const formats = await readFormats(reading);
  const environments = await readYaml(reading, join(folder, 'known-bad-environments.yaml'), KnownBadEnvironmentsFile);
  if (reading.problems.length > 0) {
    throw new Error(`The catalog cannot be read:\n${reading.problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
  return {
    failures: new Map(failures.map((failure) => [failure.id, failure])),
    signals: byId(signals?.signals ?? []),
    findings: byId(findings?.findings ?? []),
    formats,
    environments: environments?.environments ?? [],
  };
}

async function readFailures(reading: Reading): Promise<CatalogFailure[]> {
  const folder = join(reading.root, 'failures');
  const failures: CatalogFailure[] = [];
  for (const id of await listFolder(reading, folder)) {
    const failure = await readYaml(reading, join(folder, id, 'failure.yaml'), FailureFile);
    const knowledge = await readYaml(reading, join(folder, id, 'knowledge.yaml'), KnowledgeFile);
    const samples = {
      matches: await readSamples(reading, join(folder, id, 'samples', 'matches')),
      nearMisses: await readSamples(reading, join(folder, id, 'samples', 'near-misses')),
    };
    if (failure && failure.id !== id)
      reading.problems.push(`failures/${id}/failure.yaml: id is ${failure.id}, it must be the folder's name ${id}`);
    if (failure && knowledge) failures.push({ ...failure, knowledge, samples });
  }
  return failures;
}

async function readFormats(reading: Reading): Promise<FormatFile[]> {
  const folder = join(reading.root, 'formats');
  if (!existsSync(folder)) return [];
  const formats: FormatFile[] = [];
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.yaml')).sort()) {
    const format = await readYaml(reading, join(folder, name), FormatFile);
    if (format) formats.push(format);
  }
  return formats;
}

async function readSamples(reading: Reading, folder: string): Promise<CatalogSample[]> {
  if (!existsSync(folder)) return [];
  const samples: CatalogSample[] = [];
  const files = await readdir(folder);
  const names = new Set(
    files.filter((file) => /\.(txt|json)$/.test(file)).map((file) => file.replace(/\.(txt|json)$/, '')),
  );
  for (const name of [...names].sort()) {
    const text = files.includes(`${name}.txt`) ? await readFile(join(folder, `${name}.txt`), 'utf8') : '';
    const context = files.includes(`${name}.json`)
      ? await readYaml(reading, join(folder, `${name}.json`), SampleContext)
      : null;
    samples.push({ file: relative(reading.root, join(folder, name)), text, context });
  }
  return samples;
}

async function listFolder(reading: Reading, folder: string): Promise<string[]> {
  if (!existsSync(folder)) {
    reading.problems.push(`${relative(reading.root, folder)}: the folder is missing`);
    return [];
  }
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** JSON files are read by the same parser, since JSON is YAML; duplicate keys are refused. */
async function readYaml<T extends TSchema>(reading: Reading, path: string, schema: T): Promise<Static<T> | null> {
  const name = relative(reading.root, path);
  if (!existsSync(path)) {
    reading.problems.push(`${name}: the file is missing`);
    return null;
  }
  const lineCounter = new LineCounter();
  const document = parseDocument(await readFile(path, 'utf8'), { lineCounter, uniqueKeys: true });
  if (document.errors.length > 0) {
    for (const error of document.errors)
      reading.problems.push(`${name}:${lineCounter.linePos(error.pos[0]).line}: ${error.message.split('\n')[0]}`);
    return null;
  }
  const value: unknown = document.toJS();
  const validator = validatorOf(reading, schema);
  if (validator.Check(value)) return value as Static<T>;
  for (const error of validator.Errors(value).slice(0, 10)) {
    reading.problems.push(
      `${name}${lineOf(document, lineCounter, error.instancePath)}: ${error.instancePath || '/'} ${error.message}`,
    );
  }
  return null;
}

function validatorOf({ validators }: Reading, schema: TSchema): Validator {
  const validator = validators.get(schema) ?? Compile(schema);
  validators.set(schema, validator);
  return validator;
}

function lineOf(document: ReturnType<typeof parseDocument>, lineCounter: LineCounter, pointer: string): string {
  const keys = pointer.split('/').slice(1);
  for (let depth = keys.length; depth > 0; depth--) {
    const path = keys.slice(0, depth).map((key) => (/^\d+$/.test(key) ? Number(key) : key));
    const node = document.getIn(path, true) as { range?: [number, number, number] } | undefined;
    if (node?.range) return `:${lineCounter.linePos(node.range[0]).line}`;
  }
  return '';
}

function byId(entries: { id: string; text: LocalizedText }[]): Map<string, LocalizedText> {
  return new Map(entries.map((entry) => [entry.id, entry.text]));
}
