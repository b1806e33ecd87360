// Writes a diagnosis in one language: titles, evidence and steps come from the catalog, filled with this run's facts.
import type { Catalog } from '../../contracts/catalog.ts';
import type { LocalizedText } from '../../contracts/catalog-fields.ts';
import type { Locale } from '../../contracts/common.ts';
import type { CauseAnswer, DiagnosisAnswer, RemediationAnswer } from '../../contracts/diagnosis.ts';
import type { Finding, FindingData } from '../../contracts/findings.ts';
import { fingerprintVersion } from '../classification/fingerprint.ts';
import { knownBadSignal } from '../remedies/known-bad-environments.ts';
import { anyCause, type Outcomes, type RemedyFeedback } from '../remedies/outcomes.ts';
import { rerankRemediations } from '../remedies/rank-remediations.ts';
import { presentAlternative, presentRule } from './explain-rules.ts';
import { fillTemplate } from './fill-template.ts';
import type { Diagnosis, RankedCause, RankedRemediation } from './types.ts';

/**
 * Remediations of a class that the catalog no longer has are left out: an incident may be older than the catalog. What people said of the
 * others (`outcomes`) moves their order.
 */
export function presentDiagnosis(
  diagnosis: Diagnosis,
  catalog: Catalog,
  locale: Locale,
  outcomes: Outcomes,
): DiagnosisAnswer {
  const failure = catalog.failures.get(diagnosis.class);
  const knowledge = failure?.knowledge;
  const fill = (text: LocalizedText) => fillTemplate(text[locale], diagnosis.facts);
  const { exception } = diagnosis;
  return {
    class: diagnosis.class,
    confidence: diagnosis.confidence,
    title: knowledge ? fill(knowledge.title) : diagnosis.class,
    severity: diagnosis.severity,
    summary: knowledge ? fill(knowledge.summary) : '',
    exception: exception && {
      type: exception.type,
      message: exception.message,
      frames: exception.frames.map(({ file, line, function: name, inApp }) => ({
        file,
        line,
        function: name,
        in_app: inApp,
      })),
    },
    causes: diagnosis.causes.map((cause) => presentCause(cause, diagnosis, catalog, locale)),
    remediations: (failure ? rerankRemediations(failure, diagnosis, outcomes) : []).flatMap(
      (remediation) => presentRemediation(remediation, diagnosis, catalog, locale) ?? [],
    ),
    alternatives: diagnosis.alternatives.map((lost) => presentAlternative(lost, locale)),
    rules: diagnosis.rules.map((rule) => presentRule(rule, locale)),
    fingerprint: diagnosis.fingerprint,
    matched: diagnosis.matched,
  };
}

function presentCause(
  { id, confidence, evidence }: RankedCause,
  diagnosis: Diagnosis,
  catalog: Catalog,
  locale: Locale,
): CauseAnswer {
  const title = catalog.failures.get(diagnosis.class)?.knowledge.causes.find((cause) => cause.id === id)?.title;
  const against = locale === 'zh' ? '反面证据：' : 'Against it: ';
  return {
    id,
    confidence,
    title: title ? fillTemplate(title[locale], diagnosis.facts) : id,
    evidence: evidence.map(
      ({ signal, weight, data }) =>
        `${weight < 0 ? against : ''}${describeSignal({ id: signal, data }, catalog, locale)}`,
    ),
    weights: evidence.map(({ weight }) => weight),
  };
}

function presentRemediation(
  { id, cause, feedback }: RankedRemediation & { feedback: RemedyFeedback },
  diagnosis: Diagnosis,
  catalog: Catalog,
  locale: Locale,
): RemediationAnswer | null {
  const knowledge = catalog.failures.get(diagnosis.class)?.knowledge;
  const remediation = knowledge?.remediations.find((candidate) => candidate.id === id);
  if (!knowledge || !remediation) return null;
  const uses = knowledge.causes.find((candidate) => candidate.id === cause)?.remedies ?? knowledge.default_remedies;
  const why = uses.find(({ use }) => use === id)?.why;
  const fill = (text: string) => fillTemplate(text, diagnosis.facts);
  return {
    id,
    title: fill(remediation.title[locale]),
    steps: remediation.steps[locale].map(fill),
    patch: suitsFramework(diagnosis.facts.framework, remediation.patch_for) ? (remediation.patch ?? null) : null,
    cause: cause ?? anyCause,
    why: why ? fill(why[locale]) : '',
    sources: remediation.sources,
    feedback,
  };
}

/** Not where the patch is written in another framework than the run's: the steps say the same in words. */
function suitsFramework(framework: FindingData[string] | undefined, patchFor: 'paddle' | 'torch' | undefined): boolean {
  return !(framework === 'paddle' && patchFor === 'torch') && !(framework === 'other' && patchFor === 'paddle');
}

/** The sentence of a finding, from catalog/findings.yaml; its id when the catalog has none. */
export function describeFinding(finding: { id: string; data: FindingData }, catalog: Catalog, locale: Locale): string {
  const text = catalog.findings.get(finding.id);
  return text ? fillTemplate(text[locale], finding.data) : finding.id;
}

/** The sentence of a finding that stands alone, with its step and rank. */
export function describeWholeFinding({ id, data, step, rank }: Finding, catalog: Catalog, locale: Locale): string {
  return describeFinding({ id, data: { ...data, step, rank } }, catalog, locale);
}

/** The sentence of a signal, from catalog/signals.yaml or the known bad environments; its id when the catalog has none. */
export function describeSignal(signal: { id: string; data: FindingData }, catalog: Catalog, locale: Locale): string {
  const text = catalog.signals.get(signal.id) ?? textOfEnvironment(signal.id, catalog);
  return text ? fillTemplate(text[locale], signal.data) : signal.id;
}

function textOfEnvironment(signal: string, catalog: Catalog): LocalizedText | undefined {
  const id = signal.startsWith(knownBadSignal) ? signal.slice(knownBadSignal.length) : null;
  return catalog.environments.find((environment) => environment.id === id)?.text;
}

const partNames: Record<string, LocalizedText> = {
  class: { en: 'class', zh: '类别' },
  cause: { en: 'likeliest cause', zh: '最可能的原因' },
  exception_type: { en: 'exception type', zh: '异常类型' },
  message: { en: 'message', zh: '错误信息' },
  value_class: { en: 'kind of value', zh: '取值种类' },
  selection: { en: 'selection replayed from mask and source', zh: '按掩码与源重放的筛选结果' },
  frames: { en: 'code path', zh: '代码路径' },
  metric: { en: 'metric rule', zh: '指标规则' },
};

/** Says in words why occurrences with the same fingerprint are one incident. */
export function explainGrouping(parts: Record<string, string>, locale: Locale): string {
  const list = Object.entries(parts).map(([name, value]) => `${partNames[name]?.[locale] ?? name} ${value}`);
  if (locale === 'zh')
    return `以下各项相同，因此归为同一事件：${list.join('；')}。路径、地址、主机、进程号、rank、行号、张量形状和其他数字不参与比较（指纹算法 ${fingerprintVersion}）。`;
  return `One incident because these agree: ${list.join('; ')}. Paths, addresses, hosts, pids, ranks, line numbers, shapes and other numbers do not count (fingerprint ${fingerprintVersion}).`;
}
