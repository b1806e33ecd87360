import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detect, initialDetectorState } from '../../../../src/domain/detectors/detect.ts';
import type {
  Detector,
  DetectorCase,
  DetectorContext,
  DetectorPoint,
} from '../../../../src/domain/detectors/detector.ts';
import { detectors } from '../../../../src/domain/detectors/index.ts';
import type { Siblings } from '../../../../src/domain/detectors/siblings.ts';
import { syntheticRun } from '../../../support/synthetic-run.ts';

const folder = new URL('../../../../src/domain/detectors/', import.meta.url);
const casesOf: Record<string, DetectorCase[]> = {};
for (const entry of readdirSync(folder, { withFileTypes: true }).filter((each) => each.isDirectory())) {
  const [detector] = Object.values(await import(`${folder}${entry.name}/detector.ts`)) as Detector[];
  casesOf[detector?.id ?? entry.name] = (await import(`${folder}${entry.name}/cases.ts`)).cases;
}
const unknownContext: DetectorContext = { worldSize: null, bins: null, batchSize: null };

function findingsIn(points: DetectorPoint[], context: Partial<DetectorContext> = {}, siblings: Siblings = {}) {
  return detect(initialDetectorState(siblings), points, { ...unknownContext, ...context }).findings;
}

describe('the list of detectors', () => {
  it('has cases for every detector, and every detector has cases that fire and cases that do not', () => {
    expect(Object.keys(casesOf).sort()).toEqual(detectors.map(({ id }) => id).sort());
    for (const cases of Object.values(casesOf)) {
      expect(cases.some(({ expected }) => expected.length > 0)).toBe(true);
      expect(cases.some(({ expected }) => expected.length === 0)).toBe(true);
    }
  });
});

for (const detector of detectors) {
  describe(detector.id, () => {
    it.each(casesOf[detector.id] ?? [])('$title', ({ points, context, siblings, expected }) => {
      const findings = findingsIn(points, context, siblings).filter(({ id }) => id === detector.id);
      expect(findings.map(({ ref, step }) => ({ ref, step }))).toEqual(
        expected.map(({ ref, step }) => ({ ref, step })),
      );
      expected.forEach(({ data }, index) => {
        expect(findings[index]).toMatchObject({ kind: 'metric', version: detector.version, data: data ?? {} });
      });
    });
  });
}

const faultyRun = () => {
  const points = syntheticRun({ seed: 5, points: 120 });
  const broken = points.map((point, index) =>
    point.name === 'loss' && index > 400 ? { ...point, value: 3 * 1.12 ** (index / 11 - 36) } : point,
  );
  return broken.map((point) =>
    point.name === 'loss_iou' && point.step > 900 ? { ...point, value: Number.NaN } : point,
  );
};

describe('detect', () => {
  it('finds the same whatever the batches, with the state going through JSON between them', () => {
    const everyCase = Object.values(casesOf).flat();
    const onOwnRanks = everyCase.flatMap(({ points }, index) =>
      points.map((point) => ({ ...point, rank: point.rank + 10 * index + 10 })),
    );
    const points = [...onOwnRanks, ...faultyRun()];
    const siblings = everyCase.find((each) => each.siblings)?.siblings;
    const whole = detect(initialDetectorState(siblings), points, unknownContext);
    expect(new Set(whole.findings.map(({ id }) => id)).size).toBe(detectors.length);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: points.length }), { maxLength: 12 }), (cuts) => {
        const bounds = [0, ...cuts.sort((a, b) => a - b), points.length];
        let state = initialDetectorState(siblings);
        const findings = [];
        for (let i = 1; i < bounds.length; i += 1) {
          const result = detect(
            JSON.parse(JSON.stringify(state)),
            points.slice(bounds[i - 1], bounds[i]),
            unknownContext,
          );
          state = result.state;
          findings.push(...result.findings);
        }
        expect(findings).toEqual(whole.findings);
        expect(state).toEqual(whole.state);
      }),
      { numRuns: 40 },
    );
  });

  it('keeps state and findings JSON-safe for any values', () => {
    const point = fc.record({
      step: fc.nat({ max: 50 }),
      rank: fc.nat({ max: 2 }),
      name: fc.constantFrom('loss', 'loss_dfl', 'loss_iou', 'loss_cls', '__proto__', 'lr'),
      value: fc.double(),
      windowed: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(point, { maxLength: 60 }), (points) => {
        const result = detect(initialDetectorState(), points, unknownContext);
        const numbers = JSON.stringify(result, (_, value) =>
          typeof value === 'number' && !Number.isFinite(value) ? 'LOST' : value,
        );
        expect(numbers).not.toContain('LOST');
      }),
    );
  });

  it('does not change the state it is given', () => {
    const before = detect(initialDetectorState(), faultyRun().slice(0, 300), unknownContext).state;
    const copy = structuredClone(before);
    detect(before, faultyRun().slice(300), unknownContext);
    expect(before).toEqual(copy);
  });

  it('watches 256 series and leaves later ones alone, so that its state is bounded', () => {
    const points = Array.from({ length: 400 }, (_, i) => ({
      step: 0,
      rank: 0,
      name: `loss_${i}`,
      value: Number.NaN,
      windowed: false,
    }));
    const { state, findings } = detect(initialDetectorState(), points, unknownContext);
    expect(findings).toHaveLength(256);
    expect(Object.keys(state.series)).toHaveLength(256);
  });
});
