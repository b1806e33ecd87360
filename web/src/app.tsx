// The dashboard as a whole: providers, the frame around every page, and the page that the address names.
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useState } from 'react';
import { NowProvider } from './components/now-context.tsx';
import { PageFrame } from './components/page-frame.tsx';
import { LocaleProvider } from './locales/locale-context.tsx';
import { useRoute } from './navigation.tsx';
import { DiagnosePage } from './pages/diagnose-page.tsx';
import { IncidentListPage } from './pages/incident-list-page.tsx';
import { IncidentPage } from './pages/incident-page.tsx';
import { LogInPage } from './pages/log-in-page.tsx';
import { NotFoundPage } from './pages/not-found-page.tsx';
import { SystemPage } from './pages/system-page.tsx';
import { useSession } from './session.ts';
import { cssVariablesResolver, theme } from './theme.ts';

// No retries of its own: the next refresh is the retry.
const defaults = { queries: { retry: false, staleTime: 1_000 } };

export function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
      <LocaleProvider>
        <NowProvider>
          <SessionGate />
        </NowProvider>
      </LocaleProvider>
    </MantineProvider>
  );
}

function SessionGate() {
  const { token } = useSession();
  return <SessionPages key={token} loggedIn={token !== null} />;
}

/**
 * Lives as long as one token, and with it everything read under that token: the next one never sees it. Without a token the log-in page
 * stands where the page would; the address stays, so that logging in leads there.
 */
function SessionPages({ loggedIn }: { loggedIn: boolean }) {
  const [queryClient] = useState(() => new QueryClient({ defaultOptions: defaults }));
  return (
    <QueryClientProvider client={queryClient}>
      <PageFrame>{loggedIn ? <CurrentPage /> : <LogInPage />}</PageFrame>
    </QueryClientProvider>
  );
}

function CurrentPage() {
  const route = useRoute();
  switch (route.page) {
    case 'incidents':
      return <IncidentListPage filters={route.filters} />;
    case 'incident':
      return <IncidentPage key={route.id} id={route.id} />;
    case 'diagnose':
      return <DiagnosePage />;
    case 'system':
      return <SystemPage />;
    case 'not-found':
      return <NotFoundPage />;
  }
}
