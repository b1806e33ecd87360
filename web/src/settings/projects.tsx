// Projects: whose failures are whose, how long what is kept, and how the detectors judge.
import { Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useProjects } from '../api/settings-queries.ts';
import { ErrorNotice } from '../components/error-notice.tsx';
import { Detectors } from './detectors.tsx';
import { Ownership } from './ownership.tsx';
import { Retention } from './retention.tsx';

export function Projects() {
  const { t } = useTranslation('settings');
  const { data, error, refetch } = useProjects();
  const [chosen, setChosen] = useState<string | null>(null);
  if (error) return <ErrorNotice error={error} onRetry={() => refetch()} />;
  if (data === undefined) return null;
  const project = data.items.find(({ id }) => id === chosen) ?? data.items[0];
  if (project === undefined) return <Text c="dimmed">{t('noProjects')}</Text>;
  return (
    <Stack gap="lg">
      <Select
        label={t('project')}
        data={data.items.map(({ id, name }) => ({ value: id, label: name }))}
        value={project.id}
        onChange={setChosen}
        allowDeselect={false}
        maw={320}
      />
      <Ownership key={`${project.id} ownership`} project={project} />
      <Retention key={`${project.id} retention`} project={project} />
      <Detectors key={`${project.id} detectors`} project={project} />
    </Stack>
  );
}
