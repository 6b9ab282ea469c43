import { generate } from '../src/generate/scenario.ts';

const accounts = 6;
/** Of a part that is not live. */
export const commitRowsMax = 100_000;
/** What a live part is of. */
export const tickSeconds = 5;
const tickMs = tickSeconds * 1_000;
const hourMs = 3_600_000;
const liveFromMs = 12 * hourMs;
const liveMs = 10 * 60_000;

/** Records that are committed together. */
export interface EstatePart {
  readonly records: readonly string[];
  /** Of the story, from 1. */
  readonly day: number;
  /** Whether its UTC day ends with them. */
  readonly endsDay: boolean;
  /** Whether they are all that came within five seconds. */
  readonly isLive: boolean;
}

const timeOf = (record: string) => Date.parse(/"time":"([^"]+)"/.exec(record)?.[1] ?? '');

/**
 * An estate of some days, seed 1: whole days, then half a day and ten minutes of a further one as a live ingest commits them, by
 * five seconds. The few records of before the first day are left out.
 *
 * @param rows of the whole days.
 * @param days how many these are.
 */
export function* estateParts(rows: number, days: number): Iterable<EstatePart> {
  const size = { rows: Math.ceil((rows * (days + 1)) / days), days: days + 1, accounts };
  const generation = generate({ scenario: 'estate', seed: 1, duplicates: 0, late: 0, ...size });
  const startMs = Date.parse(generation.truth().period_start.slice(0, 10));
  const nextMs = startMs + days * 24 * hourMs + liveFromMs;
  let day = 1;
  let tick = 0;
  let records: string[] = [];
  for (const record of generation.records()) {
    const ms = timeOf(record);
    if (ms < startMs) continue;
    const dayOfRecord = Math.floor((ms - startMs) / (24 * hourMs)) + 1;
    const tickOfRecord = Math.max(0, Math.ceil((ms - nextMs + 1) / tickMs));
    const endsDay = dayOfRecord > day;
    if (endsDay || tickOfRecord > tick || records.length === commitRowsMax) {
      if (records.length > 0) yield { records, day, endsDay, isLive: tick > 0 };
      records = [];
      day = dayOfRecord;
      tick = tickOfRecord;
    }
    if (tick * tickMs > liveMs) return;
    records.push(record);
  }
}
