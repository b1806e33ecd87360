// The tracebacks of a run, one per rank that failed: chosen here, shown by traceback.tsx.
import { Group, SegmentedControl, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Incident } from '../api/answers.ts';
import { useTrace, useTraces } from '../api/evidence-queries.ts';
import { Ago } from '../components/ago.tsx';
import { Loading } from '../components/loading.tsx';
import { latestPerRank } from './latest-per-rank.ts';
import { TracebackBody } from './traceback.tsx';

interface TracesProps {
  run: string;
  /** What the diagnosis itself kept: shown at once, and when the run's traces are gone. */
  kept: Pick<Incident, 'exception' | 'matched'>;
}

const maxRanks = 12;

export function Traces({ run, kept }: TracesProps) {
  const { t } = useTranslation('evidence');
  const { data } = useTraces(run);
  const [chosen, setChosen] = useState<string | null>(null);
  const latest = latestPerRank(data?.items ?? []).slice(0, maxRanks);
  const current = latest.find(({ id }) => id === chosen) ?? latest[0];
  const trace = useTrace(run, current?.id ?? null);
  const shown = trace.data ?? kept;
  return (
    <>
      {current && (
        <Group gap="sm" mb="sm">
          {latest.length > 1 && (
            <SegmentedControl
              size="xs"
              value={current.id}
              onChange={setChosen}
              aria-label={t('traceOf')}
              data={latest.map(({ id, rank }) => ({
                value: id,
                label: rank === null ? t('noRank') : t('rank', { rank }),
              }))}
            />
          )}
          <Text size="xs" c="dimmed">
            {[
              latest.length === 1 && current.rank !== null && t('rank', { rank: current.rank }),
              current.host,
              current.step !== null && t('atStep', { step: current.step }),
              t(current.origin === 'log' ? 'foundInLog' : 'pushedTrace', { source: current.source ?? '' }),
            ]
              .filter(Boolean)
              .join(' · ')}{' '}
            · <Ago time={current.received_at} />
          </Text>
        </Group>
      )}
      {trace.isLoading ? (
        <Loading height={220} />
      ) : (
        <TracebackBody exception={shown.exception} matched={shown.matched} text={trace.data?.text ?? null} />
      )}
    </>
  );
}
