// Chooses the backend that recomputes, and keeps the reasons against the others for the log and /readyz.
import type { BackendName } from '../../contracts/capture.ts';
import type { BackendChoice } from '../../contracts/health.ts';
import { type BackendCandidate, backendCandidates } from './backends.ts';
import type { DflBackend } from './contract.ts';
import { selfTest } from './self-test.ts';

/**
 * The requested backend, or for `auto` the first of the candidates that opens and passes the self-test. Throws Error with every reason
 * when none does; a backend asked for by name is never replaced by another.
 */
export async function chooseDflBackend(
  requested: 'auto' | BackendName,
  candidates: readonly BackendCandidate[] = backendCandidates,
): Promise<{ backend: DflBackend; choice: BackendChoice }> {
  const rejected: BackendChoice['rejected'] = [];
  for (const candidate of candidates) {
    if (requested !== 'auto' && candidate.name !== requested) continue;
    const opened = await openTested(candidate);
    if ('backend' in opened) {
      const { backend } = opened;
      return { backend, choice: { requested, chosen: backend.name, device: backend.device, rejected } };
    }
    rejected.push({ backend: candidate.name, reason: opened.reason });
  }
  const reasons = rejected.map(({ backend, reason }) => `${backend}: ${reason}`).join('; ');
  const advice = requested === 'auto' ? '' : ' Set LOSSWATCH_DFL_BACKEND=auto to use what this machine can run.';
  throw new Error(`No DFL backend is usable (requested ${requested}). ${reasons || 'No such backend.'}.${advice}`);
}

async function openTested(candidate: BackendCandidate): Promise<{ backend: DflBackend } | { reason: string }> {
  if (!candidate.open) return { reason: 'not part of this build yet' };
  let backend: DflBackend;
  try {
    backend = await candidate.open();
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
  const reason = await selfTest(backend);
  if (reason === null) return { backend };
  await backend.close();
  return { reason };
}
