// One incident of the list: what broke, why most likely, where, how often, and when last.
import { memo, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { IncidentSummary } from '../api/answers.ts';
import { Ago } from '../components/ago.tsx';
import { SeverityBadge, StateBadge } from '../components/badges.tsx';
import { ConfidenceText } from '../components/confidence-bar.tsx';
import { RouteLink } from '../components/route-link.tsx';
import classes from './incident-row.module.css';

interface IncidentRowProps {
  incident: IncidentSummary;
  /** The row that the keys have led to. */
  active: boolean;
  /** null: this reader cannot change anything, so there is nothing to select for. */
  selected: boolean | null;
  onSelect: (id: string) => void;
}

/** Drawn again only when it changes, and of plain elements: a list that scrolls makes rows at every frame. */
export const IncidentRow = memo(function IncidentRow({ incident, active, selected, onSelect }: IncidentRowProps) {
  const { t } = useTranslation(['incidents', 'common', 'incident']);
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (active) link.current?.focus({ preventScroll: true });
  }, [active]);
  const [run] = incident.runs;
  return (
    <div className={classes.cells} data-active={active || undefined} data-state={incident.state}>
      {selected !== null && (
        <input
          type="checkbox"
          className={classes.check}
          checked={selected}
          onChange={() => onSelect(incident.id)}
          aria-label={t('select', { title: incident.title })}
        />
      )}
      <div className={classes.severity}>
        <SeverityBadge severity={incident.severity} />
      </div>
      <div className={classes.story}>
        <RouteLink to="/incidents/$id" params={{ id: incident.id }} ref={link} c="inherit" className={classes.title}>
          {incident.title}
        </RouteLink>
        <div className={classes.line}>
          {incident.cause === null ? (
            t('common:noCause')
          ) : (
            <>
              {incident.cause.title} · <ConfidenceText confidence={incident.cause.confidence} />
            </>
          )}
        </div>
        <div className={classes.line}>
          {incident.project} · {run}
          {incident.runs.length > 1 && ` ${t('moreRuns', { count: incident.runs.length - 1 })}`}
        </div>
      </div>
      <div className={classes.facts}>
        <StateBadge state={incident.state} />
        <div className={classes.fact}>
          {[
            incident.regressed && t('common:regressed'),
            incident.mute !== null && t('incident:muted'),
            incident.assignee,
            t('common:occurrences', { count: incident.occurrences }),
          ]
            .filter(Boolean)
            .join(' · ')}
        </div>
        <div className={classes.fact}>
          <Ago time={incident.last_seen_at} />
        </div>
      </div>
    </div>
  );
});
