// A time as the distance from now; the full time is one hover away and machine-readable.
import { useLocale } from '../locales/locale-context.tsx';
import { fullTime, relativeTime } from '../relative-time.ts';
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
