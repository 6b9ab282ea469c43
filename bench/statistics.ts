/** The middle value, the lower one of two; NaN of nothing. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[(values.length - 1) >> 1] ?? Number.NaN;
}

/** The smallest value that at least `share` of the values do not exceed; NaN of nothing. */
export function percentile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)] ?? Number.NaN;
}

/** Median with the smallest and the largest, as `6.53 [6.38–7.17]`; empty where there is no figure. */
export function spread(values: readonly number[], digits: number): string {
  if (values.every(Number.isNaN)) return '';
  const text = (value: number) => value.toFixed(digits);
  return `${text(median(values))} [${text(Math.min(...values))}–${text(Math.max(...values))}]`;
}
