// Seeded synthetic training runs: what a trainer logs, healthy or with one fault. The shapes are those of real logs (PP-YOLOE's loss
// arrangement; log-normal noise with a heavy tail; schedules in steps, cosine, restarts; a late switch of augmentation).
import type { DetectorPoint } from '../../src/domain/detectors/detector.ts';
import { randomFrom } from './story.ts';

export const schedules = ['constant', 'steps', 'cosine', 'restarts', 'one-cycle', 'linear'] as const;
export type Schedule = (typeof schedules)[number];

export interface Fault {
  kind:
    | 'spike'
    | 'divergence'
    | 'explosion'
    | 'stop'
    | 'never-learned'
    | 'zero-part'
    | 'nan'
    | 'wrong-total'
    | 'gradient-explosion'
    | 'gradient-vanishing'
    | 'scale-countdown'
    | 'rate-zero'
    | 'slow-input'
    | 'slow-compute'
    | 'memory-leak'
    | 'overfit';
  /** Index of the first faulty point. */
  at: number;
  /** Times the usual value of a spike. */
  size?: number;
}

export interface SyntheticRun {
  seed: number;
  /** Logged lines. */
  points: number;
  schedule?: Schedule;
  /** Standard deviation of the losses' logarithm from line to line. */
  noise?: number;
  /** Share of the values of each part that are two to three times too high. */
  outliers?: number;
  /** Lines of linear warm-up. */
  warmUp?: number;
  /** Line from which on augmentation is off and loss_l1 counts, as in YOLOX. */
  switchAt?: number | null;
  /** Factor on the losses from that line on. */
  switchFactor?: number;
  /** How fast the losses fall: lines to 1/e of the way. */
  timeConstant?: number;
  /** Exponential decay, or a power law as of language models. */
  decay?: 'exponential' | 'power';
  /** Total only, parts only, or both. */
  logged?: 'both' | 'total' | 'parts';
  /** Steps from line to line. */
  interval?: number;
  fault?: Fault | null;
}

/** A random healthy run: every shape above. */
export function healthyRun(seed: number): SyntheticRun {
  const random = randomFrom(seed * 7919 + 13);
  const points = 400 + Math.floor(random() * 1600);
  return {
    seed,
    points,
    schedule: schedules[Math.floor(random() * schedules.length)] as Schedule,
    noise: [0.01, 0.05, 0.1, 0.2, 0.3, 0.45][Math.floor(random() * 6)] as number,
    outliers: [0, 0, 0.003, 0.01][Math.floor(random() * 4)] as number,
    warmUp: Math.floor(random() * 120),
    switchAt: random() < 0.5 ? Math.floor(points * (0.8 + 0.12 * random())) : null,
    switchFactor: [0.6, 0.8, 0.95, 1.1][Math.floor(random() * 4)] as number,
    timeConstant: points / (2 + 18 * random()),
    decay: random() < 0.7 ? 'exponential' : 'power',
    logged: (['both', 'both', 'total', 'parts'] as const)[Math.floor(random() * 4)] as 'both',
    interval: [1, 10, 50][Math.floor(random() * 3)] as number,
  };
}

export function syntheticRun(given: SyntheticRun): DetectorPoint[] {
  const run: Required<SyntheticRun> = {
    schedule: 'cosine',
    noise: 0.2,
    outliers: 0.005,
    warmUp: 30,
    switchAt: null,
    switchFactor: 0.8,
    timeConstant: given.points / 6,
    decay: 'exponential',
    logged: 'both',
    interval: 10,
    fault: null,
    ...given,
  };
  const random = randomFrom(run.seed);
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  let scale = 65_536;
  return Array.from({ length: run.points }, (_, index) => {
    const values = valuesAt(run, index, random, gauss);
    scale = nextScale(run, index, scale);
    return Object.entries({ ...values, loss_scale: scale }).map(([name, value]) => ({
      step: index * run.interval,
      rank: 0,
      name,
      value,
      windowed: run.interval > 1,
    }));
  }).flat();
}

/** Share of the way that is left at a line; bumps up while the rate warms up, falls at once where the schedule cuts it. */
function levelAt(run: Required<SyntheticRun>, index: number): number {
  const { points, timeConstant, decay, schedule, warmUp } = run;
  const since = schedule === 'restarts' ? index % Math.ceil(points / 3) : index;
  const base = decay === 'exponential' ? Math.exp(-since / timeConstant) : (1 + since / 20) ** -0.4;
  const cut = schedule === 'steps' ? 0.75 ** [0.6, 0.85].filter((share) => index >= share * points).length : 1;
  const bump = warmUp > 0 ? 1 + 0.6 * Math.exp(-(((index - warmUp) / (0.3 * warmUp + 3)) ** 2)) : 1;
  return base * cut * (schedule === 'one-cycle' && index < points / 3 ? 1.05 : 1) * bump;
}

