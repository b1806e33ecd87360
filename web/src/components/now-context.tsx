// The current time, ticking slowly, so that "3 minutes ago" stays true while nothing else changes.
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';

const NowContext = createContext<number | null>(null);

const tickMs = 10_000;

export function NowProvider({ children }: { children: ReactNode }) {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), tickMs);
    return () => clearInterval(timer);
  }, []);
  return <NowContext value={nowMs}>{children}</NowContext>;
}

/** Epoch milliseconds, at most ten seconds old. */
export function useNow(): number {
  const nowMs = useContext(NowContext);
  if (nowMs === null) throw new Error('useNow needs a NowProvider above it');
  return nowMs;
}
