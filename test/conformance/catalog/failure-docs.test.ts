import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { failureDocs, renderFailures } from '../../../scripts/write-failure-docs.ts';
import { readTestCatalog } from '../../support/catalog.ts';

const catalog = await readTestCatalog();

it('docs/failures.md is what npm run docs:failures writes', () => {
  expect(readFileSync(failureDocs, 'utf8')).toBe(`${renderFailures(catalog)}\n`);
});

it('the page changes with the catalog', () => {
  const [first] = catalog.environments;
  if (!first) throw new Error('the table of environments is empty');
  const other = { ...catalog, environments: [{ ...first, id: 'another-one' }] };
  expect(renderFailures(other)).toContain('`another-one`');
});
