import { describe, expect, it } from 'vitest';
import { isWithin } from '../../../../src/domain/detectors/about.ts';
import { seriesOf } from '../../../../src/domain/detectors/case-points.ts';
import { checkProjectDetectors } from '../../../../src/domain/detectors/check-project-detectors.ts';
import { detect, initialDetectorState } from '../../../../src/domain/detectors/detect.ts';
import { detectors } from '../../../../src/domain/detectors/index.ts';
import {
  detectorContext,
  enabledDetectors,
  mergeOptions,
  readOptions,
} from '../../../../src/domain/detectors/options.ts';

const context = { worldSize: null, bins: null, batchSize: null };
const spiky = seriesOf('loss', [...Array.from({ length: 60 }, (_, i) => 2 + 0.1 * (i % 3)), 9, 2, 2]);
const idsWith = (options: unknown) =>
  detect(initialDetectorState(), spiky, context, readOptions({ losswatch: { detectors: options } })).findings.map(
    ({ id, data }) => [id, data.factor],
  );

describe('detector options', () => {
  it('replace single thresholds, which then stand in the finding', () => {
    expect(idsWith({})).toEqual([['metric.spike', 2.5]]);
    expect(idsWith({ 'metric.spike': { thresholds: { factor: 3 } } })).toEqual([['metric.spike', 3]]);
    expect(idsWith({ 'metric.spike': { thresholds: { factor: 20 } } })).toEqual([]);
  });

  it('turn a detector off and leave the others alone', () => {
    expect(idsWith({ 'metric.spike': { enabled: false } })).toEqual([]);
    expect(enabledDetectors({ 'metric.spike': { enabled: false } })).toHaveLength(enabledDetectors({}).length - 1);
  });

  it.each([null, 3, 'off', [1], { 'metric.spike': 7 }, { 'metric.spike': { thresholds: { factor: 'NaN', no: 1 } } }])(
    'that are wrong (%j) are left out',
    (options) => {
      expect(idsWith(options)).toEqual([['metric.spike', 2.5]]);
    },
  );
});

describe('options of a project', () => {
  it('hold for its runs, except for each switch and threshold that a run names itself', () => {
    const project = { a: { enabled: false, thresholds: { x: 1, y: 2 } }, b: { thresholds: { z: 3 } } };
    const run = { a: { thresholds: { y: 20 } }, b: { enabled: false }, c: { enabled: true } };
    expect(mergeOptions(project, run)).toEqual({
      a: { enabled: false, thresholds: { x: 1, y: 20 } },
      b: { enabled: false, thresholds: { z: 3 } },
      c: { enabled: true, thresholds: {} },
    });
    expect(mergeOptions(project, {})).toEqual(project);
  });
});

describe('thresholds', () => {
  it.each(detectors.map((detector) => [detector.id, detector] as const))(
    'of %s are explained in both languages, and their defaults are within their bounds',
    (_, { about, thresholds }) => {
      expect(Object.keys(about.thresholds).sort()).toEqual(Object.keys(thresholds).sort());
      for (const [name, meaning] of Object.entries(about.thresholds)) {
        expect(isWithin(meaning, thresholds[name] as number), name).toBe(true);
        expect(meaning.text.en).not.toMatch(/\p{Script=Han}/u);
        expect(meaning.text.zh).toMatch(/\p{Script=Han}/u);
      }
    },
  );

  it('out of bounds are refused of a project with what they may be, and without effect in a run', () => {
    const options = { 'metric.spike': { thresholds: { window: 1e9, factor: 0.5 } } };
    expect(checkProjectDetectors(options)).toEqual([
      { path: '/detectors/metric.spike/thresholds/window', message: 'must be a whole number from 1 to 1000' },
      { path: '/detectors/metric.spike/thresholds/factor', message: 'must be a number from 1 to 1000000000' },
    ]);
    expect(idsWith(options)).toEqual([['metric.spike', 2.5]]);
  });
});

describe('detectorContext', () => {
  it('reads the images of a card from the config, however deep', () => {
    const config = { data: { samples_per_gpu: 4 }, batch_size: 64 };
    expect(detectorContext({ worldSize: 8, config }, [0, 17])).toEqual({ worldSize: 8, bins: 17, batchSize: 4 });
    expect(detectorContext({ worldSize: null, config: null }, null)).toEqual(context);
  });
});
