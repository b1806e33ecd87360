// The latest runs, each with the curve of its loss, how far and how fast it goes, and how it does.
import { Badge, Paper, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { RunPulse } from '../api/answers.ts';
import { toNumbers } from '../charts/series.ts';
import { Sparkline } from '../charts/sparkline.tsx';
import { Ago } from '../components/ago.tsx';
import { RouteLink } from '../components/route-link.tsx';
import { useFormat } from '../i18n/use-format.ts';
import classes from './overview.module.css';
import { type RunHealth, runHealth } from './run-health.ts';

const colors: Record<RunHealth, string> = {
  broken: 'red',
  silent: 'orange',
  troubled: 'orange',
  healthy: 'teal',
  done: 'gray',
};

export function RunTable({ runs }: { runs: readonly RunPulse[] }) {
  const { t } = useTranslation('overview');
  return (
    <Paper withBorder className={classes.runs}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('run')}</th>
            <th scope="col">{t('health')}</th>
            <th scope="col" colSpan={2}>
              {t('loss')}
            </th>
            <th scope="col">{t('lastStep')}</th>
            <th scope="col">{t('speed')}</th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <RunLine key={run.id} run={run} />
          ))}
        </tbody>
      </table>
      <div className={classes.more}>
        <RouteLink to="/runs" size="sm">
          {t('allRuns')}
        </RouteLink>
      </div>
    </Paper>
  );
}

function RunLine({ run }: { run: RunPulse }) {
  const { t } = useTranslation(['overview', 'common']);
  const format = useFormat();
  const health = runHealth(run);
  const values = toNumbers(run.loss?.values ?? []);
  const last = values.at(-1);
  return (
    <tr>
      <th scope="row" className={classes.runName}>
        <RouteLink to="/runs/$id" params={{ id: run.id }} size="sm" fw={600} c="inherit" className={classes.runLink}>
          {run.name}
        </RouteLink>
        <Text size="xs" c="dimmed" truncate fw={400}>
          {run.project} · {t(`common:runStatus.${run.status}`)} · <Ago time={run.last_seen_at} />
        </Text>
      </th>
      <td>
        <Badge color={colors[health]} variant="light" radius="sm" tt="none" display="flex" w="max-content">
          {health === 'troubled' ? t('incidents', { count: run.open_incidents }) : t(`healths.${health}`)}
        </Badge>
      </td>
      <td className={classes.spark}>{run.loss && <Sparkline steps={run.loss.steps} values={values} />}</td>
      <td className={classes.figure} title={run.loss?.name}>
        {last === undefined ? '–' : format.value(last, 4)}
      </td>
      <td className={classes.figure}>{run.last_step === null ? '–' : format.number(run.last_step)}</td>
      <td className={classes.figure}>
        {run.steps_per_second === null ? '–' : t('stepsPerSecond', { speed: format.value(run.steps_per_second, 3) })}
      </td>
    </tr>
  );
}
