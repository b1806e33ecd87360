import { describe, expect, it } from 'vitest';
import { judgeRecovery, type RecoveringRun } from '../../../../src/domain/incidents/judge-recovery.ts';

const policy = { after_steps: 200, on_finish: true } as const;

function run(overrides: Partial<RecoveringRun> = {}): RecoveringRun {
  return {
    runId: 'r1',
    home: 'inc_1',
    status: 'running',
    lastStep: 1000,
    failedAt: 500,
    clearStep: 700,
    isOngoing: false,
    isSettled: true,
    wasSilent: false,
    ...overrides,
  };
}

const rows: {
  name: string;
  policy?: Parameters<typeof judgeRecovery>[0] | null;
  runs: RecoveringRun[];
  reason: string | null;
  steps?: number | null;
  clear?: (number | null)[];
}[] = [
  { name: 'enough steps without it', runs: [run()], reason: 'recovered', steps: 300 },
  { name: 'exactly enough steps', runs: [run({ lastStep: 900 })], reason: 'recovered', steps: 200 },
  { name: 'one step too few', runs: [run({ lastStep: 899 })], reason: null },
  { name: 'the class does not recover', policy: null, runs: [run()], reason: null },
  {
    name: 'the condition still holds, and the counting ends',
    runs: [run({ isOngoing: true })],
    reason: null,
    clear: [null],
  },
  {
    name: 'seen to be over for the first time: counted from here',
    runs: [run({ clearStep: null })],
    reason: null,
    clear: [1000],
  },
  {
    name: 'it happened again since it was seen to be over',
    runs: [run({ failedAt: 800 })],
    reason: null,
    clear: [1000],
  },
  { name: 'evidence still waits for its diagnosis', runs: [run({ isSettled: false })], reason: null },
  {
    name: 'the run finished cleanly',
    runs: [run({ status: 'finished', clearStep: 990 })],
    reason: 'finished',
    steps: null,
  },
  { name: 'the run failed', runs: [run({ status: 'failed' })], reason: null },
  { name: 'the run stalled', runs: [run({ status: 'stalled' })], reason: null },
  {
    name: 'finished while the condition held',
    runs: [run({ status: 'finished', isOngoing: true })],
    reason: null,
    clear: [null],
  },
  { name: 'one of two runs has not recovered', runs: [run(), run({ runId: 'r2', clearStep: 950 })], reason: null },
  {
    name: 'two runs, each in its own way',
    runs: [run(), run({ runId: 'r2', status: 'finished' })],
    reason: 'recovered',
    steps: 300,
  },
  { name: 'no run is left', runs: [], reason: null },
  {
    name: 'a silent run is heard of again',
    policy: { on_sign_of_life: true },
    runs: [run({ wasSilent: true, clearStep: 1000 })],
    reason: 'heard-again',
    steps: null,
  },
  {
    name: 'a silent run that ended is silent no more',
    policy: { on_sign_of_life: true },
    runs: [run({ wasSilent: true, clearStep: 1000, status: 'failed' })],
    reason: 'heard-again',
    steps: null,
  },
  {
    name: 'a run is still silent',
    policy: { on_sign_of_life: true },
    runs: [run({ wasSilent: true, clearStep: 1000, status: 'stalled' })],
    reason: null,
  },
  { name: 'a hang that only a trace told of', policy: { on_sign_of_life: true }, runs: [run()], reason: null },
];

describe('judgeRecovery', () => {
  it.each(rows)('$name', ({ policy: own = policy, runs, reason, steps, clear = [] }) => {
    const verdict = judgeRecovery(own ?? undefined, runs);
    expect(verdict.recovery?.reason ?? null).toBe(reason);
    if (steps !== undefined) expect(verdict.recovery?.steps).toBe(steps);
    expect(verdict.clearSteps.map(({ clearStep }) => clearStep)).toEqual(clear);
  });
});
