// Access tokens: who has which right, a new one (shown once), and revoking.
import { Badge, Button, Group, NativeSelect, Paper, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Token, useCreateToken, useRevokeToken, useTokens } from '../api/settings-queries.ts';
import { Ago } from '../components/ago.tsx';
import { CopyBlock } from '../components/copy-block.tsx';
import { ErrorNotice } from '../components/error-notice.tsx';
import { ErrorText } from '../components/error-text.tsx';
import { readChoice } from '../search/params.ts';
import classes from './settings.module.css';

const roles = ['ingest', 'read', 'admin'] as const;

export function Tokens() {
  const { t } = useTranslation('settings');
  const { data, error, refetch } = useTokens();
  return (
    <Stack gap="md">
      <NewToken />
      {error && <ErrorNotice error={error} onRetry={() => refetch()} />}
      <ul className={classes.list} aria-label={t('tab.tokens')}>
        {data?.items.map((token) => (
          <li key={token.id}>
            <TokenEntry token={token} />
          </li>
        ))}
      </ul>
    </Stack>
  );
}

function NewToken() {
  const { t } = useTranslation('settings');
  const create = useCreateToken();
  const [name, setName] = useState('');
  const [role, setRole] = useState<(typeof roles)[number]>('ingest');
  const [project, setProject] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (create.isPending || name.trim() === '') return;
    const token = { name: name.trim(), role, ...(project.trim() !== '' && { project: project.trim() }) };
    create.mutate(token, { onSuccess: () => setName('') });
  };
  return (
    <Paper withBorder p="md" component="form" onSubmit={submit}>
      <Group align="flex-end">
        <TextInput
          label={t('tokenName')}
          required
          value={name}
          maxLength={200}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <NativeSelect
          label={t('role')}
          value={role}
          data={roles.map((value) => ({ value, label: t(`roleOf.${value}`) }))}
          onChange={(event) => setRole(readChoice(roles, event.currentTarget.value) ?? 'read')}
        />
        <TextInput
          label={t('tokenProject')}
          placeholder={t('everyProject')}
          value={project}
          onChange={(event) => setProject(event.currentTarget.value)}
        />
        <Button type="submit" loading={create.isPending}>
          {t('makeToken')}
        </Button>
      </Group>
      {create.error && <ErrorNotice error={create.error} />}
      {create.data && (
        <Stack gap={4} mt="md">
          <Text size="sm">{t('tokenOnce')}</Text>
          <CopyBlock text={create.data.token} label={create.data.name} />
        </Stack>
      )}
    </Paper>
  );
}

function TokenEntry({ token }: { token: Token }) {
  const { t } = useTranslation('settings');
  const revoke = useRevokeToken();
  const [sure, setSure] = useState(false);
  return (
    <Group justify="space-between">
      <Group gap="sm">
        <Text size="sm" fw={600}>
          {token.name}
        </Text>
        <Badge variant="default" tt="none" radius="sm">
          {t(`roleOf.${token.role}`)}
        </Badge>
        <Text size="xs" c="dimmed">
          {token.project ?? t('everyProject')} · <Ago time={token.created_at} />
          {token.is_operator && ` · ${t('operatorToken')}`}
        </Text>
      </Group>
      {token.revoked_at !== null ? (
        <Text size="xs" c="dimmed">
          {t('revoked')} <Ago time={token.revoked_at} />
        </Text>
      ) : (
        !token.is_operator && (
          <Button
            size="compact-xs"
            color="red"
            variant={sure ? 'filled' : 'default'}
            loading={revoke.isPending}
            aria-label={`${t(sure ? 'revokeSure' : 'revoke')}: ${token.name}`}
            onClick={() => (sure ? revoke.mutate(token.id) : setSure(true))}
            onBlur={() => setSure(false)}
          >
            {t(sure ? 'revokeSure' : 'revoke')}
          </Button>
        )
      )}
      <ErrorText error={revoke.error} />
    </Group>
  );
}
