// A diagnosis of a text that belongs to no run: POST /v1/diagnose and the command line. Nothing is stored.
import type { Catalog } from '../contracts/catalog.ts';
import type { Locale } from '../contracts/common.ts';
import type { DiagnoseRequest, DiagnosisAnswer } from '../contracts/diagnosis.ts';
import { PublicError } from '../contracts/errors.ts';
import type { Finding } from '../contracts/findings.ts';
import type { FormatFile } from '../contracts/log-format.ts';
import { initialDetectorState, startWatch } from '../domain/detectors/detect.ts';
import { diagnose } from '../domain/diagnosis/diagnose.ts';
import { presentDiagnosis } from '../domain/diagnosis/present-diagnosis.ts';
import type { RunContext } from '../domain/diagnosis/types.ts';
import { isWindowed } from '../domain/parsing/formats/windowed.ts';
import { parseText } from '../domain/parsing/parse-text.ts';
import type { ParsedPoint } from '../domain/parsing/types.ts';
import { noOutcomes, type Outcomes } from '../domain/remedies/outcomes.ts';

interface View {
  catalog: Catalog;
  locale: Locale;
  /** What people said of remediations; left out where there is no database. */
  outcomes?: Outcomes;
}

/**
 * Diagnoses a traceback or a log in one language.
 * @throws PublicError `invalid_request` when reg_range is not two integers lo < hi.
 */
export function diagnoseText(request: DiagnoseRequest, view: View): DiagnosisAnswer {
  const { catalog, locale, outcomes = noOutcomes } = view;
  const text = parseText(request.text, catalog.formats);
  const regRange = parseRegRange(request.reg_range);
  const findings = detectIn(text.points, regRange, catalog.formats);
  const diagnosis = diagnose({ text, findings, captures: null, context: contextOf(request, regRange) }, catalog);
  if (!diagnosis) throw new Error('a text was given and diagnose() answered nothing');
  return presentDiagnosis(diagnosis, catalog, locale, outcomes);
}

function detectIn(points: ParsedPoint[], regRange: [number, number] | null, formats: FormatFile[]): Finding[] {
  const bins = regRange === null ? null : regRange[1] - regRange[0];
  const watch = startWatch(initialDetectorState(), { worldSize: null, batchSize: null, bins });
  const windowed = windowIndex(formats);
  for (const { step, rank, values, format } of points) {
    for (const name in values) {
      const series = watch.open(rank, name);
      if (series) watch.observe(series, step, values[name] ?? Number.NaN, windowed(format, name));
    }
  }
  return watch.end().findings;
}

/** isWindowed() by format and name: a text has few of them and many points. */
function windowIndex(formats: FormatFile[]): (format: string, name: string) => boolean {
  const known = new Map<string, Map<string, boolean>>();
  return (format, name) => {
    const ofFormat = known.get(format) ?? new Map<string, boolean>();
    known.set(format, ofFormat);
    const windowed = ofFormat.get(name) ?? isWindowed(formats, format, name);
    ofFormat.set(name, windowed);
    return windowed;
  };
}

function contextOf(request: DiagnoseRequest, regRange: [number, number] | null): RunContext {
  return {
    framework: null,
    device: request.device ?? null,
    environment: request.environment ?? null,
    config: null,
    worldSize: null,
    regRange,
    numClasses: request.num_classes ?? null,
  };
}

function parseRegRange(given: DiagnoseRequest['reg_range']): [number, number] | null {
  if (given === undefined) return null;
  const parts =
    typeof given === 'string'
      ? given.split(',').map((part) => (/^\s*-?\d{1,9}\s*$/.test(part) ? Number(part) : Number.NaN))
      : given;
  const [lo, hi] = parts;
  if (parts.length === 2 && lo !== undefined && hi !== undefined && lo < hi) return [lo, hi];
  const message = 'must be "lo,hi" or [lo, hi]: two integers with lo < hi';
  throw new PublicError('invalid_request', `/reg_range ${message}.`, { errors: [{ path: '/reg_range', message }] });
}
