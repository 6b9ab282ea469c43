import { AppError } from '../../core/errors.ts';
import type { TimeRange } from '../../ingest/time-range.ts';

/** The event time of a replay, as numbers and as people write it. */
export interface ReplayRange extends TimeRange {
  readonly sinceText: string;
  readonly untilText: string;
}

/** @throws AppError CONFIG_INVALID where nothing lies between the two. */
export function replayRange(since: bigint, until: bigint): ReplayRange {
  const range = { since, until, sinceText: iso(since), untilText: iso(until) };
  if (since < until) return range;
  throw new AppError(
    'CONFIG_INVALID',
    `--since ${range.sinceText} is not before --until ${range.untilText}: nothing lies between them.`,
  );
}

/** The data folder of a replay for which none was named, as `./saswatch-replay-20230622T100000Z-20230623T000000Z`. */
export function defaultFolder({ sinceText, untilText }: ReplayRange): string {
  return `./saswatch-replay-${stamp(sinceText)}-${stamp(untilText)}`;
}

function iso(us: bigint): string {
  return new Date(Number(us / 1_000n)).toISOString();
}

function stamp(time: string): string {
  return time.replaceAll(/[-:]|\.\d+/g, '');
}
