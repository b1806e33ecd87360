// States of single series inside the state of their rank.

export function stateOf<S>(series: Readonly<Record<string, S>>, name: string, initial: S): S {
  return Object.hasOwn(series, name) ? (series[name] as S) : initial;
}

export function withState<S>(series: Readonly<Record<string, S>>, name: string, state: S): Record<string, S> {
  return { ...series, [name]: state };
}
