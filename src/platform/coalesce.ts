// Fuses calls that come while others are under way: one statement for many requests. Nobody waits for company; a call that finds room starts
// at once, and what comes meanwhile goes together next.

export interface CoalesceOptions {
  /** Items of one call of `work`. */
  maxItems: number;
  /** Calls of `work` under way at the same time. */
  maxInFlight: number;
  /** True for an error of all items together, such as a database that is away. After any other, each item is tried alone. */
  isCommon: (error: unknown) => boolean;
}

interface Call<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/** `work` answers in the order of its items. An item that makes it throw fails alone. */
export function coalesce<Item, Result>(
  work: (items: Item[]) => Promise<Result[]>,
  { maxItems, maxInFlight, isCommon }: CoalesceOptions,
): (item: Item) => Promise<Result> {
  const waiting: Call<Item, Result>[] = [];
  let inFlight = 0;

  function start(): void {
    while (waiting.length > 0 && inFlight < maxInFlight) {
      inFlight += 1;
      void settle(waiting.splice(0, maxItems)).finally(() => {
        inFlight -= 1;
        start();
      });
    }
  }

  async function settle(calls: Call<Item, Result>[]): Promise<void> {
    try {
      const results = await work(calls.map(({ item }) => item));
      for (const [index, call] of calls.entries()) call.resolve(results[index] as Result);
    } catch (error) {
      if (calls.length > 1 && !isCommon(error)) for (const call of calls) await settle([call]);
      else for (const call of calls) call.reject(error);
    }
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      start();
    });
}
