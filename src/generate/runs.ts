import { dayMs, minuteMs, type Period } from './timeline.ts';

/** One run of a job. */
export interface Run {
  /** UTC milliseconds. */
  readonly start: number;
  readonly rows: number;
}

interface RunLimits {
  /** A run has no fewer rows; there are fewer runs instead. */
  readonly rowsMin: number;
  readonly rowsMax: number;
  /** How much larger than others the run at a moment is; 1 by default. */
  readonly weight?: (start: number) => number;
}

const sundayIs = 0;

export const isSunday = (time: number): boolean => new Date(time).getUTCDay() === sundayIs;
export const isWorkday = (time: number): boolean => new Date(time).getUTCDay() % 6 !== 0;

/** Every start at `minuteOfDay` UTC of a day whose run of `minutes` lies within the period. */
export function dailyStarts(period: Period, minuteOfDay: number, minutes: number): number[] {
  const starts: number[] = [];
  for (let day = Math.floor(period.start / dayMs) * dayMs; day < period.end; day += dayMs) {
    const start = day + minuteOfDay * minuteMs;
    if (start >= period.start && start + minutes * minuteMs <= period.end) starts.push(start);
  }
  return starts;
}

/** Every start at `minuteOfStep` of each step of `stepMinutes` whose run of `minutes` lies within the period. */
export function regularStarts(period: Period, stepMinutes: number, minuteOfStep: number, minutes: number): number[] {
  const step = stepMinutes * minuteMs;
  const first = Math.ceil((period.start - minuteOfStep * minuteMs) / step) * step + minuteOfStep * minuteMs;
  const starts: number[] = [];
  for (let start = first; start + minutes * minuteMs <= period.end; start += step) starts.push(start);
  return starts;
}

/** Spreads a budget of rows over runs at some or all of `starts`. What runs of `rowsMax` rows cannot use is left over. */
export function planRuns(
  starts: readonly number[],
  budget: number,
  { rowsMin, rowsMax, weight = () => 1 }: RunLimits,
): Run[] {
  const count = Math.min(starts.length, Math.floor(budget / rowsMin));
  const chosen = Array.from({ length: count }, (_, i) => starts[Math.floor((i * starts.length) / count)] ?? 0);
  const spare = budget - count * rowsMin;
  const whole = chosen.reduce((sum, start) => sum + weight(start), 0);
  let passed = 0;
  return chosen.map((start) => {
    const before = Math.floor((spare * passed) / whole);
    passed += weight(start);
    const rows = rowsMin + Math.floor((spare * passed) / whole) - before;
    return { start, rows: Math.min(rows, rowsMax) };
  });
}

/** Rows of all runs together. */
export function rowsOf(runs: readonly Run[]): number {
  return runs.reduce((sum, { rows }) => sum + rows, 0);
}
