// Gathers what is known of the run around a failure, from what was pushed and, where that is silent, from the text itself.
import type { DiagnosisInput, RunContext } from '../diagnosis/types.ts';
import type { ParsedText } from '../parsing/types.ts';
import { parseVersion } from './framework-version.ts';
import { installedVersion } from './installed-version.ts';
import { findConfigValue } from './read-config.ts';
import type { EnvironmentFacts } from './types.ts';

export interface RunFacts extends EnvironmentFacts {
  framework: 'paddle' | 'other' | null;
  /** PEP 440 version of paddlepaddle or paddlepaddle-gpu. */
  paddleVersion: string | null;
  torchVersion: string | null;
  /** Of the framework the run uses, whichever it is. */
  frameworkVersion: string | null;
  /** Half-open [lo, hi). */
  regRange: [number, number] | null;
  numClasses: number | null;
  mixedPrecision: boolean | null;
  learningRate: number | null;
}

/** Lines looked at for versions and settings: they are printed at the start, or near the error when pasted. */
const maxLines = 2_000;

export function readFacts({
  text,
  captures,
  context,
}: Pick<DiagnosisInput, 'text' | 'captures' | 'context'>): RunFacts {
  const head = text
    ? [...text.lines.slice(0, maxLines), ...text.lines.slice(maxLines).slice(-maxLines)]
        .map((line) => line.slice(0, 500))
        .join('\n')
    : '';
  const paddleVersion = readPaddleVersion(context, head);
  const torchVersion = readTorchVersion(context, head);
  return {
    framework: readFramework(context, head, paddleVersion),
    paddleVersion,
    torchVersion,
    frameworkVersion: paddleVersion ?? torchVersion ?? parseVersion(context.framework?.version),
    device: readDevice(context, head),
    os: readOs(context, text, head),
    regRange: context.regRange ?? captures?.regRange ?? readRegRange(context.config, head),
    numClasses:
      context.numClasses ??
      toCount(findConfigValue(context.config, ['num_classes', 'nc', 'class_num'])) ??
      toCount(find(head, /\b(?:num_classes|class_num)\s*[:=]\s*(\d+)/)),
    mixedPrecision: readMixedPrecision(context, head),
    learningRate: toNumber(findConfigValue(context.config, ['base_lr', 'learning_rate', 'lr', 'lr0'])),
  };
}

