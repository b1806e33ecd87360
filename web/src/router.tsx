// The dashboard's addresses: which page each leads to (loaded when it is first asked for) and what may stand after its "?".
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { PageSkeleton } from './components/page-skeleton.tsx';
import { NotFoundPage } from './pages/not-found-page.tsx';
import { readAlertsSearch } from './search/alerts.ts';
import { readIncidentSearch } from './search/incidents.ts';
import { parseSearch, stringifySearch } from './search/params.ts';
import { readRunSearch } from './search/run.ts';
import { readRunsSearch } from './search/runs.ts';
import { readSettingsSearch } from './search/settings.ts';
import { PageFailed } from './shell/page-failed.tsx';
import { RootLayout } from './shell/root-layout.tsx';

const root = createRootRoute({ component: RootLayout, notFoundComponent: NotFoundPage });

const incidents = createRoute({
  getParentRoute: () => root,
  path: '/incidents',
  validateSearch: readIncidentSearch,
  component: lazyRouteComponent(() => import('./pages/incident-list-page.tsx'), 'IncidentListPage'),
});

const incident = createRoute({
  getParentRoute: () => root,
  path: '/incidents/$id',
  component: lazyRouteComponent(() => import('./pages/incident-page.tsx'), 'IncidentPage'),
});

const runs = createRoute({
  getParentRoute: () => root,
  path: '/runs',
  validateSearch: readRunsSearch,
  component: lazyRouteComponent(() => import('./pages/runs-page.tsx'), 'RunsPage'),
});

const run = createRoute({
  getParentRoute: () => root,
  path: '/runs/$id',
  validateSearch: readRunSearch,
  component: lazyRouteComponent(() => import('./pages/run-page.tsx'), 'RunPage'),
});

const diagnose = createRoute({
  getParentRoute: () => root,
  path: '/diagnose',
  component: lazyRouteComponent(() => import('./pages/diagnose-page.tsx'), 'DiagnosePage'),
});

const system = createRoute({
  getParentRoute: () => root,
  path: '/system',
  component: lazyRouteComponent(() => import('./pages/system-page.tsx'), 'SystemPage'),
});

const alerts = createRoute({
  getParentRoute: () => root,
  path: '/alerts',
  validateSearch: readAlertsSearch,
  component: lazyRouteComponent(() => import('./pages/alerts-page.tsx'), 'AlertsPage'),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  validateSearch: readSettingsSearch,
  component: lazyRouteComponent(() => import('./pages/settings-page.tsx'), 'SettingsPage'),
});

const overview = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/overview-page.tsx'), 'OverviewPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([overview, incidents, incident, runs, run, diagnose, alerts, settings, system]),
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  defaultPendingComponent: PageSkeleton,
  defaultErrorComponent: PageFailed,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
