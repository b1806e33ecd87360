// The first load of the dashboard stays small. Reads what the build made (npm test builds first).
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

const root = 'dist/web';
const limitBytes = 250 * 1024;

describe('the built dashboard', () => {
  const page = readFileSync(join(root, 'index.html'), 'utf8');
  const first = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(([, path]) => path!);
  const languages = readdirSync(join(root, 'assets'))
    .filter((name) => /^(en|zh)-.*\.js$/.test(name))
    .map((name) => `assets/${name}`);
  const size = (path: string) => gzipSync(readFileSync(join(root, path))).length;

  it('loads at most 250 KB of gzipped JavaScript before a page, its language included', () => {
    expect(first.length).toBeGreaterThan(0);
    expect(languages).toHaveLength(2);
    const bytes = first.map(size).reduce((sum, part) => sum + part, 0) + Math.max(...languages.map(size));
    expect(bytes).toBeLessThanOrEqual(limitBytes);
  });

  it('names nothing on another host, and holds no script or style of its own that the policy would have to allow', () => {
    expect(page).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(page).not.toMatch(/<style|<script(?![^>]* src=)/);
  });
});
