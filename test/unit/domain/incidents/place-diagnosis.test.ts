import { describe, expect, it } from 'vitest';
import {
  type ExistingPart,
  type PlacementDecision,
  type PlacementInput,
  placeDiagnosis,
} from '../../../../src/domain/incidents/place-diagnosis.ts';

function part(overrides: Partial<ExistingPart> = {}): ExistingPart {
  const incidentId = overrides.incidentId ?? 'A';
  return { home: incidentId, incidentId, fingerprint: 'old', class: 'selection-corrupted', parts: 1, ...overrides };
}
const base: PlacementInput<ExistingPart> = {
  diagnosis: { class: 'target-out-of-bound', fingerprint: 'new' },
  orphans: [],
  own: null,
  known: null,
  absorbs: ['selection-corrupted', 'loss-nan'],
};

const rows: {
  name: string;
  input: Partial<PlacementInput<ExistingPart>>;
  decision: Omit<PlacementDecision<ExistingPart>, 'superseded'>;
}[] = [
  {
    name: 'a failure nobody has seen opens',
    input: {},
    decision: { placement: { kind: 'open', reason: 'new-failure' }, merge: [], leave: [] },
  },
  {
    name: 'the same fingerprint updates the incident the run is in',
    input: { own: part({ fingerprint: 'new', class: 'target-out-of-bound' }), known: { home: 'Z', incidentId: 'Z' } },
    decision: {
      placement: { kind: 'update', home: 'A', incidentId: 'A', reason: 'same-fingerprint' },
      merge: [],
      leave: [],
    },
  },
  {
    name: 'a fingerprint known to the project joins its incident',
    input: { known: { home: 'K', incidentId: 'K' } },
    decision: {
      placement: { kind: 'update', home: 'K', incidentId: 'K', reason: 'known-fingerprint' },
      merge: [],
      leave: [],
    },
  },
  {
    name: 'the trace refines the incident that the tensors had opened',
    input: { orphans: [part()] },
    decision: { placement: { kind: 'update', home: 'A', incidentId: 'A', reason: 'refined' }, merge: [], leave: [] },
  },
  {
    name: 'two symptoms opened alone end in one incident',
    input: { orphans: [part(), part({ incidentId: 'B', class: 'loss-nan' })] },
    decision: { placement: { kind: 'update', home: 'A', incidentId: 'A', reason: 'refined' }, merge: ['B'], leave: [] },
  },
  {
    name: 'what the run opened alone ends in the incident that another run had opened',
    input: { known: { home: 'K', incidentId: 'K' }, orphans: [part()] },
    decision: {
      placement: { kind: 'update', home: 'K', incidentId: 'K', reason: 'known-fingerprint' },
      merge: ['A'],
      leave: [],
    },
  },
  {
    name: 'a run that joined by an early guess and is told apart leaves and opens its own',
    input: { orphans: [part({ class: 'target-out-of-bound', parts: 2 })] },
    decision: { placement: { kind: 'open', reason: 'refined-away-from-group' }, merge: [], leave: ['A'] },
  },
  {
    name: 'a run that joined by an early guess and is confirmed stays',
    input: { known: { home: 'A', incidentId: 'A' }, orphans: [part({ parts: 2 })] },
    decision: {
      placement: { kind: 'update', home: 'A', incidentId: 'A', reason: 'known-fingerprint' },
      merge: [],
      leave: [],
    },
  },
  {
    name: 'an unrelated failure of the same run stays on its own',
    input: { orphans: [part({ class: 'cuda-out-of-memory' })] },
    decision: { placement: { kind: 'open', reason: 'new-failure' }, merge: [], leave: [] },
  },
  {
    name: 'an incident of unknown class is refined by whatever becomes known',
    input: { orphans: [part({ class: 'unknown' })] },
    decision: { placement: { kind: 'update', home: 'A', incidentId: 'A', reason: 'refined' }, merge: [], leave: [] },
  },
  {
    name: 'a part of a merged incident is refined where it lies, in the incident that stands for it',
    input: { orphans: [part({ home: 'M', incidentId: 'A' })] },
    decision: {
      placement: { kind: 'update', home: 'M', incidentId: 'A', reason: 'refined' },
      merge: [],
      leave: [],
    },
  },
  {
    name: 'an incident that consists of two parts of the run, both superseded, ends',
    input: {
      known: { home: 'K', incidentId: 'K' },
      orphans: [part({ home: 'M', parts: 2 }), part({ parts: 2, class: 'loss-nan' })],
    },
    decision: {
      placement: { kind: 'update', home: 'K', incidentId: 'K', reason: 'known-fingerprint' },
      merge: ['A'],
      leave: [],
    },
  },
];

describe('placeDiagnosis', () => {
  it.each(rows)('$name', ({ input, decision }) => {
    expect(placeDiagnosis({ ...base, ...input })).toMatchObject(decision);
  });

  it('names the parts that the diagnosis takes the place of, and leaves others', () => {
    const other = part({ incidentId: 'B', class: 'cuda-out-of-memory' });
    const own = part();
    expect(placeDiagnosis({ ...base, orphans: [own, other] }).superseded).toEqual([own]);
  });
});
