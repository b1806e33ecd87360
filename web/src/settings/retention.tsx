// How long what is kept.
import { Paper, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Project, useChangeProject } from '../api/settings-queries.ts';
import { useRole } from '../api/use-api.ts';
import { Section } from '../components/section.tsx';
import { Save } from './save.tsx';

const kept = ['healthy_capture_days', 'log_days', 'metric_days'] as const;

export function Retention({ project }: { project: Project }) {
  const { t } = useTranslation('settings');
  const change = useChangeProject(project.id);
  const mayChange = useRole() === 'admin';
  const [days, setDays] = useState(() => kept.map((name) => String(project.retention[name] ?? '')));
  const retention = Object.fromEntries(
    kept.flatMap((name, index) => (days[index] === '' ? [] : [[name, Number(days[index])]])),
  );
  return (
    <Section title={t('retention')}>
      <Paper withBorder p="md">
        <Stack gap="sm">
          <SimpleGrid cols={{ base: 1, sm: 3 }}>
            {kept.map((name, index) => (
              <TextInput
                key={name}
                type="number"
                min={1}
                label={t(`keep.${name}`)}
                placeholder={t('keepUsual')}
                value={days[index] ?? ''}
                readOnly={!mayChange}
                onChange={(event) => setDays(days.with(index, event.currentTarget.value))}
              />
            ))}
          </SimpleGrid>
          <Save change={change} onSave={() => change.mutate({ retention })} />
        </Stack>
      </Paper>
    </Section>
  );
}
