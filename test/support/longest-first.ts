// The order of the test files: those that take longest first, so that none of them is left for the end while other workers have nothing
// to do. Vitest knows the times of the last run, but a fresh checkout has none.
import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Slowest first: files of which each takes long, then groups of many. */
const order: readonly RegExp[] = [
  /^test\/e2e\/deliveries/,
  /^test\/e2e\//,
  /^test\/integration\/(main|platform\/embedded-postgres)/,
  /^test\/conformance\/(kernels|catalog)\//,
  /^test\/integration\//,
  /^test\/conformance\//,
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = (file: TestSpecification) => {
      const path = relative(this.ctx.config.root, file.moduleId);
      const rank = order.findIndex((pattern) => pattern.test(path));
      return rank === -1 ? order.length : rank;
    };
    return files.sort((a, b) => rankOf(a) - rankOf(b) || (a.moduleId < b.moduleId ? -1 : 1));
  }
}
