// One metric: its chart or its table, what was found in it, and a button to see it in the whole width.
import { ActionIcon, Badge, Paper, Popover, Text, UnstyledButton } from '@mantine/core';
import { useIntersection } from '@mantine/hooks';
import { memo, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Annotation, ChartCurve, IncidentMark } from '../charts/build-plot.ts';
import { Plot } from '../charts/plot.tsx';
import { summariseCurve } from '../charts/series-data.ts';
import { CloseWideIcon, WideIcon } from '../components/icons.tsx';
import { useFormat } from '../i18n/use-format.ts';
import classes from './charts-tab.module.css';
import { CurveTable } from './curve-table.tsx';

interface ChartPanelProps {
  metric: string;
  curves: readonly ChartCurve[];
  windowed: boolean;
  annotations: readonly Annotation[];
  incidents: readonly IncidentMark[];
  logScale: boolean;
  smoothing: number;
  from: number;
  to: number;
  asTable: boolean;
  wide: boolean;
  onWide: () => void;
  onZoom: (from: number, to: number) => void;
  onReset: () => void;
}

const gridHeight = 190;
const wideHeight = 380;

export const ChartPanel = memo(function ChartPanel(props: ChartPanelProps) {
  const { metric, curves, windowed, annotations, incidents, logScale, smoothing, from, to, asTable, wide, onWide } =
    props;
  const { t } = useTranslation('run');
  const label = useChartLabel(metric, curves, annotations.length);
  const { ref, entry } = useIntersection({ rootMargin: '400px' });
  const [seen, setSeen] = useState(false);
  // A run may have a hundred metrics: a chart is drawn once it comes near, and stays.
  useEffect(() => {
    if (entry?.isIntersecting) setSeen(true);
  }, [entry]);
  const height = wide ? wideHeight : gridHeight;
  return (
    <Paper
      withBorder
      component="section"
      className={classes.panel}
      data-wide={wide || undefined}
      ref={ref}
      aria-label={metric}
    >
      <div className={classes.head}>
        <h2 className={classes.name} title={metric}>
          {metric}
        </h2>
        {windowed && (
          <Badge size="sm" variant="default" radius="sm" tt="none" title={t('windowedHint')}>
            {t('windowed')}
          </Badge>
        )}
        {annotations.length > 0 && <Found annotations={annotations} />}
        <ActionIcon
          variant="subtle"
          color="gray"
          size={26}
          onClick={onWide}
          aria-label={wide ? t('narrow', { metric }) : t('wide', { metric })}
          title={wide ? t('narrow', { metric }) : t('wide', { metric })}
        >
          {wide ? <CloseWideIcon /> : <WideIcon />}
        </ActionIcon>
      </div>
      {asTable && <CurveTable metric={metric} curves={curves} annotations={annotations} incidents={incidents} />}
      {!asTable && !seen && <div style={{ height: height + 20 }} />}
      {!asTable && seen && (
        <Plot
          label={label}
          curves={curves}
          annotations={annotations}
          incidents={incidents}
          logScale={logScale}
          smoothing={smoothing}
          from={from}
          to={to}
          height={height}
          syncKey="run"
          onZoom={props.onZoom}
          onReset={props.onReset}
        />
      )}
    </Paper>
  );
});

/** The picture in a sentence. */
function useChartLabel(metric: string, curves: readonly ChartCurve[], found: number): string {
  const { t } = useTranslation('run');
  const format = useFormat();
  const [first] = curves;
  const summary = first && summariseCurve(first);
  if (!summary?.last) return t('chartLabelEmpty', { metric });
  return t('chartLabel', {
    metric,
    curves: curves.length,
    step: summary.last.step,
    last: format.value(summary.last.value),
    low: summary.lowest ? format.value(summary.lowest.value) : '–',
    high: summary.highest ? format.value(summary.highest.value) : '–',
    lost: summary.nan + summary.infinite,
    found,
  });
}

function Found({ annotations }: { annotations: readonly Annotation[] }) {
  const { t } = useTranslation('run');
  return (
    <Popover width={340} position="bottom-end" withArrow shadow="md">
      <Popover.Target>
        <UnstyledButton aria-label={t('foundHere', { count: annotations.length })}>
          <Badge size="sm" color="orange" variant="light" radius="sm" tt="none">
            {t('found', { count: annotations.length })}
          </Badge>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        {annotations.slice(0, 20).map(({ step, text }) => (
          <Text key={step} size="xs" mb={6}>
            {text}
          </Text>
        ))}
      </Popover.Dropdown>
    </Popover>
  );
}
