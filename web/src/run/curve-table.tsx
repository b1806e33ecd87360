// The curves of a chart as a table: what each comes to, and its values on demand.
import { Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Annotation, ChartCurve, IncidentMark } from '../charts/build-plot.ts';
import { summariseCurve } from '../charts/series-data.ts';
import { RouteLink } from '../components/route-link.tsx';
import { ScrollBox } from '../components/scroll-box.tsx';
import { useFormat } from '../i18n/use-format.ts';
import classes from './charts-tab.module.css';

interface CurveTableProps {
  metric: string;
  curves: readonly ChartCurve[];
  annotations: readonly Annotation[];
  incidents: readonly IncidentMark[];
}

export function CurveTable({ metric, curves, annotations, incidents }: CurveTableProps) {
  const { t } = useTranslation(['run', 'common']);
  const format = useFormat();
  const place = (point: { step: number; value: number } | null) =>
    point === null ? '–' : `${format.value(point.value)} (${t('common:atStep', { step: point.step })})`;
  return (
    <ScrollBox className={classes.table} label={t('tableOf', { metric })}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('curve')}</th>
            <th scope="col">{t('last')}</th>
            <th scope="col">{t('lowest')}</th>
            <th scope="col">{t('highest')}</th>
            <th scope="col">{t('lost')}</th>
          </tr>
        </thead>
        <tbody>
          {curves.map((curve) => {
            const { last, lowest, highest, nan, infinite } = summariseCurve(curve);
            return (
              <tr key={curve.label}>
                <th scope="row">{curve.label}</th>
                <td>{place(last)}</td>
                <td>{place(lowest)}</td>
                <td>{place(highest)}</td>
                <td>{nan + infinite === 0 ? '0' : t('lostCounts', { nan, infinite })}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {annotations.map(({ step, text }) => (
        <Text key={step} size="xs" mt={6}>
          {text}
        </Text>
      ))}
      {incidents.map(({ id, text }) => (
        <Text key={id} size="xs" mt={6}>
          <RouteLink to="/incidents/$id" params={{ id }} inherit>
            {text}
          </RouteLink>
        </Text>
      ))}
      {curves.map((curve) => (
        <Values key={curve.label} curve={curve} />
      ))}
    </ScrollBox>
  );
}

function Values({ curve }: { curve: ChartCurve }) {
  const { t } = useTranslation(['run', 'common']);
  const format = useFormat();
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {t('values', { count: curve.steps.length })} {curve.label}
        {curve.thinned && ` · ${t('thinned')}`}
      </summary>
      {open && (
        <ScrollBox className={classes.points} label={`${t('values', { count: curve.steps.length })} ${curve.label}`}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('step')}</th>
                <th scope="col">{t('value')}</th>
              </tr>
            </thead>
            <tbody>
              {curve.steps.map((step, index) => (
                <tr key={step}>
                  <td>{format.number(step)}</td>
                  <td>{format.value(curve.values[index] ?? Number.NaN)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollBox>
      )}
    </details>
  );
}
