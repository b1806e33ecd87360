// A diagnosis of the tensors of one loss evaluation that belong to no run. Nothing is stored.
import type { CaptureDiagnosis } from '../contracts/analysis.ts';
import type { CaptureShape } from '../contracts/capture.ts';
import type { Catalog } from '../contracts/catalog.ts';
import type { Locale } from '../contracts/common.ts';
import type { CaptureDiagnosisQuery } from '../contracts/diagnosis.ts';
import { interpretAnalysis } from '../domain/dfl/interpret-analysis.ts';
import { diagnose } from '../domain/diagnosis/diagnose.ts';
import { describeWholeFinding, presentDiagnosis } from '../domain/diagnosis/present-diagnosis.ts';
import type { RunContext } from '../domain/diagnosis/types.ts';
import type { Outcomes } from '../domain/remedies/outcomes.ts';
import { sumFacts } from '../domain/replay/replay-verdict.ts';
import { analyseCapture } from '../kernels/dfl/analyse-capture.ts';
import type { DflEngine } from '../kernels/dfl/engine.ts';

/** What a capture without an id is called in its findings. */
const unnamed = 'capture';

interface View {
  catalog: Catalog;
  locale: Locale;
  outcomes: Outcomes;
}

/**
 * Recomputes a capture and says what is wrong with it, as if it were the only one of a run.
 * @param file the whole safetensors file; the engine's threads read it where it lies
 */
export async function diagnoseCapture(
  { file, shape }: { file: Uint8Array; shape: CaptureShape },
  known: CaptureDiagnosisQuery,
  engine: DflEngine,
  { catalog, locale, outcomes }: View,
): Promise<CaptureDiagnosis> {
  const measured = await analyseCapture(file, shape, engine);
  const { step, regRange } = shape;
  const worldSize = known.world_size ?? null;
  const { analysis, findings } = interpretAnalysis({
    ...{ ...measured, shape, captureId: unnamed, rank: 0 },
    step,
    worldSize,
  });
  const range: [number, number] = [regRange.lo, regRange.hi];
  const captures = sumFacts(null, [{ analysis, step, regRange: range }]);
  const context: RunContext = {
    ...{ framework: null, config: null, numClasses: null },
    device: known.device ?? null,
    environment: known.packages === undefined ? null : { packages: readPackages(known.packages) },
    worldSize,
    regRange: range,
  };
  const diagnosis = diagnose({ text: null, findings, captures, context }, catalog);
  return {
    diagnosis: diagnosis && presentDiagnosis(diagnosis, catalog, locale, outcomes),
    analysis,
    facts: findings.map((finding) => ({
      id: finding.id,
      severity: finding.severity,
      text: describeWholeFinding(finding, catalog, locale),
    })),
  };
}

/** "name==version" or a name alone, separated by commas. */
function readPackages(text: string): Record<string, string | null> {
  const entries = text.split(',').map((entry) => entry.trim().split(/\s*={2,3}\s*/));
  return Object.fromEntries(
    entries.filter(([name]) => name !== '').map(([name = '', version]) => [name.toLowerCase(), version ?? null]),
  );
}
