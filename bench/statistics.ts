/** What a series of measurements comes to; in the unit of its values, rounded to `decimals`. */
export interface Spread {
  median: number;
  p99: number;
  min: number;
  max: number;
  count: number;
}

/** Nothing is dropped. */
export function spreadOf(values: readonly number[], decimals = 2): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    median: round(quantile(sorted, 0.5), decimals),
    p99: round(quantile(sorted, 0.99), decimals),
    min: round(sorted[0] ?? Number.NaN, decimals),
    max: round(sorted.at(-1) ?? Number.NaN, decimals),
    count: sorted.length,
  };
}

/** The median of what each value is to its counterpart: run by run, because what else the machine does changes. */
export function ratioOf(values: readonly number[], counterparts: readonly number[]): number {
  return spreadOf(values.map((value, run) => value / (counterparts[run] ?? Number.NaN))).median;
}

export const round = (value: number, decimals: number): number => Number(value.toFixed(decimals));

/** The value below which that part of the sorted values lies, between neighbours where it falls between two. */
function quantile(sorted: readonly number[], part: number): number {
  const position = (sorted.length - 1) * part;
  const [below, above] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]];
  if (below === undefined || above === undefined) return Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}
