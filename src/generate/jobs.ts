import { dayMs, minuteMs, type Period } from './timeline.ts';

/** A job that runs at most once a day: `count` runs over the period, `rows` rows in all. */
export interface Jobs {
  readonly count: number;
  readonly rows: number;
  readonly period: Period;
}

/**
 * Plans daily jobs within a budget of rows: never less than `rowsMin` rows a run (fewer runs instead), never more than
 * `rowsMax` (the rest of the budget is left unused).
 */
export function planJobs(budget: number, period: Period, rowsMin: number, rowsMax: number): Jobs {
  const days = Math.floor((period.end - period.start) / dayMs);
  const count = Math.max(1, Math.min(days, Math.floor(budget / rowsMin)));
  return { count, rows: Math.min(budget, count * rowsMax), period };
}

/** When the `job`-th run happens: `minuteOfDay` UTC of its day, for `minutes`. */
export function jobPeriod({ count, period }: Jobs, job: number, minuteOfDay: number, minutes: number): Period {
  const days = Math.floor((period.end - period.start) / dayMs);
  const firstDay = Math.ceil(period.start / dayMs);
  const start = (firstDay + Math.floor((job * days) / count)) * dayMs + minuteOfDay * minuteMs;
  return { start, end: start + minutes * minuteMs };
}
