import { describe, expect, it } from 'vitest';
import { queryWords, searchWords, wordsOfIncident } from '../../../../src/domain/incidents/search-words.ts';
import { makeDiagnosis, makeIncident } from '../../../support/diagnosis.ts';
import { catalog } from '../diagnosis/run-evidence.ts';

describe('searchWords', () => {
  it.each([
    ['loss_dfl is high at step 40', ['loss', 'dfl', 'is', 'high', 'at', 'step', '40']],
    ['ResourceExhaustedError', ['resourceexhaustederror', 'resource', 'exhausted', 'error']],
    ['CUDA-OOM', ['cuda', 'oom']],
    ['显存不足', ['显', '存', '不', '足', '显存', '存不', '不足']],
    ['GPU显存 ＯＯＭ', ['gpu', '显', '存', '显存', 'oom']],
    ['', []],
  ])('cuts %j', (text, words) => {
    expect(searchWords([text])).toEqual(words);
  });

  it('keeps each word once and a bounded number of them', () => {
    expect(searchWords(['a a', 'A'])).toEqual(['a']);
    expect(searchWords([Array.from({ length: 9_000 }, (_, n) => `w${n}x`).join(' ')])).toHaveLength(4_000);
  });
});

describe('queryWords', () => {
  it('asks for Latin words by their beginning and for Chinese text by its pairs', () => {
    expect(queryWords('Masked 显存不')).toEqual([
      { text: 'masked', isPrefix: true },
      { text: '显存', isPrefix: false },
      { text: '存不', isPrefix: false },
    ]);
  });
  it('asks for a single Chinese character as it is, and for nothing where there is no word', () => {
    expect(queryWords('损')).toEqual([{ text: '损', isPrefix: false }]);
    expect(queryWords(' !!! ')).toEqual([]);
  });
});

describe('wordsOfIncident', () => {
  it('finds it by class, cause, id and its titles in both languages', () => {
    const words = wordsOfIncident(makeIncident({ id: 'inc_7Q', diagnosis: makeDiagnosis() }), catalog);
    for (const query of ['target bound', 'masked', '7q', '目标值'])
      for (const { text, isPrefix } of queryWords(query))
        expect(
          words.some((word) => (isPrefix ? word.startsWith(text) : word === text)),
          text,
        ).toBe(true);
  });
});
