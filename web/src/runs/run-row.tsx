// One run of the table: what it is called, how it does, how far it came, where it runs.
import { Badge } from '@mantine/core';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Run } from '../api/answers.ts';
import { Ago } from '../components/ago.tsx';
import { RunStatusBadge } from '../components/badges.tsx';
import { RouteLink } from '../components/route-link.tsx';
import { useFormat } from '../i18n/use-format.ts';
import classes from './run-row.module.css';

const columns = ['name', 'status', 'incidents', 'step', 'runsOn', 'lastHeard'] as const;

export function RunsHead() {
  const { t } = useTranslation('runs');
  return columns.map((column) => (
    // biome-ignore lint/a11y/useSemanticElements: part of a table of placed rows (components/virtual-list.tsx)
    // biome-ignore lint/a11y/useFocusableInteractive: a head that is read, not operated
    <div key={column} role="columnheader" className={classes[column]}>
      {t(`column.${column}`)}
    </div>
  ));
}

/** Drawn again only when it changes, and of plain elements: a list that scrolls makes rows at every frame. */
export const RunRow = memo(function RunRow({ run }: { run: Run }) {
  const format = useFormat();
  const framework = run.framework && [run.framework.name, run.framework.version].filter(Boolean).join(' ');
  return (
    <>
      <Cell column="name">
        <RouteLink to="/runs/$id" params={{ id: run.id }} className={classes.link} c="inherit" title={run.name}>
          {run.name}
        </RouteLink>
        <div className={classes.ids}>{run.name === run.id ? run.project : `${run.id} · ${run.project}`}</div>
      </Cell>
      <Cell column="status">
        <RunStatusBadge status={run.status} />
      </Cell>
      <Cell column="incidents">
        {run.open_incidents > 0 ? (
          <Badge color="red" variant="light" radius="sm">
            {format.number(run.open_incidents)}
          </Badge>
        ) : (
          <span className={classes.none}>0</span>
        )}
      </Cell>
      <Cell column="step">{run.last_step === null ? '–' : format.number(run.last_step)}</Cell>
      <Cell column="runsOn">{[framework, run.device].filter(Boolean).join(' · ') || '–'}</Cell>
      <Cell column="lastHeard">
        <Ago time={run.last_seen_at} />
      </Cell>
    </>
  );
});

function Cell({ column, children }: { column: (typeof columns)[number]; children: React.ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: part of a table of placed rows (components/virtual-list.tsx)
    <div role="cell" className={classes[column]}>
      {children}
    </div>
  );
}
