// The lines that a search found; each leads to its place in the whole log.
import { Button, Loader, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { LogLine } from '../api/answers.ts';
import { type LogSearchFilter, useLogSearch } from '../api/log-queries.ts';
import { ErrorNotice } from '../components/error-notice.tsx';
import { ScrollBox } from '../components/scroll-box.tsx';
import { LineNumber } from './log-lines.tsx';
import classes from './log-tab.module.css';

interface FoundLinesProps {
  runId: string;
  filter: LogSearchFilter;
  onLine: (line: Pick<LogLine, 'source' | 'line'>) => void;
}

export function FoundLines({ runId, filter, onLine }: FoundLinesProps) {
  const { t } = useTranslation('run');
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetching } = useLogSearch(runId, filter, true);
  const lines = data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      {error && <ErrorNotice error={error} onRetry={() => refetch()} />}
      <Text size="sm" c="dimmed" role="status">
        {data && t(hasNextPage ? 'foundSoFar' : 'foundLines', { count: lines.length })}
        {isFetching && <Loader size="xs" type="dots" component="span" />}
      </Text>
      <ScrollBox className={classes.box} label={t('foundIn', { source: filter.source })}>
        <ol className={classes.found}>
          {lines.map((line) => (
            <li key={`${line.source} ${line.line}`}>
              <LineNumber number={line.line} source={line.source} onLine={onLine} />
              <span className={classes.text}>
                {line.rank !== null && <b className={classes.rank}>rank{line.rank}</b>}
                <Marked text={line.text} q={filter.q ?? ''} />
              </span>
            </li>
          ))}
        </ol>
        {hasNextPage && (
          <Button variant="default" size="xs" m="sm" loading={isFetching} onClick={() => fetchNextPage()}>
            {t('searchOn')}
          </Button>
        )}
      </ScrollBox>
    </>
  );
}

/** The text with what was searched for made visible. */
function Marked({ text, q }: { text: string; q: string }) {
  const at = q === '' ? -1 : text.toLowerCase().indexOf(q.toLowerCase());
  if (at === -1) return text;
  return (
    <>
      {text.slice(0, at)}
      <mark>{text.slice(at, at + q.length)}</mark>
      {text.slice(at + q.length)}
    </>
  );
}
