// Why these occurrences are one incident, and what else the failure might have been.
import { Code, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Incident } from '../api/answers.ts';
import { ConfidenceText } from '../components/confidence-bar.tsx';
import { Section } from '../components/section.tsx';

export function Grouping({ incident }: { incident: Incident }) {
  const { t } = useTranslation('incident');
  return (
    <>
      <Section title={t('groupedBy')}>
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {incident.grouped_by}
        </Text>
        <Text size="xs" c="dimmed">
          {t('fingerprint')} <Code style={{ overflowWrap: 'anywhere' }}>{incident.fingerprint}</Code>
        </Text>
      </Section>
      {incident.alternatives.length > 0 && (
        <Section title={t('alternatives')}>
          <Stack gap={4}>
            {incident.alternatives.map((alternative) => (
              <Text size="sm" key={alternative.class}>
                <code>{alternative.class}</code> · <ConfidenceText confidence={alternative.confidence} />
              </Text>
            ))}
          </Stack>
        </Section>
      )}
    </>
  );
}
