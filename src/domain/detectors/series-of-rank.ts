// States of single series inside the state of their rank.

/** The state under a name, made when it is missing. Assigning to "__proto__" would not make a property of it. */
export function stateOf<S>(series: Record<string, S>, name: string, initial: () => S): S {
  if (!Object.hasOwn(series, name))
    Object.defineProperty(series, name, { value: initial(), enumerable: true, configurable: true, writable: true });
  return series[name] as S;
}
