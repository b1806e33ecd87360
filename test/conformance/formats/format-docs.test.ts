import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { formatDocs, renderFormats } from '../../../scripts/write-format-docs.ts';
import { readCatalog } from '../../../src/platform/catalog/read-catalog.ts';

const { formats } = await readCatalog(fileURLToPath(new URL('../../../catalog', import.meta.url)));

it('docs/log-formats.md is what npm run docs:formats writes', () => {
  expect(readFileSync(formatDocs, 'utf8')).toBe(`${renderFormats(formats)}\n`);
});

it('the page changes with the catalog', () => {
  expect(renderFormats(formats.map((format) => ({ ...format, steps: 'counted anew' })))).toContain('counted anew');
});
