// All lines of one source. The box scrolls over as many lines as there are; only pages in sight are asked for.
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { LogLine, LogSource } from '../api/answers.ts';
import { linesPerPage, useLogPages } from '../api/log-queries.ts';
import { ErrorNotice } from '../components/error-notice.tsx';
import { ScrollBox } from '../components/scroll-box.tsx';
import { useFormat } from '../i18n/use-format.ts';
import classes from './log-tab.module.css';

interface LogLinesProps {
  runId: string;
  source: LogSource;
  /** Line that is looked for, 0-based; the end of the log when null. */
  line: number | null;
  onLine: (line: Pick<LogLine, 'source' | 'line'>) => void;
}

/** Fixed by log-tab.module.css. */
const lineHeight = 20;
const borderHeight = 8;
/** Browsers lose places in boxes that are higher than some ten million pixels; a longer log shows its last lines. */
const maxLines = 500_000;

export function LogLines({ runId, source, line, onLine }: LogLinesProps) {
  const { t } = useTranslation('run');
  const box = useRef<HTMLDivElement>(null);
  const first = Math.max(0, Math.min(source.lines - maxLines, line === null ? source.lines : line - 1_000));
  const count = Math.min(maxLines, source.lines - first);
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => box.current,
    estimateSize: () => lineHeight,
    overscan: 20,
  });
  const rows = virtualizer.getVirtualItems();
  const [from, to] = [first + (rows[0]?.index ?? 0), first + (rows.at(-1)?.index ?? 0)];
  const pages: number[] = [];
  for (let page = Math.floor(from / linesPerPage); page <= Math.floor(to / linesPerPage); page += 1) pages.push(page);
  const { byNumber, error } = useLogPages(runId, source.source, pages, source.lines);

  // Once per asked line: afterwards the reader scrolls.
  // biome-ignore lint/correctness/useExhaustiveDependencies: growing logs must not move what is being read
  useEffect(() => {
    if (line === null) virtualizer.scrollToIndex(count - 1, { align: 'end' });
    else virtualizer.scrollToIndex(Math.min(count - 1, line - first), { align: 'center' });
  }, [line, source.source]);

  return (
    <>
      {error && <ErrorNotice error={error} />}
      <ScrollBox
        ref={box}
        className={classes.box}
        style={{ height: count * lineHeight + 2 * borderHeight }}
        label={t('logOf', { source: source.source })}
      >
        <ol className={classes.lines} style={{ height: virtualizer.getTotalSize() }}>
          {rows.map(({ index, start }) => (
            <li
              key={first + index}
              style={{ transform: `translateY(${start}px)` }}
              data-marked={first + index === line || undefined}
            >
              <LineNumber number={first + index} source={source.source} onLine={onLine} />
              <LineText line={byNumber.get(first + index)} />
            </li>
          ))}
        </ol>
      </ScrollBox>
    </>
  );
}

/** Numbers are counted from 1 where people read them. */
export function LineNumber({
  number,
  source,
  onLine,
}: { number: number; source: string } & Pick<LogLinesProps, 'onLine'>) {
  const { t } = useTranslation('run');
  const format = useFormat();
  const shown = format.number(number + 1);
  return (
    <button
      type="button"
      className={classes.number}
      aria-label={t('goToLine', { line: number + 1 })}
      onClick={() => onLine({ source, line: number })}
    >
      {shown}
    </button>
  );
}

export function LineText({ line }: { line: LogLine | undefined }) {
  if (line === undefined) return <span className={classes.text} data-pending />;
  return (
    <span className={classes.text} data-unparsed={line.unparsed || undefined}>
      {line.rank !== null && <b className={classes.rank}>rank{line.rank}</b>}
      {line.text}
    </span>
  );
}
