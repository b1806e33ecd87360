// What the unresolved incidents are, the most frequent class first.
import { useTranslation } from 'react-i18next';
import type { Overview } from '../api/answers.ts';
import { RouteLink } from '../components/route-link.tsx';
import { useFormat } from '../i18n/use-format.ts';
import classes from './overview.module.css';

const shown = 8;

export function IncidentClasses({ entries }: { entries: Overview['incidents']['by_class'] }) {
  const { t } = useTranslation('overview');
  const format = useFormat();
  const most = Math.max(1, ...entries.map(({ count }) => count));
  return (
    <>
      <ul className={classes.classes}>
        {entries.slice(0, shown).map(({ class: id, title, count }) => (
          <li key={id}>
            <RouteLink to="/incidents" search={{ class: id }} size="sm" c="inherit" className={classes.class}>
              <span>{title}</span>
              <b>{format.number(count)}</b>
            </RouteLink>
            <span className={classes.bar} style={{ width: `${(count / most) * 100}%` }} />
          </li>
        ))}
      </ul>
      {entries.length > shown && (
        <RouteLink to="/incidents" size="sm">
          {t('moreClasses', { count: entries.length - shown })}
        </RouteLink>
      )}
    </>
  );
}
