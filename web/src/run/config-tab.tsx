// What a run was started with: configuration, environment, packages and tags, searched as one.
import { Button, CopyButton, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { SearchField } from '../components/search-field.tsx';
import classes from './config-tab.module.css';
import { flatten } from './flatten.ts';
import type { RunTabProps } from './tab-props.ts';

export function ConfigTab({ run, search, change }: RunTabProps) {
  const { t } = useTranslation('run');
  const { packages, ...environment } = run.environment ?? {};
  const parts = [
    { name: 'config', content: run.config },
    { name: 'environment', content: environment },
    { name: 'packages', content: packages },
    { name: 'tags', content: run.tags },
  ] as const;
  const wanted = search.q?.toLowerCase() ?? '';
  const shown = parts.flatMap(({ name, content }) => {
    const entries = flatten(content ?? {}).filter(
      ({ path, value }) => path !== '' && `${path} ${value}`.toLowerCase().includes(wanted),
    );
    return entries.length > 0 ? [{ name, content, entries }] : [];
  });
  return (
    <Stack gap="lg">
      <Group maw={420}>
        <SearchField
          label={t('configSearch')}
          placeholder={t('configSearchHint')}
          q={search.q ?? ''}
          onSearch={(q) => change({ q: q === '' ? undefined : q })}
        />
      </Group>
      {shown.length === 0 && <Text c="dimmed">{wanted === '' ? t('noConfig') : t('noConfigMatch')}</Text>}
      <div className={classes.grid}>
        {shown.map(({ name, content, entries }) => (
          <Paper key={name} withBorder p="md" component="section" aria-label={t(`parts.${name}`)}>
            <Group justify="space-between" mb="xs">
              <Title order={2} size="h5">
                {t(`parts.${name}`)}
              </Title>
              <CopyButton value={JSON.stringify(content, null, 2)}>
                {({ copied, copy }) => (
                  <Button variant="subtle" size="compact-sm" onClick={copy}>
                    <span aria-live="polite">{copied ? t('copied') : t('copyJson')}</span>
                  </Button>
                )}
              </CopyButton>
            </Group>
            <dl className={classes.entries}>
              {entries.map(({ path, value }) => (
                <div key={path} className={classes.entry}>
                  <dt>{path}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
          </Paper>
        ))}
      </div>
    </Stack>
  );
}
