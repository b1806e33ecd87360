// The documents must stay true where a program can tell: tests and paths they name exist, decisions have numbers of their own.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const read = (path: string) => readFileSync(path, 'utf8');
const [, ...sections] = read('docs/how-it-fails.md').split(/^## /m);
const ways = sections.map((section) => {
  const claims = [...section.matchAll(/^Shown by: (test\/\S+\.test\.ts), "(.+)"$/gm)];
  const title = section.split('\n', 1)[0] ?? '';
  return { title, section, claims: claims.map(([, file = '', name = '']) => ({ title, file, name })) };
});

/** True when the file has a test of that name: a call of it, test or their variants, whose first argument is the name. */
function hasTest(file: string, name: string): boolean {
  const spelled = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll("'", "\\\\?'");
  return new RegExp(`(?<!describe)\\(\\s*(['"\`])${spelled}\\1,\\s*(async )?\\(`).test(read(file));
}

describe('docs/how-it-fails.md', () => {
  it('has at least thirty ways to die, each with a test, or the word that there is none yet', () => {
    expect(ways.length).toBeGreaterThanOrEqual(30);
    const silent = ways.filter(
      ({ section, claims }) => claims.length === 0 && !section.includes('not shown by a test'),
    );
    expect(silent.map(({ title }) => title)).toEqual([]);
  });

  it('writes every claim so that this test can read it', () => {
    for (const { section, claims } of ways) expect(section.match(/shown by:/gi) ?? []).toHaveLength(claims.length);
  });

  it.each(ways.flatMap(({ claims }) => claims))('names a test that exists: $file, "$name"', ({ file, name }) => {
    expect(existsSync(file), file).toBe(true);
    expect(hasTest(file, name), name).toBe(true);
  });

  it('would notice a test that does not exist', () => {
    expect(hasTest('test/unit/docs/docs.test.ts', 'would notice a test that does not exist')).toBe(true);
    expect(hasTest('test/unit/docs/docs.test.ts', 'would notice a test that is gone')).toBe(false);
    expect(hasTest('test/unit/docs/docs.test.ts', 'docs/how-it-fails.md')).toBe(false);
  });
});

describe('docs/architecture.md', () => {
  const rows = read('docs/architecture.md')
    .split('\n')
    .filter((line) => /^\| `/.test(line));
  const paths = rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, path = '']) => path),
  );

  it.each(paths)('names a folder that exists: %s', (path) => {
    expect(existsSync(path)).toBe(true);
  });

  it('has a line for every folder of src/', () => {
    const folders = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(paths).toEqual(expect.arrayContaining(folders.map(({ name }) => `src/${name}/`)));
  });
});

describe('docs/decisions', () => {
  it('are numbered from 1 without gaps or doubles, and each repeats its number in its heading', () => {
    const files = readdirSync('docs/decisions').sort();
    expect(files.map((file) => Number(/^(\d{4})-[a-z0-9-]+\.md$/.exec(file)?.[1]))).toEqual(
      files.map((_, index) => index + 1),
    );
    for (const [index, file] of files.entries())
      expect(read(`docs/decisions/${file}`), file).toMatch(new RegExp(`^# ${index + 1}\\. `));
  });
});

describe('links between documents', () => {
  const documents = ['README.md', 'README.zh-CN.md', 'CONTRIBUTING.md', 'docs/architecture.md', 'docs/operations.md'];
  it.each(documents)('of %s lead to files that exist', (document) => {
    const folder = document.startsWith('docs/') ? 'docs/' : '';
    const links = [...read(document).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target);
    const broken = links.filter((target) => !/^https?:/.test(target) && !existsSync(`${folder}${target}`));
    expect(links.length + (document === 'docs/architecture.md' ? 1 : 0)).toBeGreaterThan(0);
    expect(broken).toEqual([]);
  });
});
