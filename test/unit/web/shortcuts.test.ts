// Which command typed keys mean.
import { describe, expect, it } from 'vitest';
import { type Command, nothingTyped, typeKey } from '../../../web/src/shell/key-sequences.ts';
import { navigation } from '../../../web/src/shell/navigation.ts';

/** Types the keys one after the other, `gapMs` apart. */
function type(keys: string[], gapMs = 100): Command[] {
  let typed = nothingTyped;
  return keys.flatMap((key, index) => {
    const answer = typeKey(typed, key, 10_000 + index * gapMs);
    typed = answer.typed;
    return answer.command ?? [];
  });
}

describe('typeKey', () => {
  it.each([
    [['g', 'i'], [{ kind: 'go', key: 'i' }]],
    [['i'], []],
    [['/'], [{ kind: 'search' }]],
    [['?'], [{ kind: 'help' }]],
    [['g', 'i', 'i'], [{ kind: 'go', key: 'i' }]],
    [['g', '/'], [{ kind: 'go', key: '/' }]],
  ] as [string[], Command[]][])('reads %j', (keys, commands) => {
    expect(type(keys)).toEqual(commands);
  });

  it('forgets a "g" that nothing followed', () => {
    expect(type(['g', 'i'], 2_000)).toEqual([]);
  });
});

describe('navigation', () => {
  it('gives every page a key of its own', () => {
    expect(new Set(navigation.map(({ key }) => key)).size).toBe(navigation.length);
  });
});
