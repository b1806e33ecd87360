// Records a simulated PP-YOLOE training run, healthy or at fault, as a folder that the quickstart and the tests replay. How it is simulated,
// and what is made up, stands in examples/README.md.
// Usage: npx tsx examples/record-ppyoloe-run.ts [--fault masked-select|labels|none] [--reg-range 0,17] [--seed 486] [--steps 60] [--ranks 1]
//        [--out FOLDER] | --shipped (makes the folders of examples/recorded again)
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Fault, faults, type RecordOptions } from './ppyoloe/options.ts';
import { recordRun } from './ppyoloe/record-run.ts';
import { shippedRecordings } from './ppyoloe/shipped-recordings.ts';

const recordedFolder = join(dirname(fileURLToPath(import.meta.url)), 'recorded');

function main(): void {
  const { values } = parseArgs({
    options: {
      fault: { type: 'string', default: 'masked-select' },
      'reg-range': { type: 'string', default: '0,17' },
      seed: { type: 'string', default: '486' },
      steps: { type: 'string', default: '60' },
      ranks: { type: 'string', default: '1' },
      out: { type: 'string' },
      shipped: { type: 'boolean', default: false },
    },
  });
  if (values.shipped) {
    for (const [name, options] of Object.entries(shippedRecordings))
      writeRecording(join(recordedFolder, name), options);
    return;
  }
  const fault = faults.find((name) => name === values.fault);
  if (!fault) throw new Error(`--fault is ${values.fault}; one of ${faults.join(', ')} is needed`);
  writeRecording(values.out ?? defaultFolder(fault), {
    fault,
    regRange: readRegRange(values['reg-range']),
    seed: readInteger('--seed', values.seed, 0, 1_000_000),
    steps: readInteger('--steps', values.steps, 1, 10_000),
    ranks: readInteger('--ranks', values.ranks, 1, 64),
  });
}

function defaultFolder(fault: Fault): string {
  return join('.losswatch-recorded', `ppyoloe-${fault}`);
}

/** Replaces the folder. */
function writeRecording(folder: string, options: RecordOptions): void {
  rmSync(folder, { recursive: true, force: true });
  const files = recordRun(options);
  for (const [path, content] of files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  console.log(`${folder}: ${files.size} files`);
}

function readRegRange(text: string): readonly [number, number] {
  const match = /^(-?\d+),(-?\d+)$/.exec(text);
  const [lo, hi] = [Number(match?.[1]), Number(match?.[2])];
  if (!match || hi - lo < 2 || hi - lo > 256)
    throw new Error(`--reg-range is ${text}; lo,hi with 2 to 256 bins is needed, such as 0,17`);
  return [lo, hi];
}

function readInteger(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most)
    throw new Error(`${name} is ${text}; an integer from ${least} to ${most} is needed`);
  return value;
}

main();
