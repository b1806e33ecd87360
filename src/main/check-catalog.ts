// A step of the build: checks the catalog and keeps it beside the code, so that no start has to. Exit status 1 on a problem.
import { keepCheckedCatalog } from './load-catalog.ts';
import { runWhenEntry } from './run-program.ts';

export async function main(): Promise<void> {
  try {
    await keepCheckedCatalog();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

runWhenEntry(import.meta.url, main);
