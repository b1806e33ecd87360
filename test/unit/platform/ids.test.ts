import { describe, expect, it } from 'vitest';
import { hashToken, newId, newToken } from '../../../src/platform/ids.ts';

describe('ids', () => {
  it('have the prefix and 26 characters of Crockford base32', () => {
    expect(newId('inc')).toMatch(/^inc_[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
  });

  it('carry the time in their first ten characters', () => {
    const before = Date.now();
    const id = newId('run');
    const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
    const time = [...id.slice(4, 14)].reduce((value, character) => value * 32 + alphabet.indexOf(character), 0);
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(Date.now() + 1);
  });

  it('increase strictly, also within a millisecond', () => {
    const ids = Array.from({ length: 5_000 }, () => newId('x'));
    expect(ids).toEqual([...ids].sort());
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('tokens', () => {
  it('are lw_ and 43 characters of base64url, never the same', () => {
    const tokens = Array.from({ length: 100 }, newToken);
    for (const token of tokens) expect(token).toMatch(/^lw_[A-Za-z0-9_-]{43}$/);
    expect(new Set(tokens).size).toBe(100);
  });

  it('are stored as their sha256', () => {
    expect(hashToken('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});
