// How the shader goes over the words of a tile and the bins of a distribution, and where their logits lie meanwhile.
import { type KernelShape, strideOf, wordsPerThread, workgroupThreads } from './shape.ts';

export interface ShaderLoops {
  /** Invocations share distributions, or may do so: they have to tell each other what they found. */
  lanesShare: boolean;
  /** Runs statements for each word of the tile that this invocation brings in; `at` is the word's place among the tile's logits. */
  overWords(statements: (word: string, at: string) => string): string;
  /** Runs statements for each bin of this invocation's part of its distribution. */
  overBins(statements: (bin: string) => string): string;
  /** Where in the tile's memory the word `at` of the tile's logits lies. */
  tilePlace(at: string): string;
  /** The bits of a logit of this invocation. */
  ownLogit(bin: string): string;
  declareLogits: string;
  /** From the tile to where `ownLogit` looks. */
  readLogits: string;
}

/**
 * In a kernel for one shape the loop over words is written out, and with one lane the loop over bins, too, so that an invocation's logits sit
 * in variables of their own, which the driver keeps in registers. The kernel for all shapes, and lanes that share, look into the tile.
 */
export function loopsOf(shape: KernelShape | null): ShaderLoops {
  const writtenOut = (count: number, statements: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => statements(i)).join('\n    ');
  const inRegisters = shape?.lanes === 1;
  const overBins = (statements: (bin: string) => string) =>
    inRegisters
      ? writtenOut(shape.bins, (bin) => statements(`${bin}`))
      : `for (var bin = lane; bin < bins; bin += lanes) { ${statements('bin')} }`;
  return {
    lanesShare: !inRegisters,
    overBins,
    overWords: (statements) =>
      shape
        ? writtenOut(wordsPerThread(shape), (word) => statements(`${word}`, `(local + ${word * workgroupThreads}u)`))
        : `for (var word = 0u; word < wordsPerThread; word++) { ${statements('word', '(local + word * threads)')} }`,
    tilePlace: (at) => (shape && strideOf(shape.bins) === shape.bins ? at : `(${at} / bins) * stride + ${at} % bins`),
    ownLogit: (bin) => (inRegisters ? `logit${bin}` : `tile[tileAt + ${bin}]`),
    declareLogits: inRegisters ? overBins((bin) => `var logit${bin}: u32;`) : '',
    readLogits: inRegisters ? overBins((bin) => `logit${bin} = tile[tileAt + ${bin}];`) : '',
  };
}
