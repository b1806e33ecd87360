// A time as the distance from now; the full time is one hover away and machine-readable.

import { fullTime, relativeTime } from '../i18n/format.ts';
import { useLocale } from '../i18n/i18n.ts';
import { useNow } from './now-context.tsx';

export function Ago({ time }: { time: string }) {
  const { locale } = useLocale();
  const nowMs = useNow();
  return (
    <time dateTime={time} title={fullTime(time, locale)}>
      {relativeTime(time, nowMs, locale)}
    </time>
  );
}
