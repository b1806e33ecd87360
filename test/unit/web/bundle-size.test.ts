// The first load of the dashboard stays small. Reads what the build made (npm test builds first).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { firstLoad, firstLoadBytes, webRoot } from '../../support/first-load.ts';

const limitBytes = 250 * 1024;

describe('the built dashboard', () => {
  it('loads at most 250 KB of gzipped JavaScript before a page, its language included', () => {
    const { scripts, languages } = firstLoad();
    expect(scripts.length).toBeGreaterThan(0);
    expect(languages).toHaveLength(2);
    expect(firstLoadBytes()).toBeLessThanOrEqual(limitBytes);
  });

  it('names nothing on another host, and holds no script or style of its own that the policy would have to allow', () => {
    const page = readFileSync(join(webRoot, 'index.html'), 'utf8');
    expect(page).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(page).not.toMatch(/<style|<script(?![^>]* src=)/);
  });
});
