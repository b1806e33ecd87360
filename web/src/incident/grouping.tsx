// Why these occurrences are one incident, and which others were merged into it.
import { Button, Code, Group, Spoiler, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Incident } from '../api/answers.ts';
import { useUnmerge } from '../api/incident-changes.ts';
import { useRole } from '../api/use-api.ts';
import { ErrorText } from '../components/error-text.tsx';
import { Section } from '../components/section.tsx';

export function Grouping({ incident }: { incident: Incident }) {
  const { t } = useTranslation('incident');
  return (
    <>
      <Section title={t('groupedBy')}>
        <Spoiler maxHeight={64} showLabel={t('showMore')} hideLabel={t('showLess')}>
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {incident.grouped_by}
          </Text>
        </Spoiler>
        <Text size="xs" c="dimmed">
          {t('fingerprint')} <Code style={{ overflowWrap: 'anywhere' }}>{incident.fingerprint}</Code>
        </Text>
      </Section>
      <MergedFrom id={incident.id} merged={incident.merged_from} />
    </>
  );
}

function MergedFrom({ id, merged }: { id: string; merged: readonly string[] }) {
  const { t } = useTranslation('incident');
  const { mutate, isPending, variables, error } = useUnmerge(id);
  const mayChange = useRole() === 'admin';
  if (merged.length === 0) return null;
  return (
    <Section title={t('mergedFrom')}>
      {merged.map((other) => (
        <Group key={other} justify="space-between" gap="xs">
          <Code>{other}</Code>
          {mayChange && (
            <Button
              size="compact-xs"
              variant="default"
              loading={isPending && variables === other}
              disabled={isPending}
              onClick={() => mutate(other)}
            >
              {t('unmerge')}
            </Button>
          )}
        </Group>
      ))}
      <ErrorText error={error} />
    </Section>
  );
}
