// The console output of a run: all lines of a source to scroll through, a search over them, and the way to an incident's line.
import { Alert, Button, Checkbox, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { IncidentSummary, LogLine, LogSource } from '../api/answers.ts';
import { useFindIncidentLine, useLogSources } from '../api/log-queries.ts';
import { useIncidentsOfRun } from '../api/run-queries.ts';
import { ErrorNotice } from '../components/error-notice.tsx';
import { Loading } from '../components/loading.tsx';
import { SearchField } from '../components/search-field.tsx';
import { FoundLines } from './found-lines.tsx';
import { LogLines } from './log-lines.tsx';
import classes from './log-tab.module.css';
import type { RunTabProps } from './tab-props.ts';

export function LogTab({ run, search, change }: RunTabProps) {
  const { t } = useTranslation(['run', 'common']);
  const { data: sources, error, refetch } = useLogSources(run.id);
  if (sources === undefined) {
    return error ? <ErrorNotice error={error} onRetry={() => refetch()} /> : <Loading height={360} />;
  }
  const shown = sources.find(({ source }) => source === search.source) ?? mostLines(sources);
  if (shown === undefined) {
    return (
      <Alert variant="light" color="gray">
        {t('noLog')}
      </Alert>
    );
  }
  const isSearch = search.q !== undefined || search.unparsed === true;
  const onLine = ({ source, line }: Pick<LogLine, 'source' | 'line'>) =>
    change({ source, line, q: undefined, unparsed: undefined }, { replace: false });
  return (
    <Stack gap="sm">
      <Group component="search" gap="sm" align="flex-end">
        <NativeSelect
          label={t('source')}
          value={shown.source}
          onChange={(event) => change({ source: event.currentTarget.value, line: undefined })}
          data={sources.map(({ source, lines }) => ({
            value: source,
            label: t('sourceLines', { source, count: lines }),
          }))}
        />
        <SearchField
          label={t('logSearch')}
          placeholder={t('logSearchHint')}
          q={search.q ?? ''}
          onSearch={(q) => change({ q: q === '' ? undefined : q })}
        />
        <Checkbox
          mb={8}
          label={t('unparsed', { count: shown.unparsed })}
          checked={search.unparsed === true}
          onChange={(event) => change({ unparsed: event.currentTarget.checked || undefined })}
        />
      </Group>
      <IncidentLines runId={run.id} onLine={onLine} />
      <Text size="xs" c="dimmed" className={classes.format}>
        {shown.format === null ? t('noFormat') : t('format', { format: shown.format })}
        {shown.window !== null && shown.window !== 'exact' && ` · ${t(`window.${shown.window}`)}`}
      </Text>
      {isSearch ? (
        <FoundLines
          runId={run.id}
          filter={{ source: shown.source, q: search.q, unparsed: search.unparsed }}
          onLine={onLine}
        />
      ) : (
        <LogLines key={shown.source} runId={run.id} source={shown} line={search.line ?? null} onLine={onLine} />
      )}
    </Stack>
  );
}

function mostLines(sources: readonly LogSource[]): LogSource | undefined {
  return [...sources].sort((a, b) => b.lines - a.lines)[0];
}

/** A button for each incident of the run that leads to its line. */
function IncidentLines({ runId, onLine }: { runId: string; onLine: (line: LogLine) => void }) {
  const { t } = useTranslation('run');
  const { data } = useIncidentsOfRun(runId);
  const find = useFindIncidentLine(runId);
  if (data === undefined || data.items.length === 0) return null;
  const jump = (incident: IncidentSummary) =>
    find.mutate(incident, {
      onSuccess: (line) => {
        if (line) onLine(line);
      },
    });
  return (
    <div>
      <Group gap="xs">
        <Text size="sm" c="dimmed">
          {t('jump')}
        </Text>
        {data.items.map((incident) => (
          <Button
            key={incident.id}
            size="compact-sm"
            variant="light"
            color="red"
            loading={find.isPending && find.variables.id === incident.id}
            onClick={() => jump(incident)}
          >
            {incident.title}
          </Button>
        ))}
      </Group>
      <Text size="sm" c="dimmed" role="status">
        {find.isSuccess && find.data === null && t('jumpNothing')}
      </Text>
      {find.error && <ErrorNotice error={find.error} />}
    </div>
  );
}
