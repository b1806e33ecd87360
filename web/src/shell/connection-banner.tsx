// Says that the live connection is lost, for as long as it is: what the page shows may be old.
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { WarningIcon } from '../components/icons.tsx';
import { useLiveState } from '../live/live-provider.tsx';
import classes from './shell.module.css';

/** An interruption shorter than this is not worth a word. */
const patienceMs = 2_000;

export function ConnectionBanner() {
  const { t } = useTranslation();
  const lost = useLiveState() === 'lost';
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (!lost) return setShown(false);
    const timer = setTimeout(() => setShown(true), patienceMs);
    return () => clearTimeout(timer);
  }, [lost]);
  return (
    <div role="status" className={classes.connection}>
      {shown && (
        <p className={classes.lost}>
          <WarningIcon /> {t('liveLost')}
        </p>
      )}
    </div>
  );
}
