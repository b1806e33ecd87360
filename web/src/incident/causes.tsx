// The possible causes side by side, likeliest first, each with what speaks for it and against it and how strongly.
import { Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { CauseAnswer } from '../../../src/contracts/diagnosis.ts';
import { ConfidenceBar } from '../components/confidence-bar.tsx';
import { Section } from '../components/section.tsx';
import classes from './causes.module.css';
import { splitEvidence, strongestWeight, type WeighedSentence } from './split-evidence.ts';

export function Causes({ causes }: { causes: readonly CauseAnswer[] }) {
  const { t } = useTranslation('incident');
  if (causes.length === 0) return null;
  const strongest = strongestWeight(causes);
  return (
    <Section title={t('causes')}>
      <SimpleGrid cols={{ base: 1, sm: Math.min(2, causes.length), xl: Math.min(3, causes.length) }} spacing="md">
        {causes.map((cause, index) => (
          <CauseCard key={cause.id} cause={cause} strongest={strongest} likeliest={index === 0} />
        ))}
      </SimpleGrid>
    </Section>
  );
}

function CauseCard({ cause, strongest, likeliest }: { cause: CauseAnswer; strongest: number; likeliest: boolean }) {
  const { t } = useTranslation('incident');
  const { pro, contra } = splitEvidence(cause, strongest);
  return (
    <Paper withBorder p="md" className={classes.card} data-likeliest={likeliest || undefined}>
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
        {pro.length + contra.length === 0 && (
          <Text size="sm" c="dimmed">
            {t('noCauseEvidence')}
          </Text>
        )}
        <Sentences title={t('speaksFor')} sentences={pro} side="for" />
        <Sentences title={t('speaksAgainst')} sentences={contra} side="against" />
      </Stack>
    </Paper>
  );
}

function Sentences({ title, sentences, side }: { title: string; sentences: WeighedSentence[]; side: string }) {
  if (sentences.length === 0) return null;
  return (
    <div>
      <Text size="xs" fw={600} c="dimmed" mb={4}>
        {title}
      </Text>
      <ul className={classes.sentences} data-side={side}>
        {sentences.map(({ text, strength }) => (
          <li key={text}>
            <span className={classes.weight} aria-hidden="true">
              <span style={{ width: `${Math.max(8, strength * 100)}%` }} />
            </span>
            {text}
          </li>
        ))}
      </ul>
    </div>
  );
}
