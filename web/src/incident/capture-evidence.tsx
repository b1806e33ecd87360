// What re-computation established about the tensors of one step, as pictures: which step is chosen here.
import { Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CaptureAnalysis } from '../../../src/contracts/analysis.ts';
import { useCapture } from '../api/evidence-queries.ts';
import { TargetHistogram } from '../charts/target-histogram.tsx';
import { ErrorNotice } from '../components/error-notice.tsx';
import { Loading } from '../components/loading.tsx';
import { useFormat } from '../i18n/use-format.ts';
import classes from './capture-evidence.module.css';
import type { RunEvidence } from './evidence-plan.ts';
import { LossComparison } from './loss-comparison.tsx';
import { OffenderHeat, Offenders } from './offenders.tsx';
import { SelectionMap } from './selection-map.tsx';

export function CaptureEvidence({ evidence: { run, captures } }: { evidence: RunEvidence }) {
  const { t } = useTranslation('evidence');
  const { number } = useFormat();
  const [chosen, setChosen] = useState<string | null>(null);
  const current = captures.find(({ id }) => id === chosen) ?? captures.at(-1);
  if (current === undefined) return null;
  return (
    <Stack gap="md">
      {captures.length > 1 && (
        <Group gap="sm">
          <Text size="sm" c="dimmed">
            {t('captureOf')}
          </Text>
          <SegmentedControl
            size="xs"
            value={current.id}
            onChange={setChosen}
            aria-label={t('captureOf')}
            data={captures.slice(-8).map(({ id, step }) => ({
              value: id,
              label: step === null ? id.slice(-6) : t('stepShort', { step: number(step) }),
            }))}
          />
        </Group>
      )}
      <OneCapture key={current.id} run={run} id={current.id} />
    </Stack>
  );
}

/** Also used where the captures of a run are listed. */
export function OneCapture({ run, id }: { run: string; id: string }) {
  const { t } = useTranslation('evidence');
  const { data, error, refetch } = useCapture(run, id);
  if (error) return <ErrorNotice error={error} title={t('captureGone')} onRetry={() => refetch()} />;
  if (data === undefined) return <Loading height={420} />;
  if (data.analysis === undefined) return <Text size="sm">{data.error ?? t('captureWaits')}</Text>;
  return <CaptureAnalysisView analysis={data.analysis} />;
}

/** The pictures of one analysis; also used where a capture belongs to no run. */
export function CaptureAnalysisView({ analysis }: { analysis: CaptureAnalysis }) {
  const { t } = useTranslation('evidence');
  const { number } = useFormat();
  const facts = [
    t('distributions', { count: analysis.distributions }),
    analysis.formulation,
    t('computedBy', { backend: analysis.backend }),
    t('normalizerIs', { value: number(analysis.normalizer) }),
  ];
  const bad = analysis.below_range + analysis.above_range + analysis.non_finite_targets;
  return (
    <div className={classes.analysis}>
      <Text size="xs" c="dimmed" className={classes.wide}>
        {facts.join(' · ')}
      </Text>
      <div className={classes.wide}>
        <TargetHistogram
          title={t('targetsOverBins')}
          bins={analysis.bin_histogram}
          regRange={analysis.reg_range}
          below={analysis.below_range}
          above={analysis.above_range}
          nonFinite={analysis.non_finite_targets}
          clips={{ lower: analysis.at_lower_clip, upper: analysis.at_upper_clip }}
        />
      </div>
      <LossComparison analysis={analysis} />
      {bad > 0 && <OffenderHeat counts={analysis.target_counts} />}
      {analysis.selection && (
        <div className={classes.wide}>
          <SelectionMap selection={analysis.selection} />
        </div>
      )}
      {analysis.offenders.length > 0 && (
        <div className={classes.wide}>
          <Offenders offenders={analysis.offenders} regRange={analysis.reg_range} total={bad} />
        </div>
      )}
    </div>
  );
}
