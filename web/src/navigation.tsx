// A router of one page: the history API as a React store, and a link that uses it.
import { Anchor, type AnchorProps } from '@mantine/core';
import { type MouseEvent, type ReactNode, useSyncExternalStore } from 'react';
import { parseRoute, type Route } from './routes.ts';

const listeners = new Set<() => void>();

/** Goes to a path of the dashboard. `replace` leaves no entry in the history, for filters that change with every key. */
export function navigate(path: string, { replace = false } = {}): void {
  if (replace) window.history.replaceState(null, '', path);
  else {
    window.history.pushState(null, '', path);
    window.scrollTo(0, 0);
  }
  for (const listener of listeners) listener();
}

export function useRoute(): Route {
  const { pathname, search } = new URL(useSyncExternalStore(subscribe, () => window.location.href));
  return parseRoute(pathname, search);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('popstate', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('popstate', listener);
  };
}

/** A link inside the dashboard. Clicks that ask for a new tab or window are left to the browser. */
export function RouteLink({ to, children, ...rest }: AnchorProps & { to: string; children: ReactNode }) {
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(to);
  };
  return (
    <Anchor href={to} onClick={follow} {...rest}>
      {children}
    </Anchor>
  );
}
