// The metrics that the evidence names, around the step at which they went wrong.
import { SimpleGrid, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { EvidenceItem, SeriesAnswer } from '../api/answers.ts';
import { useMetrics } from '../api/evidence-queries.ts';
import { LineChart } from '../charts/line-chart.tsx';
import { toNumbers } from '../charts/series.ts';
import { ErrorNotice } from '../components/error-notice.tsx';
import { Loading } from '../components/loading.tsx';
import { useFormat } from '../i18n/use-format.ts';
import type { RunEvidence } from './evidence-plan.ts';

/** Ranks drawn in one chart; more lines than these cannot be told apart. */
const maxRanks = 4;

interface LossAroundOnsetProps {
  evidence: RunEvidence;
  /** What the diagnosis says of the metrics. */
  sentences: readonly EvidenceItem[];
}

export function LossAroundOnset({ evidence, sentences }: LossAroundOnsetProps) {
  const { t } = useTranslation('evidence');
  const { run, metrics, window, onset } = evidence;
  const { data, error, refetch } = useMetrics(run, metrics, window.from, window.to);
  const told = (name: string) => sentences.find((item) => item.kind === 'metric' && item.ref === name)?.text;
  if (error) return <ErrorNotice error={error} onRetry={() => refetch()} />;
  if (data === undefined) return <Loading height={190} />;
  const charts = metrics.flatMap((name) => {
    const series = data.series.filter((one) => one.name === name && one.steps.length > 0);
    return series.length > 0 ? [{ name, series: series.slice(0, maxRanks) }] : [];
  });
  if (charts.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t('noMetrics')}
      </Text>
    );
  }
  return (
    <SimpleGrid cols={{ base: 1, sm: Math.min(2, charts.length) }} spacing="lg" verticalSpacing="md">
      {charts.map(({ name, series }) =>
        series.every(({ steps }) => steps.length === 1) ? (
          <OnlyPoint key={name} name={name} series={series} told={told(name)} />
        ) : (
          <LineChart
            key={name}
            title={name}
            series={series.map((one) => toSeries(one, series.length > 1 ? t('rank', { rank: one.rank }) : name))}
            onset={onset === null ? null : { step: onset, label: t('onset', { step: onset }) }}
          />
        ),
      )}
    </SimpleGrid>
  );
}

/** One point makes no curve: its value, with what the evidence says of it. */
function OnlyPoint({ name, series, told }: { name: string; series: SeriesAnswer['series']; told: string | undefined }) {
  const { t } = useTranslation('incident');
  const { value } = useFormat();
  const [first] = series;
  return (
    <div>
      <Text size="sm" fw={600}>
        {name}
      </Text>
      <Text size="xl" fw={650} c={told === undefined ? undefined : 'var(--mantine-color-error)'}>
        {series.map(({ values }) => value(Number(values[0]))).join(' · ')}
      </Text>
      <Text size="xs" c="dimmed">
        {told ?? t('onlyPoint', { step: first?.steps[0] ?? 0 })}
      </Text>
    </div>
  );
}

function toSeries({ steps, values }: SeriesAnswer['series'][number], label: string) {
  return { label, steps, values: toNumbers(values) };
}
