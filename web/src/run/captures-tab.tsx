// The captures of a run over time: how the recomputed loss compares, what lies at the edges of the range, and each capture's analysis.
import { Alert, Button, Paper, Stack, Table, Text, useComputedColorScheme } from '@mantine/core';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { CaptureListItem } from '../api/answers.ts';
import { useCaptures, useFindings } from '../api/run-queries.ts';
import type { Annotation } from '../charts/build-plot.ts';
import { Ago } from '../components/ago.tsx';
import { ErrorNotice } from '../components/error-notice.tsx';
import { Loading } from '../components/loading.tsx';
import { useFormat } from '../i18n/use-format.ts';
import { OneCapture } from '../incident/capture-evidence.tsx';
import { captureCharts, extentOfCurves } from './capture-curves.ts';
import { ChartPanel } from './chart-panel.tsx';
import classes from './charts-tab.module.css';
import { useIncidentMarks } from './incident-marks.ts';
import type { RunTabProps } from './tab-props.ts';

export function CapturesTab({ run, search, change }: RunTabProps) {
  const { t } = useTranslation(['run', 'common']);
  const { captures, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useCaptures(run.id);
  if (captures === undefined) {
    return error ? <ErrorNotice error={error} onRetry={() => refetch()} /> : <Loading height={360} />;
  }
  if (captures.length === 0) {
    return (
      <Alert variant="light" color="gray">
        {t('noCaptures')}
      </Alert>
    );
  }
  return (
    <Stack gap="md">
      {error && <ErrorNotice error={error} title={t('common:staleAnswer')} onRetry={() => refetch()} />}
      <CaptureCharts runId={run.id} captures={captures} search={search} change={change} />
      <Paper withBorder>
        <Table.ScrollContainer minWidth={720} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
          <Table highlightOnHover verticalSpacing={6} fz="sm">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('step')}</Table.Th>
                <Table.Th>{t('rankFilter')}</Table.Th>
                <Table.Th>{t('captureStatus')}</Table.Th>
                <Table.Th ta="right">{t('capture.reported')}</Table.Th>
                <Table.Th ta="right">{t('capture.recomputed')}</Table.Th>
                <Table.Th ta="right">{t('capture.outOfRange')}</Table.Th>
                <Table.Th ta="right">{t('capture.wrongRows')}</Table.Th>
                <Table.Th>{t('received')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {captures.map((capture) => (
                <CaptureRow
                  key={capture.id}
                  capture={capture}
                  open={search.capture === capture.id}
                  onOpen={() => change({ capture: search.capture === capture.id ? undefined : capture.id })}
                />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Paper>
      {hasNextPage && (
        <Button variant="default" mx="auto" loading={isFetchingNextPage} onClick={() => fetchNextPage()}>
          {t('older')}
        </Button>
      )}
    </Stack>
  );
}

function CaptureCharts({
  runId,
  captures,
  search,
  change,
}: { runId: string; captures: CaptureListItem[] } & Pick<RunTabProps, 'search' | 'change'>) {
  const { t } = useTranslation('run');
  const isDark = useComputedColorScheme('light') === 'dark';
  const { data: findings } = useFindings(runId);
  const charts = useMemo(() => captureCharts(captures, isDark, (name) => t(`capture.${name}`)), [captures, isDark, t]);
  const annotations = useMemo(() => {
    const marks = new Map<number, Annotation>();
    for (const { kind, step, severity, text } of findings ?? []) {
      if (kind === 'capture' && step !== null && !marks.has(step)) marks.set(step, { step, severity, text });
    }
    return [...marks.values()];
  }, [findings]);
  const incidents = useIncidentMarks(runId);
  const extent = extentOfCurves(charts.flatMap(({ curves }) => curves));
  const onZoom = useCallback(
    (from: number, to: number) => change({ from: Math.max(0, from), to }, { replace: false }),
    [change],
  );
  const onReset = useCallback(() => change({ from: undefined, to: undefined }), [change]);
  if (extent === null) return null;
  return (
    <div className={classes.grid}>
      {charts.map(({ name, curves }) => (
        <ChartPanel
          key={name}
          metric={t(`captureChart.${name}`)}
          curves={curves}
          windowed={false}
          annotations={name === 'loss' ? annotations : []}
          incidents={incidents}
          logScale={search.log === true}
          smoothing={0}
          from={search.from ?? extent.from}
          to={search.to ?? extent.to}
          asTable={search.table === true}
          wide={search.wide === name}
          onWide={() => change({ wide: search.wide === name ? undefined : name })}
          onZoom={onZoom}
          onReset={onReset}
        />
      ))}
    </div>
  );
}

function CaptureRow({ capture, open, onOpen }: { capture: CaptureListItem; open: boolean; onOpen: () => void }) {
  const { t } = useTranslation('run');
  const format = useFormat();
  const { measured } = capture;
  const number = (value: number | string | null | undefined) =>
    value === null || value === undefined ? '–' : format.value(Number(value), 6);
  return (
    <>
      <Table.Tr>
        <Table.Td>
          <Button variant="subtle" size="compact-sm" aria-expanded={open} onClick={onOpen}>
            {capture.step === null ? t('noStep') : format.number(capture.step)}
          </Button>
        </Table.Td>
        <Table.Td>{format.number(capture.rank)}</Table.Td>
        <Table.Td>
          {capture.status === 'done' && measured && measured.findings.length > 0
            ? t('found', { count: measured.findings.length })
            : t(`captureStatuses.${capture.status}`)}
          {capture.error !== undefined && (
            <Text size="xs" c="dimmed">
              {capture.error}
            </Text>
          )}
        </Table.Td>
        <Table.Td ta="right">{number(measured?.reported_loss_dfl)}</Table.Td>
        <Table.Td ta="right">{number(measured?.loss_dfl)}</Table.Td>
        <Table.Td ta="right">{measured ? format.number(measured.below_range + measured.above_range) : '–'}</Table.Td>
        <Table.Td ta="right">{number(measured?.mismatched_rows)}</Table.Td>
        <Table.Td>
          <Ago time={capture.received_at} />
        </Table.Td>
      </Table.Tr>
      {open && (
        <Table.Tr>
          <Table.Td colSpan={8} p="md">
            <OneCapture run={capture.run_id} id={capture.id} />
          </Table.Td>
        </Table.Tr>
      )}
    </>
  );
}
