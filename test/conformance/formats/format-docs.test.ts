import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { formatDocs, renderFormats } from '../../../scripts/write-format-docs.ts';
import { readTestCatalog } from '../../support/catalog.ts';

const { formats } = await readTestCatalog();

it('docs/log-formats.md is what npm run docs:formats writes', () => {
  expect(readFileSync(formatDocs, 'utf8')).toBe(`${renderFormats(formats)}\n`);
});

it('the page changes with the catalog', () => {
  expect(renderFormats(formats.map((format) => ({ ...format, steps: 'counted anew' })))).toContain('counted anew');
});
