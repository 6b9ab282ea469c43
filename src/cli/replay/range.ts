import type { TimeRange } from '../../ingest/time-range.ts';
import { isoMillis, requireOrder } from '../option-values.ts';

/** The event time of a replay, as numbers and as people write it. */
export interface ReplayRange extends TimeRange {
  readonly sinceText: string;
  readonly untilText: string;
}

/** @throws AppError CONFIG_INVALID where nothing lies between the two. */
export function replayRange(since: bigint, until: bigint): ReplayRange {
  requireOrder(since, until);
  return { since, until, sinceText: isoMillis(since), untilText: isoMillis(until) };
}

/** The data folder of a replay for which none was named, as `./saswatch-replay-20230622T100000Z-20230623T000000Z`. */
export function defaultFolder({ sinceText, untilText }: ReplayRange): string {
  return `./saswatch-replay-${stamp(sinceText)}-${stamp(untilText)}`;
}

function stamp(time: string): string {
  return time.replaceAll(/[-:]|\.\d+/g, '');
}
