// Evidence of runs, made by hand, with the real catalog to judge it.
import type { Finding } from '../../../../src/contracts/findings.ts';
import type { CaptureFacts, RunContext } from '../../../../src/domain/diagnosis/types.ts';
import { emptyText } from '../../../../src/domain/parsing/crash-reports.ts';
import type { ParsedException, ParsedText } from '../../../../src/domain/parsing/types.ts';
import { readTestCatalog } from '../../../support/catalog.ts';

export const catalog = await readTestCatalog();

export function context(parts: Partial<RunContext> = {}): RunContext {
  return {
    framework: null,
    device: null,
    environment: null,
    config: null,
    worldSize: null,
    regRange: null,
    numClasses: null,
    ...parts,
  };
}

/** PaddlePaddle on a GPU. */
export function paddle(version: string, os = 'Windows 10', parts: Partial<RunContext> = {}): RunContext {
  return context({ device: 'gpu', environment: { os, packages: { 'paddlepaddle-gpu': version } }, ...parts });
}

export function captureFacts(parts: Partial<CaptureFacts> = {}): CaptureFacts {
  return {
    analysed: 2,
    selectionChecked: 2,
    selectionMismatched: 0,
    mismatchedRows: 0,
    outOfRange: 0,
    belowRange: 0,
    aboveRange: 0,
    nonFiniteTargets: 0,
    nonFiniteLogits: 0,
    targetMin: 0,
    targetMax: 15.9,
    regRange: [0, 17],
    firstStep: 0,
    lastStep: 1,
    ...parts,
  };
}

export const corrupted = captureFacts({
  selectionMismatched: 2,
  mismatchedRows: 9,
  outOfRange: 2,
  belowRange: 3,
  aboveRange: 7,
  targetMin: -37,
  targetMax: 460,
});

export function finding(id: string, data: Finding['data'] = {}): Finding {
  const kind = id.startsWith('metric.') ? 'metric' : 'capture';
  return { id, version: 1, severity: 'warning', kind, ref: 'ref', step: 0, rank: 0, data };
}

export const corruptedFindings = [
  finding('dfl.selection-mismatch'),
  finding('dfl.target-below-range'),
  finding('dfl.target-above-range'),
  finding('metric.absurd-first-loss', { name: 'loss_dfl', value: 4800 }),
  finding('metric.impossible-value', { name: 'loss_iou', value: 3e10 }),
];

export function exception(type: string, message: string, parts: Partial<ParsedException> = {}): ParsedException {
  return { type, message, frames: [], lines: [0, 0], rank: null, link: null, ...parts };
}

export function parsed(...exceptions: ParsedException[]): ParsedText {
  const lines = exceptions.map(({ type, message }) => `${type}: ${message}`);
  const chain = exceptions.map((item, index) => ({ ...item, lines: [index, index] as [number, number] }));
  const traces = chain.map((item) => ({ chain: [item], rank: item.rank, lines: item.lines, echo: null }));
  return { ...emptyText(), lines, traces };
}

const head = 'D:\\det\\ppdet\\modeling\\heads\\ppyoloe_head.py';

/** The trace of the story: cross entropy called by _df_loss on Windows. */
export function boundTrace(
  n: number | string,
  side: 'lower' | 'upper' = String(n).startsWith('-') ? 'lower' : 'upper',
  line = 294,
): ParsedText {
  const frames = [
    { file: head, line, function: '_df_loss', source: null, inApp: true },
    {
      file: 'D:\\env\\lib\\site-packages\\paddle\\nn\\functional\\loss.py',
      line: 1719,
      function: 'cross_entropy',
      source: null,
      inApp: false,
    },
  ];
  return parsed(exception('ValueError', `Target ${n} is out of ${side} bound.`, { frames }));
}