function readPaddleVersion(context: RunContext, head: string): string | null {
  const packages = context.environment?.packages ?? {};
  const named = packages['paddlepaddle-gpu'] ?? packages.paddlepaddle ?? packages.paddle;
  const framework = /^paddle(?:paddle)?(?:-gpu)?$/i.test(context.framework?.name ?? '')
    ? context.framework?.version
    : null;
  const candidates = [
    named,
    framework,
    find(head, /\bpaddlepaddle(?:-gpu)?\s*(?:==|[:=]|\s)\s*v?(\d+\.\d+[\w.+-]*)/i),
    find(head, /\bpaddle(?:\s+version|\.__version__)?\s*(?:==|[:=])\s*['"]?v?(\d+\.\d+[\w.+-]*)/i),
  ];
  // Builds of the develop branch call themselves 0.0.0, which tells nothing.
  return candidates.map(parseVersion).find((version) => version !== null && !version.startsWith('0.0.0')) ?? null;
}

/** Also as trainers print it: "torch-2.3.1+cu121", "PyTorch: 1.13.1", "torch 2.0.0". */
function readTorchVersion(context: RunContext, head: string): string | null {
  const named = installedVersion(['torch'], context);
  return parseVersion(
    named ?? find(head, /\b(?:torch|PyTorch)(?: version)?\s{0,3}(?:==|[-:=]|\s)\s{0,3}v?(\d+\.\d+\.\d+[\w.+]{0,20})/),
  );
}

function readFramework(context: RunContext, head: string, paddleVersion: string | null): RunFacts['framework'] {
  const packages = Object.keys(context.environment?.packages ?? {});
  if (
    paddleVersion !== null ||
    packages.some((name) => /^paddle/.test(name)) ||
    /paddle/i.test(context.framework?.name ?? '')
  )
    return 'paddle';
  if (context.framework !== null || packages.some((name) => /^(torch|tensorflow|jax|keras|mxnet)/.test(name)))
    return 'other';
  if (/[\\/]paddle[\\/]|\bpaddlepaddle\b|\bppdet\b/i.test(head)) return 'paddle';
  return /[\\/]torch[\\/]|\btorch\.|[\\/]tensorflow[\\/]/.test(head) ? 'other' : null;
}

function readDevice(context: RunContext, head: string): RunFacts['device'] {
  const named = (context.device ?? '').toLowerCase();
  if (/^cpu/.test(named)) return 'cpu';
  if (/^(gpu|cuda)/.test(named)) return 'gpu';
  if (/compiled with cuda:\s*false|\buse_gpu\s*[:=]\s*false\b/i.test(head)) return 'cpu';
  const packages = context.environment?.packages ?? {};
  if ('paddlepaddle-gpu' in packages || context.environment?.gpu) return 'gpu';
  if (/paddlepaddle-gpu|gpu_(?:resources|context)\.cc|CUDAPlace|\buse_gpu\s*[:=]\s*true\b/i.test(head)) return 'gpu';
  return null;
}

function readOs(context: RunContext, text: ParsedText | null, head: string): RunFacts['os'] {
  const named = (context.environment?.os ?? find(head, /\bplatform:\s*(\S+)/i) ?? '').toLowerCase();
  if (/windows|win32|win10|win11|nt\b/.test(named)) return 'windows';
  if (/linux|ubuntu|debian|centos|red hat|rhel/.test(named)) return 'linux';
  if (/mac|darwin/.test(named)) return 'macos';
  const files = (text?.traces ?? [])
    .flatMap((trace) => trace.chain)
    .flatMap((exception) => exception.frames.map((frame) => frame.file));
  if (files.some((file) => /^[A-Za-z]:[\\/]/.test(file)) || /^\s*File "[A-Za-z]:\\/m.test(head)) return 'windows';
  if (
    files.some((file) => /^\/(usr|home|opt|root|data|workspace)\//.test(file)) ||
    /^\s*File "\/(usr|home|opt|root)\//m.test(head)
  )
    return 'linux';
  return null;
}

function readRegRange(config: RunContext['config'], head: string): [number, number] | null {
  const value = findConfigValue(config, ['reg_range']);
  if (Array.isArray(value) && value.length === 2 && value.every(Number.isInteger))
    return [Number(value[0]), Number(value[1])];
  const spelled = typeof value === 'string' ? value : find(head, /\breg_range\s*[:=]\s*[[(]?\s*(-?\d+\s*,\s*-?\d+)/);
  const pair = /^\D*?(-?\d+)\s*,\s*(-?\d+)/.exec(spelled ?? '');
  if (pair) return [Number(pair[1]), Number(pair[2])];
  const regMax = toCount(findConfigValue(config, ['reg_max']));
  return regMax === null ? null : [0, regMax + 1];
}

function readMixedPrecision(context: RunContext, head: string): boolean | null {
  const value = findConfigValue(context.config, ['amp', 'use_amp', 'fp16', 'bf16', 'mixed_precision']);
  if (value !== undefined)
    return value !== false && value !== 'no' && value !== 'False' && value !== 0 && value !== null;
  if (/(?:^|\s)--(?:amp|fp16|bf16)(?!\S)|\b(?:use_amp|amp|fp16)\s*[:=]\s*true\b/im.test(head)) return true;
  return null;
}

function find(text: string, regex: RegExp): string | null {
  return regex.exec(text)?.[1] ?? null;
}

function toNumber(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

function toCount(value: unknown): number | null {
  const number = toNumber(value);
  return number !== null && Number.isInteger(number) && number >= 0 ? number : null;
}