function rateAt({ schedule, points, warmUp, fault }: Required<SyntheticRun>, index: number): number {
  if (fault?.kind === 'rate-zero' && index >= fault.at) return 0;
  if (index < warmUp) return (0.01 * (index + 1)) / (warmUp + 1);
  const share = index / points;
  if (schedule === 'steps') return 0.01 * 0.1 ** [0.6, 0.85].filter((cut) => share >= cut).length;
  if (schedule === 'cosine') return 0.005 * (1 + Math.cos(Math.PI * share));
  if (schedule === 'restarts') return 0.005 * (1.02 + Math.cos(Math.PI * ((3 * share) % 1)));
  if (schedule === 'linear') return 0.01 * (1 - share) + 1e-5;
  if (schedule === 'one-cycle') return share < 1 / 3 ? 0.001 + 0.027 * share : 0.015 * (1 - share) + 1e-7;
  return 0.01;
}

function valuesAt(run: Required<SyntheticRun>, index: number, random: () => number, gauss: () => number) {
  const { fault, noise, switchAt } = run;
  const is = (kind: Fault['kind']) => fault?.kind === kind && index >= fault.at;
  const held = is('stop') || is('rate-zero') ? (fault?.at ?? index) : fault?.kind === 'never-learned' ? 0 : index;
  const level = levelAt({ ...run, warmUp: fault?.kind === 'never-learned' ? 0 : run.warmUp }, held);
  const switched = switchAt !== null && index >= switchAt;
  const common = Math.exp(0.7 * noise * gauss()) * growthAt(run, index);
  const around = (value: number) =>
    value *
    common *
    Math.exp(0.7 * noise * gauss()) *
    (random() < run.outliers ? 2 + random() : 1) *
    (switched ? run.switchFactor : 1);
  const cls = around(0.4 + 1.9 * level);
  const iou = Math.min(fault === null ? 1.9 : Number.POSITIVE_INFINITY, around(0.2 + 0.6 * level));
  const dfl = is('zero-part') ? 0 : index === 0 ? Math.log(17) : around(0.8 + 2 * level);
  const l1 = switchAt === null || switched ? 0.15 * around(0.6 + level) : 0;
  const sum = cls + 2.5 * iou + 0.5 * dfl + (switched ? l1 : 0);
  const loss = is('nan') ? Number.NaN : is('wrong-total') ? sum * 1.4 : sum;
  const parts = { loss_cls: cls, loss_iou: iou, loss_dfl: dfl, ...(switchAt === null ? {} : { loss_l1: l1 }) };
  const data = 0.02 * Math.exp(0.3 * gauss()) + (is('slow-input') ? 0.5 : 0);
  const batch = 0.25 * Math.exp(0.05 * gauss()) * (is('slow-compute') ? 2.2 : 1) + data + (index % 97 === 96 ? 4 : 0);
  const evaluated = is('overfit') ? 1.2 * (1 + 0.05 * (index - (fault?.at ?? 0))) : 1.2 * (0.4 + level);
  return {
    learning_rate: rateAt(run, index),
    ...(run.logged === 'parts' ? {} : { loss }),
    ...(run.logged === 'total' ? {} : parts),
    grad_norm:
      5 * Math.exp(0.5 * gauss()) * (is('gradient-explosion') ? 4000 : 1) * (is('gradient-vanishing') ? 1e-9 : 1),
    batch_cost: batch,
    data_cost: data,
    ips: 16 / batch,
    memory: 9000 + 20 * Math.min(index, 40) + (is('memory-leak') ? 60 * (index - (fault?.at ?? 0)) : 0),
    ...(index % 20 === 19 ? { val_loss: evaluated * Math.exp(0.02 * gauss()) } : {}),
  };
}

function growthAt({ fault, seed }: Required<SyntheticRun>, index: number): number {
  if (!fault || index < fault.at) return 1;
  const since = index - fault.at;
  if (fault.kind === 'spike') return since < 1 + (seed % 4) ? (fault.size ?? 6) : 1;
  if (fault.kind === 'divergence') return Math.min(1.03 ** since, 30);
  if (fault.kind === 'explosion') return Math.min(1.5 ** since, 1e9);
  return 1;
}

/** As torch.amp.GradScaler: halved when gradients overflow, doubled after a quiet while. */
function nextScale({ fault }: Required<SyntheticRun>, index: number, scale: number): number {
  if (fault?.kind === 'scale-countdown' && index >= fault.at) return scale / 2;
  if (index > 0 && index < 5) return scale / 2;
  return index % 200 === 199 ? scale * 2 : scale;
}
