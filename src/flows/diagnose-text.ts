// A diagnosis of a text that belongs to no run: POST /v1/diagnose and the command line. Nothing is stored.
import type { Catalog } from '../contracts/catalog.ts';
import type { Locale } from '../contracts/common.ts';
import type { DiagnoseRequest, DiagnosisAnswer } from '../contracts/diagnosis.ts';
import { PublicError } from '../contracts/errors.ts';
import type { Finding } from '../contracts/findings.ts';
import type { FormatFile } from '../contracts/log-format.ts';
import { readText } from '../domain/classification/search-lines.ts';
import { initialDetectorState, type OpenSeries, startWatch, type Watch } from '../domain/detectors/detect.ts';
import { findShortRises } from '../domain/detectors/short-text.ts';
import { diagnose } from '../domain/diagnosis/diagnose.ts';
import { presentDiagnosis } from '../domain/diagnosis/present-diagnosis.ts';
import type { RunContext } from '../domain/diagnosis/types.ts';
import { isWindowed } from '../domain/parsing/formats/windowed.ts';
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
  const text = readText(request.text, catalog);
  const regRange = parseRegRange(request.reg_range);
  const findings = detectIn(text.points, regRange, catalog.formats);
  const diagnosis = diagnose({ text, findings, captures: null, context: contextOf(request, regRange) }, catalog);
  if (!diagnosis) throw new Error('a text was given and diagnose() answered nothing');
  return presentDiagnosis(diagnosis, catalog, locale, outcomes);
}

function detectIn(points: ParsedPoint[], regRange: [number, number] | null, formats: FormatFile[]): Finding[] {
  const bins = regRange === null ? null : regRange[1] - regRange[0];
  const watch = startWatch(initialDetectorState(), { worldSize: null, batchSize: null, bins });
  /** By the names that a form of line prints, and by rank: a text has few of them and many points. */
  const known = new Map<readonly string[], Map<number, Column[]>>();
  for (const { step, rank, names, values, format } of points) {
    const ofNames = known.get(names) ?? new Map<number, Column[]>();
    const columns =
      ofNames.get(rank) ?? names.map((name) => columnOf(watch, rank, name, isWindowed(formats, format, name)));
    known.set(names, ofNames.set(rank, columns));
    for (let place = 0; place < columns.length; place += 1) {
      const { series, windowed } = columns[place] as Column;
      if (series) watch.observe(series, step, values[place] as number, windowed);
    }
  }
  return [...watch.end().findings, ...findShortRises(points)];
}

interface Column {
  series: OpenSeries | null;
  windowed: boolean;
}

function columnOf(watch: Watch, rank: number, name: string, windowed: boolean): Column {
  return { series: watch.open(rank, name), windowed };
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
