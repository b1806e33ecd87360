// In which code, data and framework a failure was seen: what a fix changes, and so what says whether a run could contain it.

/** Null where the run gives nothing. */
export interface RunScope {
  commit: string | null;
  dataset: string | null;
  /** Name and version. */
  framework: string | null;
  /** Hash of the run's config. */
  config: string | null;
}

export interface ScopedRun {
  framework: { name: string; version?: string | undefined } | null;
  tags: Record<string, unknown> | null;
  environment: Record<string, unknown> | null;
  config: Record<string, unknown> | null;
}

/** Looked for in the tags first, then in the environment, then in the config. */
const commitNames = ['commit', 'git_commit', 'code_commit', 'git_sha', 'git_hash'];
const datasetNames = ['dataset_hash', 'data_hash', 'dataset_version', 'dataset'];
const maxLength = 200;

export function readScope(run: ScopedRun, configHash: string | null): RunScope {
  const places = [run.tags, run.environment, run.config];
  const { framework } = run;
  return {
    commit: firstText(places, commitNames),
    dataset: firstText(places, datasetNames),
    framework: framework ? [framework.name, framework.version].filter(Boolean).join(' ') : null,
    config: configHash,
  };
}

function firstText(places: (Record<string, unknown> | null)[], names: string[]): string | null {
  for (const place of places) {
    for (const name of names) {
      const value = place?.[name];
      if ((typeof value === 'string' && value !== '') || typeof value === 'number')
        return String(value).slice(0, maxLength);
    }
  }
  return null;
}

export function isSameScope(a: RunScope, b: RunScope): boolean {
  return a.commit === b.commit && a.dataset === b.dataset && a.framework === b.framework && a.config === b.config;
}

export function distinctScopes(scopes: readonly RunScope[]): RunScope[] {
  return scopes.filter((scope, index) => scopes.findIndex((other) => isSameScope(scope, other)) === index);
}
