// Measures alternatives against each other on a machine that others use too: in every round each has a turn, in random order, and what
// counts is the median of its turns.

export interface Alternative {
  name: string;
  /** Nanoseconds per call, measured for about that long. */
  time: (seconds: number, warm: boolean) => Promise<number>;
}

export interface Timing {
  name: string;
  median: number;
  fastest: number;
}

export async function alternate(
  alternatives: readonly Alternative[],
  { rounds, seconds }: { rounds: number; seconds: number },
): Promise<Timing[]> {
  const turns = new Map(alternatives.map(({ name }) => [name, [] as number[]]));
  for (const { time } of alternatives) await time(seconds, true);
  for (let round = 0; round < rounds; round++) {
    for (const { name, time } of shuffled(alternatives)) turns.get(name)?.push(await time(seconds, false));
  }
  return [...turns].map(([name, times]) => {
    const rising = times.sort((a, b) => a - b);
    return { name, median: rising[Math.floor(rising.length / 2)] ?? Number.NaN, fastest: rising[0] ?? Number.NaN };
  });
}

/** An alternative that calls a function in this process. */
export function inProcess(name: string, call: () => unknown, warmUps = 3): Alternative {
  return {
    name,
    async time(seconds, warm) {
      for (let i = 0; warm && i < warmUps; i++) await call();
      const limit = seconds * 1e9;
      const start = process.hrtime.bigint();
      for (let calls = 1; ; calls++) {
        const result = call();
        if (result instanceof Promise) await result;
        const spent = Number(process.hrtime.bigint() - start);
        if (spent >= limit) return spent / calls;
      }
    },
  };
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, key: Math.random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
