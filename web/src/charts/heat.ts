// A cell of a heat map, and how hot it is.

export interface HeatCell {
  count: number;
  /** Of how many. */
  total: number;
}

/** 0 for none, then 1 to 4 by share: one in a hundred is worth a colour, one in four is as bad as it gets. */
export function heatLevel(share: number): number {
  if (share <= 0) return 0;
  return share >= 0.25 ? 4 : share >= 0.1 ? 3 : share >= 0.01 ? 2 : 1;
}
