// A new log format is a file in catalog/formats. It is tested here against its own samples and everybody else's.
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkFormats } from '../../../src/domain/parsing/formats/check-formats.ts';
import { orderFormats } from '../../../src/domain/parsing/formats/order-formats.ts';
import { describePoints, readSample } from '../../../src/domain/parsing/formats/read-sample.ts';
import { readTestCatalog } from '../../support/catalog.ts';

const { formats } = await readTestCatalog();
const ordered = orderFormats(formats);

describe('catalog/formats', () => {
  it('passes the check of the start', () => {
    expect(checkFormats(formats)).toEqual([]);
  });

  it.each(formats)('$id has its own file, a sample with points, and one with a value that is not finite', (format) => {
    expect(readdirSync('catalog/formats')).toContain(`${format.id}.yaml`);
    const values = format.samples.flatMap(({ points }) =>
      (points ?? []).flatMap((point) => Object.values(point.values)),
    );
    expect(values.length).toBeGreaterThan(0);
    // Detectron2 stops before it prints one; DeepSpeed's and PaddleSeg's kin print what they have.
    if (format.id !== 'detectron2') expect(values.some((value) => !Number.isFinite(Number(value)))).toBe(true);
  });

  it.each(ordered.compiled.map((format, place) => ({ format, place })))(
    '$format.id reads nothing wrong of the formats that come after it',
    ({ format, place }) => {
      for (const other of ordered.files.slice(place + 1)) {
        for (const { text, points } of other.samples) {
          const expected = (points ?? []).map((point) => describePoints([point]));
          const wrong = readSample([format], text).map((point) => describePoints([point]));
          expect(wrong.filter((point) => !expected.includes(point))).toEqual([]);
        }
      }
    },
  );

  it('asks the plain format last', () => {
    expect(ordered.files.at(-1)?.id).toBe('plain');
  });
});
