// The curves of a run, one chart per metric, with other runs laid over them; range, scale and smoothing are those of the address.
import { Alert, Stack, Text, useComputedColorScheme } from '@mantine/core';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useFindings, useRunsById, useSeriesOfRuns } from '../api/run-queries.ts';
import { ErrorNotice } from '../components/error-notice.tsx';
import { Loading } from '../components/loading.tsx';
import { ChartControls } from './chart-controls.tsx';
import { annotationsOf, curvesByMetric, extentOf, type RunSeries } from './chart-curves.ts';
import { ChartPanel } from './chart-panel.tsx';
import classes from './charts-tab.module.css';
import { useIncidentMarks } from './incident-marks.ts';
import type { RunTabProps } from './tab-props.ts';

/** Points of a curve that the server is asked for: a chart of the grid is some 400 pixels wide, one of the whole width three times that. */
const gridPoints = 1_000;
const widePoints = 4_000;

export function ChartsTab({ run, search, change }: RunTabProps) {
  const { t } = useTranslation(['run', 'common']);
  const isDark = useComputedColorScheme('light') === 'dark';
  const ids = useMemo(() => [run.id, ...(search.with ?? []).filter((id) => id !== run.id)], [run.id, search.with]);
  const range = { from: search.from, to: search.to, rank: search.rank };
  const answers = useSeriesOfRuns(ids, { ...range, maxPoints: search.wide === undefined ? gridPoints : widePoints });
  const named = useRunsById(ids);
  const { data: findings = [] } = useFindings(run.id);
  const runs = ids.flatMap((id, index): RunSeries[] => {
    const series = answers[index]?.data?.series;
    return series ? [{ id, name: named[index]?.run?.name ?? id, series }] : [];
  });
  const rankLabel = useCallback((rank: number) => t('rank', { rank }), [t]);
  const stamp = answers.map(({ dataUpdatedAt }) => dataUpdatedAt).join(' ');
  // biome-ignore lint/correctness/useExhaustiveDependencies: `runs` is made anew each time; what it holds changes with the stamp and the names
  const charts = useMemo(
    () => curvesByMetric(runs, isDark, rankLabel),
    [stamp, isDark, rankLabel, runs.map(({ name }) => name).join('\n')],
  );
  const marks = useMemo(
    () => new Map(charts.map(({ metric }) => [metric, annotationsOf(findings, metric)])),
    [charts, findings],
  );
  const incidents = useIncidentMarks(run.id);
  const extent = extentOf(runs);
  const from = search.from ?? extent?.from ?? 0;
  const to = search.to ?? extent?.to ?? 1;
  const onZoom = useCallback(
    (first: number, last: number) =>
      change({ from: Math.max(0, first), to: Math.max(first + 1, last) }, { replace: false }),
    [change],
  );
  const onReset = useCallback(() => change({ from: undefined, to: undefined }), [change]);
  const error = answers.find((answer) => answer.error)?.error;
  const [main] = answers;
  const wanted = search.metric?.toLowerCase() ?? '';
  const shown = charts.filter(({ metric }) => metric.toLowerCase().includes(wanted));
  return (
    <Stack gap="md">
      <ChartControls
        runId={run.id}
        search={search}
        change={change}
        ranks={[...new Set(runs[0]?.series.map(({ rank }) => rank))]}
        worldSize={run.world_size}
        zoomed={search.from !== undefined || search.to !== undefined}
        onReset={onReset}
      />
      {error && <ErrorNotice error={error} onRetry={() => answers.forEach(({ refetch }) => void refetch())} />}
      {main?.data === undefined && !error && <Loading height={420} />}
      {main?.data !== undefined && charts.length === 0 && (
        <Alert variant="light" color="gray">
          {search.from !== undefined || search.rank !== undefined ? t('noPointsHere') : t('noPoints')}
        </Alert>
      )}
      {charts.length > 0 && shown.length === 0 && <Text c="dimmed">{t('noMetric')}</Text>}
      <div className={classes.grid}>
        {shown.map(({ metric, curves, windowed }) => (
          <ChartPanel
            key={metric}
            metric={metric}
            curves={curves}
            windowed={windowed}
            annotations={marks.get(metric) ?? []}
            incidents={incidents}
            logScale={search.log === true}
            smoothing={(search.smooth ?? 0) / 100}
            from={from}
            to={to}
            asTable={search.table === true}
            wide={search.wide === metric}
            onWide={() => change({ wide: search.wide === metric ? undefined : metric })}
            onZoom={onZoom}
            onReset={onReset}
          />
        ))}
      </div>
    </Stack>
  );
}
