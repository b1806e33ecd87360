// Keeps the live connection while somebody is logged in, refreshes what its events touch, and tells whether it stands.
import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { keepLive, type LiveState } from './live-connection.ts';
import { notRead, touchedKeys } from './touched-keys.ts';

const LiveContext = createContext<LiveState>('connecting');

/** Events come in bursts, and a running trainer sends them all the time: their refreshes are gathered for this long. */
const gatherMs = 1_000;

export function LiveProvider({ onRefused, children }: { onRefused: () => void; children: ReactNode }) {
  const queryClient = useQueryClient();
  const [state, setState] = useState<LiveState>('connecting');
  useEffect(() => {
    const stop = new AbortController();
    const gathered = new Map<string, readonly string[]>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refresh = () => {
      timer = undefined;
      for (const queryKey of gathered.values()) {
        void queryClient.invalidateQueries({ queryKey, predicate: isReadAgain }, { cancelRefetch: false });
      }
      gathered.clear();
    };
    let wasLost = false;
    void keepLive({
      signal: stop.signal,
      network: window,
      onRefused,
      onState: (next) => {
        setState(next);
        // What happened while the connection was lost may have left no event to resume with.
        if (next === 'live' && wasLost) void queryClient.invalidateQueries({ predicate: isReadAgain });
        wasLost = next === 'lost';
      },
      onEvent: (event) => {
        for (const key of touchedKeys(event)) gathered.set(key.join(' '), key);
        timer ??= setTimeout(refresh, gatherMs);
      },
    });
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [queryClient, onRefused]);
  return <LiveContext value={state}>{children}</LiveContext>;
}

function isReadAgain({ queryKey }: { queryKey: readonly unknown[] }): boolean {
  return queryKey[0] !== notRead;
}

export function useLiveState(): LiveState {
  return useContext(LiveContext);
}

/** How often a query asks again by itself: seldom while events tell of changes, often while they do not come. */
export function useRefreshMs(): number {
  return useLiveState() === 'live' ? 60_000 : 5_000;
}
