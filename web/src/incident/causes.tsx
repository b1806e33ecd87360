// The possible causes side by side, likeliest first, each with the sentences that speak for or against it.
import { List, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { CauseAnswer } from '../../../src/contracts/diagnosis.ts';
import { ConfidenceBar } from '../components/confidence-bar.tsx';
import { Section } from '../components/section.tsx';

export function Causes({ causes }: { causes: readonly CauseAnswer[] }) {
  const { t } = useTranslation('incident');
  if (causes.length === 0) return null;
  return (
    <Section title={t('causes')}>
      <SimpleGrid cols={{ base: 1, sm: Math.min(2, causes.length), lg: Math.min(3, causes.length) }} spacing="md">
        {causes.map((cause) => (
          <CauseCard key={cause.id} cause={cause} />
        ))}
      </SimpleGrid>
    </Section>
  );
}

function CauseCard({ cause }: { cause: CauseAnswer }) {
  const { t } = useTranslation('incident');
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        <div>
          <Title order={3} size="h5">
            {cause.title}
          </Title>
          <Text size="xs" c="dimmed" ff="monospace">
            {cause.id}
          </Text>
        </div>
        <ConfidenceBar confidence={cause.confidence} />
        {cause.evidence.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t('noCauseEvidence')}
          </Text>
        ) : (
          <List size="sm" spacing={4}>
            {cause.evidence.map((sentence) => (
              <List.Item key={sentence}>{sentence}</List.Item>
            ))}
          </List>
        )}
      </Stack>
    </Paper>
  );
}
