import { describe, expect, it } from 'vitest';
import type { OwnershipRule } from '../../../../src/contracts/projects.ts';
import { assignOwner } from '../../../../src/domain/incidents/assign-owner.ts';
import { makeDiagnosis } from '../../../support/diagnosis.ts';

const frame = (file: string, inApp = true) => ({ file, line: 3, function: 'f', inApp, source: null });
const exception = {
  type: 'ValueError',
  message: 'x',
  frames: [
    frame('C:\\work\\repo\\datasets\\coco.py'),
    frame('/usr/lib/python3/site-packages/torch/nn/functional.py', false),
  ],
  lines: [0, 1] as [number, number],
  rank: null,
  link: null,
};
const diagnosis = makeDiagnosis({ class: 'annotation-invalid', exception: exception as never });
const tags = { team: 'vision', priority: 2 };

const rows: { name: string; rules: OwnershipRule[]; owner: string | null }[] = [
  { name: 'no rule', rules: [], owner: null },
  { name: 'a rule without conditions', rules: [{ assignee: 'all' }], owner: 'all' },
  { name: 'the class', rules: [{ class: 'annotation-invalid', assignee: 'labels' }], owner: 'labels' },
  { name: 'another class', rules: [{ class: 'disk-full', assignee: 'ops' }], owner: null },
  { name: 'a glob over classes', rules: [{ class: 'annotation-*', assignee: 'labels' }], owner: 'labels' },
  {
    name: 'a path of an in-app frame, on Windows too',
    rules: [{ path: 'datasets/**', assignee: 'data' }],
    owner: 'data',
  },
  { name: 'a path of a framework', rules: [{ path: 'torch/**', assignee: 'torch' }], owner: null },
  {
    name: 'a path from the root that does not fit',
    rules: [{ path: '/datasets/*.py', assignee: 'data' }],
    owner: null,
  },
  { name: 'a tag', rules: [{ tag: 'team=vision', assignee: 'vision' }], owner: 'vision' },
  { name: 'a tag that is a number', rules: [{ tag: 'priority=2', assignee: 'oncall' }], owner: 'oncall' },
  { name: 'another value of the tag', rules: [{ tag: 'team=audio', assignee: 'audio' }], owner: null },
  {
    name: 'all parts of a rule must hold',
    rules: [{ class: 'annotation-invalid', tag: 'team=audio', assignee: 'audio labels' }],
    owner: null,
  },
  {
    name: 'the last of the rules that hold wins',
    rules: [{ assignee: 'all' }, { tag: 'team=vision', assignee: 'vision' }, { class: 'disk-full', assignee: 'ops' }],
    owner: 'vision',
  },
];

describe('assignOwner', () => {
  it.each(rows)('$name: $owner', ({ rules, owner }) => {
    expect(assignOwner(rules, diagnosis, tags)).toBe(owner);
  });

  it('knows nothing of tags and frames that a run does not give', () => {
    const bare = makeDiagnosis();
    expect(
      assignOwner(
        [
          { tag: 'a=b', assignee: 'x' },
          { path: '**', assignee: 'y' },
        ],
        bare,
        null,
      ),
    ).toBeNull();
  });
});
