import { dayMicros } from '../core/utc-day.ts';

/**
 * An estate that mints a token an object has most of them for hours. Once they have expired nothing can come of them but refusals,
 * so that `token_life` and `token_day` have them for a day longer, and others for 92.
 */
export const expiredBackMicros = dayMicros;

/** Granted for a day at most, as far as the log shows. @param first the column that has the first success. */
export const isBriefFrom = (first: string) =>
  `coalesce(se_time <= coalesce(st_time, ${first}) + INTERVAL '1 day', false)`;

/** The same, a condition over columns of `token_life`. */
export const isBrief = isBriefFrom('first_seen');

/** So granted, and expired before a moment. @param moment SQL of a TIMESTAMP. */
export function isBriefUntil(moment: string): string {
  return `se_time < ${moment} AND last_seen < ${moment} AND ${isBrief}`;
}
