// What a run gives otherwise than a run that went well: pure.
import type { RunDifference } from '../../contracts/comparison.ts';

export interface ComparableRun {
  framework: { name: string; version?: string | undefined } | null;
  device: string | null;
  environment: Record<string, unknown> | null;
  config: Record<string, unknown> | null;
  worldSize: number | null;
}

const maxDifferences = 500;
const maxText = 500;
const maxDepth = 12;

/**
 * Differences in the order in which they are worth looking at: framework, device, packages, environment, config; within each by path.
 * A value that one of the two does not give is null. Lists are compared whole; paths are joined with dots.
 */
export function compareRuns(run: ComparableRun, good: ComparableRun): RunDifference[] {
  const differences = facts(run).flatMap(({ kind, values }, index) => {
    const others = facts(good)[index]?.values ?? new Map<string, unknown>();
    const paths = [...new Set([...values.keys(), ...others.keys()])].sort();
    return paths.flatMap((path): RunDifference[] => {
      const [a, b] = [values.get(path), others.get(path)];
      if (JSON.stringify(a) === JSON.stringify(b)) return [];
      return [{ kind, path, run_value: toPlain(a), good_value: toPlain(b) }];
    });
  });
  return differences.slice(0, maxDifferences);
}

function facts(run: ComparableRun): { kind: RunDifference['kind']; values: Map<string, unknown> }[] {
  const { packages, ...environment } = run.environment ?? {};
  return [
    { kind: 'framework', values: flatten(run.framework) },
    { kind: 'device', values: flatten({ device: run.device, world_size: run.worldSize }) },
    { kind: 'package', values: flatten(packages) },
    { kind: 'environment', values: flatten(environment) },
    { kind: 'config', values: flatten(run.config) },
  ];
}

/** Leaves by dotted path; null and undefined are the same as not given. */
function flatten(value: unknown, path: string[] = [], into = new Map<string, unknown>()): Map<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && path.length < maxDepth) {
    for (const [name, inner] of Object.entries(value)) flatten(inner, [...path, name], into);
  } else if (value !== null && value !== undefined) into.set(path.join('.'), value);
  return into;
}

function toPlain(value: unknown): RunDifference['run_value'] {
  if (value === undefined) return null;
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  return (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, maxText);
}
