// A confidence as a bar with its word and percentage.
import { Group, Progress, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { confidencePercent, confidenceWord } from '../confidence.ts';
import { useFormat } from '../i18n/use-format.ts';

/** `confidence` is 0 to 1. The bar repeats what the text says, so it is hidden from screen readers. */
export function ConfidenceBar({ confidence }: { confidence: number }) {
  const percent = confidencePercent(confidence);
  return (
    <Group gap="sm" wrap="nowrap">
      <Progress
        value={percent}
        color={confidence >= 0.7 ? 'indigo' : 'gray'}
        size="md"
        w={110}
        miw={60}
        aria-hidden="true"
      />
      <Text size="sm" fw={600} style={{ whiteSpace: 'nowrap' }}>
        <ConfidenceText confidence={confidence} />
      </Text>
    </Group>
  );
}

/** For example "Very likely · 94%". */
export function ConfidenceText({ confidence }: { confidence: number }) {
  const { t } = useTranslation();
  const { percent } = useFormat();
  return `${t(`confidence.${confidenceWord(confidence)}`)} · ${percent(confidencePercent(confidence) / 100)}`;
}
