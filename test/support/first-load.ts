// The JavaScript that the built dashboard loads before a page, in dist/web.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

export const webRoot = 'dist/web';

/** The scripts that the page names, and the texts of each language, of which one is loaded. Paths within `webRoot`. */
export function firstLoad(): { scripts: string[]; languages: string[] } {
  const page = readFileSync(join(webRoot, 'index.html'), 'utf8');
  return {
    scripts: [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(([, path]) => path!),
    languages: readdirSync(join(webRoot, 'assets'))
      .filter((name) => /^(en|zh)-.*\.js$/.test(name))
      .map((name) => `assets/${name}`),
  };
}

/** Gzipped, with the larger of the languages. */
export function firstLoadBytes(): number {
  const { scripts, languages } = firstLoad();
  const size = (path: string) => gzipSync(readFileSync(join(webRoot, path))).length;
  return scripts.map(size).reduce((sum, part) => sum + part, 0) + Math.max(...languages.map(size));
}
