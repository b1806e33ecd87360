// Texts that were cut at random places: never a crash, and less said is never more believed. Every text of the catalogue and of the corpus.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { classify, unknownClass } from '../../src/domain/classification/classify.ts';
import { readText } from '../../src/domain/classification/search-lines.ts';
import type { Classification } from '../../src/domain/classification/types.ts';
import { readTestCatalog } from '../support/catalog.ts';

const catalogFolder = fileURLToPath(new URL('../../catalog/', import.meta.url));
const corpusFolder = fileURLToPath(new URL('../corpus/cases/', import.meta.url));
const catalog = await readTestCatalog();
const cutsPerText = 12;
/** Rivals and supporting lines that a cut takes away move the confidence a little, both ways. */
const margin = 0.05;
/** Below this the whole text holds evidence against its own class, and a part may hold less of it. */
const contested = 0.9;

/** What a class can be taken for when its decisive words are gone, besides what some rule of the whole text speaks for already. */
const neighbours: Record<string, string[]> = {
  'annotation-invalid': ['dataloader-worker-crash', 'image-decode-failed'],
  'checkpoint-corrupt': ['api-incompatibility'],
  'config-error': ['dataset-missing'],
  'cuda-library-missing': ['import-error'],
  'image-decode-failed': ['dataloader-worker-crash'],
  'nccl-failure': ['rank-failure'],
  'rank-failure': ['process-killed'],
  'shared-memory-exhausted': ['disk-full'],
  'target-out-of-bound': ['device-side-assert', 'label-out-of-range', 'loss-divergence'],
};

function readTexts(): { name: string; text: string }[] {
  const samples = readdirSync(`${catalogFolder}failures`).flatMap((id) => {
    const folder = `${catalogFolder}failures/${id}/samples/matches/`;
    const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.txt')) : [];
    return files.map((name) => ({ name: `${id}/${name}`, text: readFileSync(folder + name, 'utf8') }));
  });
  const produced = readdirSync(corpusFolder).map((name) => ({
    name: `corpus/${name}`,
    text: readFileSync(`${corpusFolder}${name}/output.txt`, 'utf8'),
  }));
  return [...samples, ...produced];
}

/** Numerical Recipes' linear congruential generator: the same cuts on every machine. */
function makeRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const read = (text: string) => classify(readText(text, catalog), catalog);

/** Null when the part may be answered so, given the answer for the whole; else what is wrong. */
function objection(part: Classification, whole: Classification): string | null {
  if (part.class === unknownClass) return null;
  const isKin =
    part.class === whole.class ||
    whole.alternatives.some(({ class: name }) => name === part.class) ||
    neighbours[whole.class]?.includes(part.class);
  if (!isKin) return `${whole.class} became ${part.class}`;
  if (whole.confidence < contested || part.confidence <= whole.confidence + margin) return null;
  return `${whole.class} ${whole.confidence} became ${part.class} ${part.confidence}`;
}

const texts = readTexts();
const random = makeRandom(20_261_126);
const results = texts.map(({ name, text }) => {
  const whole = read(text);
  const parts = Array.from({ length: cutsPerText }, (_, i) => {
    const at = Math.floor(random() * text.length);
    return { at, side: i % 2 === 0 ? 'head' : 'tail', part: read(i % 2 === 0 ? text.slice(0, at) : text.slice(at)) };
  });
  return { name, whole, parts };
});
const all = results.flatMap(({ whole, parts }) => parts.map(({ part }) => ({ whole, part })));

describe('texts cut at random places', () => {
  it('are all there', () => {
    expect(texts.length).toBeGreaterThan(450);
  });

  it('are named as the whole text, as a class next to it, or not at all, and no surer', () => {
    const wrong = results.flatMap(({ name, whole, parts }) =>
      parts.flatMap(({ at, side, part }) => {
        const problem = objection(part, whole);
        return problem === null ? [] : [`${name}, ${side} at ${at}: ${problem}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('seldom change their class or gain confidence', () => {
    const changed = all.filter(({ whole, part }) => part.class !== unknownClass && part.class !== whole.class);
    const surer = all.filter(({ whole, part }) => part.confidence > whole.confidence + margin);
    expect(changed.length / all.length).toBeLessThan(0.035);
    expect(surer.length / all.length).toBeLessThan(0.01);
  });

  it('lose confidence on the whole', () => {
    const mean = (numbers: number[]) => numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
    const wholes = mean(all.map(({ whole }) => whole.confidence));
    expect(mean(all.map(({ part }) => part.confidence))).toBeLessThan(wholes - 0.2);
  });
});
