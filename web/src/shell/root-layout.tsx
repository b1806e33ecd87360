// Around every page: who is logged in decides what is shown; the address stays, so that logging in leads where a link pointed.
import { Button, Container, Stack, Text } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Session } from '../api/answers.ts';
import { PageSkeleton } from '../components/page-skeleton.tsx';
import { LiveProvider } from '../live/live-provider.tsx';
import { LogInPage } from '../pages/log-in-page.tsx';
import { refuseSession, restoreSession, useSession } from '../session.ts';
import { AppFrame } from './app-frame.tsx';
import { BareFrame } from './bare-frame.tsx';

// No retries of its own: the next refresh is the retry.
const defaults = { queries: { retry: false, staleTime: 1_000 } };

export function RootLayout() {
  const state = useSession();
  if (state.status === 'in') return <SessionPages key={state.session.csrf_token} session={state.session} />;
  return (
    <BareFrame>
      {state.status === 'asking' && <PageSkeleton />}
      {state.status === 'unreachable' && <Unreachable />}
      {state.status === 'out' && <LogInPage ended={state.ended} />}
    </BareFrame>
  );
}

/** Lives as long as one session, and with it everything read under that session: the next one never sees it. */
function SessionPages({ session }: { session: Session }) {
  const [queryClient] = useState(() => new QueryClient({ defaultOptions: defaults }));
  const onRefused = useCallback(() => refuseSession(session.csrf_token), [session.csrf_token]);
  return (
    <QueryClientProvider client={queryClient}>
      <LiveProvider onRefused={onRefused}>
        <AppFrame session={session}>
          <Outlet />
        </AppFrame>
      </LiveProvider>
    </QueryClientProvider>
  );
}

function Unreachable() {
  const { t } = useTranslation();
  return (
    <Container size="xs" py="xl">
      <Stack align="flex-start" role="alert">
        <Text size="lg" fw={600}>
          {t('unreachable')}
        </Text>
        <Text c="dimmed">{t('unreachableHint')}</Text>
        <Button onClick={() => void restoreSession()}>{t('retry')}</Button>
      </Stack>
    </Container>
  );
}
