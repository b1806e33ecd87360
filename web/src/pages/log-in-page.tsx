// Asks for a token and tries it before it is kept.
import { Alert, Button, Paper, PasswordInput, Stack, Text } from '@mantine/core';
import type { TFunction } from 'i18next';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/call-api.ts';
import { PageTitle } from '../components/page-title.tsx';
import { useLocale } from '../i18n/i18n.ts';
import { logIn } from '../session.ts';

export function LogInPage({ ended }: { ended: boolean }) {
  const { t } = useTranslation(['login', 'common']);
  const { locale } = useLocale();
  const [token, setToken] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const entered = token.trim();
    const unusable = tokenProblem(entered, t);
    setProblem(unusable);
    if (unusable !== null) return;
    setBusy(true);
    try {
      await logIn(entered, locale);
    } catch (error) {
      setProblem(refusal(error, t));
      setBusy(false);
    }
  };

  return (
    <Paper withBorder shadow="sm" p="xl" maw={440} mx="auto" mt="xl">
      <form onSubmit={submit} noValidate>
        <Stack gap="lg">
          <div>
            <PageTitle>{t('logInTitle')}</PageTitle>
            <Text c="dimmed">{t('logInIntro')}</Text>
          </div>
          {ended && (
            <Alert color="orange" variant="light" role="status">
              {t('sessionEnded')}
            </Alert>
          )}
          <PasswordInput
            label={t('token')}
            description={t('tokenHint')}
            value={token}
            onChange={(event) => setToken(event.currentTarget.value)}
            error={problem}
            autoComplete="current-password"
            spellCheck={false}
            size="md"
          />
          <Button type="submit" size="md" loading={busy}>
            {t('logIn')}
          </Button>
        </Stack>
      </form>
    </Paper>
  );
}

/** What keeps a text from being a token at all; a header takes printable ASCII only. */
function tokenProblem(token: string, t: TFunction<['login', 'common']>): string | null {
  if (token === '') return t('tokenMissing');
  return /^[\x21-\x7e]+$/.test(token) ? null : t('tokenMalformed');
}

function refusal(error: unknown, t: TFunction<['login', 'common']>): string {
  if (!(error instanceof ApiError)) throw error;
  if (error.status === 401) return t('tokenRefused');
  if (error.status === 403) return t('tokenMayNotRead');
  return error.status === 0 ? t('common:unreachable') : `${t('common:requestFailed')} ${error.message}`;
}
