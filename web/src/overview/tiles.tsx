// The numbers of the overview, each a way to what it counts.
import { Paper, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Overview } from '../api/answers.ts';
import { RouteLink } from '../components/route-link.tsx';
import { useFormat } from '../i18n/use-format.ts';
import { severityChoices } from '../search/incidents.ts';
import classes from './overview.module.css';

export function Tiles({ overview }: { overview: Overview }) {
  const { t } = useTranslation(['overview', 'common']);
  const format = useFormat();
  const { incidents, since_yesterday: since, deliveries, dfl } = overview;
  return (
    <div className={classes.tiles}>
      <Tile title={t('open')}>
        <div className={classes.severities}>
          {severityChoices.map((severity) => (
            <RouteLink
              key={severity}
              to="/incidents"
              search={{ state: 'open', severity }}
              underline="never"
              c="inherit"
              className={classes.severity}
              data-severity={severity}
              data-none={incidents.open[severity] === 0 || undefined}
            >
              <span className={classes.number}>{format.number(incidents.open[severity])}</span>
              <span className={classes.unit}>{t(`common:severity.${severity}`)}</span>
            </RouteLink>
          ))}
        </div>
        <Text size="xs" c="dimmed">
          {t('acknowledged', { count: incidents.acknowledged })}
        </Text>
      </Tile>
      <Tile title={t('since')}>
        <dl className={classes.facts}>
          <Fact label={t('opened')} value={format.number(since.opened)} />
          <Fact label={t('resolved')} value={format.number(since.resolved)} />
          <Fact label={t('regressed')} value={format.number(since.regressed)} />
        </dl>
      </Tile>
      <Tile title={t('deliveries')}>
        <dl className={classes.facts}>
          <Fact label={t('delivered')} value={format.number(deliveries.delivered)} />
          <Fact label={t('failed')} value={format.number(deliveries.failed)} bad={deliveries.failed > 0} />
          <Fact label={t('pending')} value={format.number(deliveries.pending)} />
        </dl>
        {deliveries.disabled_endpoints > 0 && (
          <Text size="xs" c="var(--mantine-color-error)">
            {t('disabled', { count: deliveries.disabled_endpoints })}
          </Text>
        )}
      </Tile>
      <Tile title={t('dfl')}>
        {dfl.length === 0 && <Text size="sm">{t('noWorker')}</Text>}
        {dfl.slice(0, 3).map(({ worker, backend, device }) => (
          <div key={worker}>
            <Text fw={650}>{backend}</Text>
            <Text size="xs" c="dimmed" lineClamp={2}>
              {device}
            </Text>
          </div>
        ))}
        {dfl.length > 3 && <Text size="xs">{t('moreWorkers', { count: dfl.length - 3 })}</Text>}
      </Tile>
    </div>
  );
}

function Tile({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Paper withBorder component="section" className={classes.tile} aria-label={title}>
      <h2 className={classes.tileTitle}>{title}</h2>
      {children}
    </Paper>
  );
}

function Fact({ label, value, bad }: { label: string; value: string; bad?: boolean }) {
  return (
    <div data-bad={bad || undefined}>
      <dd>{value}</dd>
      <dt>{label}</dt>
    </div>
  );
}
