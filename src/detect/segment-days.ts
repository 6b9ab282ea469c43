import { dayMicros } from '../core/utc-day.ts';
import type { SegmentFile } from '../store/commit.ts';
import type { DayOf } from './kept-days.ts';
import type { EventRange } from './run.ts';

/** Days since 1970. */
export const dayOf = (micros: bigint) => Number(micros / dayMicros);

/** Segments that may have rows of a stretch. */
export function touching(segments: readonly SegmentFile[], { since, until }: EventRange): SegmentFile[] {
  return segments.filter(({ minTime, maxTime }) => maxTime >= since && minTime < until);
}

/** Those that may have rows of some days. */
export function ofDays(segments: readonly SegmentFile[], days: readonly DayOf<bigint | string>[]): SegmentFile[] {
  const asked = [...new Set(days.map(([, day]) => day))];
  return segments.filter(({ minTime, maxTime }) => asked.some((day) => dayOf(minTime) <= day && day <= dayOf(maxTime)));
}
