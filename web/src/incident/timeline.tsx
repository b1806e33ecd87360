// What happened to the incident, newest first.
import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Incident } from '../api/answers.ts';
import { Ago } from '../components/ago.tsx';
import { Section } from '../components/section.tsx';
import classes from './timeline.module.css';

export function Timeline({ entries }: { entries: Incident['timeline'] }) {
  const { t } = useTranslation('incident');
  if (entries.length === 0) return null;
  const newestFirst = entries.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at));
  return (
    <Section title={t('timeline')}>
      <ol className={classes.list}>
        {newestFirst.map((entry) => (
          <li key={`${entry.at} ${entry.kind} ${entry.text}`} className={classes.entry}>
            <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
              {entry.text}
            </Text>
            <Text size="xs" c="dimmed">
              <Ago time={entry.at} /> · {entry.actor}
            </Text>
          </li>
        ))}
      </ol>
    </Section>
  );
}
