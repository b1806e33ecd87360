// Runs with what is known of each: name, status, how far it came, where it runs.
import { Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Run } from '../api/answers.ts';
import { Ago } from './ago.tsx';
import { RunStatusBadge } from './badges.tsx';

/** A `run` of null is shown by its id alone. */
export function RunList({ runs }: { runs: readonly { id: string; run: Run | null }[] }) {
  return (
    <Stack component="ul" gap="md" m={0} p={0} style={{ listStyle: 'none' }}>
      {runs.map(({ id, run }) => (
        <li key={id}>
          <Group justify="space-between" gap="xs">
            <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
              {run?.name ?? id}
            </Text>
            {run && <RunStatusBadge status={run.status} />}
          </Group>
          {run && <RunFacts run={run} />}
        </li>
      ))}
    </Stack>
  );
}

function RunFacts({ run }: { run: Run }) {
  const { t } = useTranslation();
  const framework = run.framework && [run.framework.name, run.framework.version].filter(Boolean).join(' ');
  const facts = [
    run.name === run.id ? null : run.id,
    framework,
    run.device,
    run.last_step === null ? null : t('lastStep', { step: run.last_step }),
  ];
  return (
    <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
      {facts.filter(Boolean).join(' · ')} · <Ago time={run.last_seen_at} />
    </Text>
  );
}
