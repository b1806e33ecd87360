// Chooses the backend that recomputes, and keeps the reasons against the others for the log and /readyz.
import type { BackendName } from '../../contracts/capture.ts';
import type { BackendChoice } from '../../contracts/health.ts';
import { type BackendCandidate, backendCandidates } from './backends.ts';
import type { DflBackend } from './contract.ts';
import { type CpuBackend, createCpuBackend } from './cpu/cpu-backend.ts';
import { createDflEngine, type DflEngine, type DflEngineOptions } from './engine.ts';
import { selfTest } from './self-test.ts';

/**
 * An engine on the requested backend, or for `auto` on the first of the candidates that opens and passes the self-test. Throws Error with
 * every reason when none does; a backend asked for by name is not replaced by another at the start.
 */
export async function openDflEngine(
  requested: 'auto' | BackendName,
  options: Pick<DflEngineOptions, 'now' | 'onFailure'>,
  candidates: readonly BackendCandidate[] = backendCandidates,
): Promise<DflEngine> {
  const { candidate, backend, choice } = await chooseBackend(requested, candidates);
  const auto = requested === 'auto';
  const cpu = isCpu(backend) ? backend : createCpuBackend();
  return createDflEngine({ ...options, chosen: backend, cpu, choice, reopen: () => openTested(candidate, auto) });
}

async function chooseBackend(
  requested: 'auto' | BackendName,
  candidates: readonly BackendCandidate[],
): Promise<{ candidate: BackendCandidate; backend: DflBackend; choice: BackendChoice }> {
  const rejected: BackendChoice['rejected'] = [];
  for (const candidate of candidates) {
    if (requested !== 'auto' && candidate.name !== requested) continue;
    try {
      const backend = await openTested(candidate, requested === 'auto');
      const choice = { requested, chosen: backend.name, device: backend.device, rejected, failures: [] };
      return { candidate, backend, choice };
    } catch (error) {
      rejected.push({ backend: candidate.name, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  const reasons = rejected.map(({ backend, reason }) => `${backend}: ${reason}`).join('; ');
  const advice = requested === 'auto' ? '' : ' Set LOSSWATCH_DFL_BACKEND=auto to use what this machine can run.';
  throw new Error(`No DFL backend is usable (requested ${requested}). ${reasons || 'No such backend.'}.${advice}`);
}

function isCpu(backend: DflBackend): backend is CpuBackend {
  return backend.name === 'cpu';
}

/** @throws Error with the reason why the backend may not be used. */
async function openTested(candidate: BackendCandidate, auto: boolean): Promise<DflBackend> {
  const backend = await candidate.open({ auto });
  const reason = await selfTest(backend);
  if (reason === null) return backend;
  await backend.close();
  throw new Error(reason);
}
