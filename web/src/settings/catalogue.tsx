// Every failure class that is known, with its causes and remedies, to be searched.
import { List, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFailureClasses } from '../api/settings-queries.ts';
import { SeverityBadge } from '../components/badges.tsx';
import { ErrorNotice } from '../components/error-notice.tsx';
import { RouteLink } from '../components/route-link.tsx';
import classes from './settings.module.css';

export function Catalogue() {
  const { t } = useTranslation('settings');
  const { data, error, refetch } = useFailureClasses();
  const [q, setQ] = useState('');
  const words = q.trim().toLowerCase();
  const shown = data?.items.filter((item) => words === '' || JSON.stringify(item).toLowerCase().includes(words)) ?? [];
  return (
    <Stack gap="md">
      <TextInput
        type="search"
        label={t('searchCatalogue')}
        value={q}
        maw={420}
        onChange={(event) => setQ(event.currentTarget.value)}
      />
      {error && <ErrorNotice error={error} onRetry={() => refetch()} />}
      <Text size="xs" c="dimmed" aria-live="polite">
        {t('classesShown', { count: shown.length })}
      </Text>
      <ul className={classes.list}>
        {shown.map((item) => (
          <li key={item.id}>
            <details className={classes.entry}>
              <summary>
                <SeverityBadge severity={item.severity} /> <strong>{item.title}</strong> <code>{item.id}</code>
              </summary>
              <Stack gap="xs" mt="xs">
                <Text size="sm">{item.summary}</Text>
                <Named title={t('causes')} items={item.causes} />
                <Named title={t('remedies')} items={item.remediations} />
                <RouteLink to="/incidents" search={{ class: item.id }} size="sm">
                  {t('incidentsOfClass')}
                </RouteLink>
              </Stack>
            </details>
          </li>
        ))}
      </ul>
    </Stack>
  );
}

function Named({ title, items }: { title: string; items: readonly { id: string; title: string }[] }) {
  if (items.length === 0) return null;
  return (
    <div>
      <Text size="xs" fw={600} c="dimmed">
        {title}
      </Text>
      <List size="sm">
        {items.map((item) => (
          <List.Item key={item.id}>{item.title}</List.Item>
        ))}
      </List>
    </div>
  );
}
