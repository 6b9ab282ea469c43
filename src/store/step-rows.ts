import type { DuckDBConnection } from '@duckdb/node-api';
import type { SegmentFile } from './commit.ts';
import { hourMicros } from './event-hour.ts';
import { hourScans, type RowsByHour } from './hour-scans.ts';
import { storedRollup } from './rollup-relation.ts';
import { startOfStretch } from './stretch-start.ts';

/** Order of the rows of an hour file. */
export const hourOrder = 'account, token, time';

/** Reads of each segment up to which it is read once for each of its hours; rows of more are sorted together, and kept. */
const readsMax = 8;

/** SQL of the start of the hour a time lies in, UTC microseconds, as `hourOf`. */
const startOfHour = (time: string) => startOfStretch(time, hourMicros);

/** SQL condition: a time lies in an hour, or in one of those up to `last`. */
export function within(column: string, hour: bigint, last = hour): string {
  return `(${column} >= make_timestamp(${hour}) AND ${column} < make_timestamp(${last + hourMicros}))`;
}

/** Rows of each of some segments by event hour, as their rollups count them. */
export async function hoursOfSegments(
  connection: DuckDBConnection,
  dataDir: string,
  files: readonly Pick<SegmentFile, 'rollupPath'>[],
): Promise<RowsByHour[]> {
  const segments = files.map(() => new Map<bigint, number>());
  if (files.length === 0) return segments;
  const rollups = storedRollup(dataDir, files, ['file_index']);
  const reader = await connection.runAndReadAll(
    `SELECT file_index, ${startOfHour('bucket')}, sum("rows") FROM ${rollups} GROUP BY ALL`,
  );
  for (const [index, hour, rows] of reader.getRows()) segments[Number(index)]?.set(BigInt(String(hour)), Number(rows));
  return segments;
}

/** The rows of a step's segments, each upstream row once. */
export interface StepRows {
  /** SQL of those of an hour, to be united. */
  of(hour: bigint): string[];
  /** True if they come in `hourOrder`. */
  readonly inOrder: boolean;
}

/**
 * Prepares reading rows hour by hour.
 *
 * @param hours rows of each segment by hour.
 * @param unique FROM clause over some segments, by their places in the list of all.
 * @param list SELECT list of what is read.
 */
export async function stepRows(
  connection: DuckDBConnection,
  hours: readonly RowsByHour[],
  unique: (segments: readonly number[]) => string,
  list: string,
): Promise<StepRows> {
  const { byHour, strays } = hourScans(hours);
  const reads = [...byHour.values()].reduce((sum, segments) => sum + segments.length, 0);
  if (reads > hours.length * readsMax) {
    const all = unique([...hours.keys()]);
    await keep(connection, `SELECT ${list} FROM ${all} ORDER BY ${startOfHour('time')}, ${hourOrder}`);
    return { of: (hour) => [`SELECT * FROM kept WHERE ${within('time', hour)}`], inOrder: true };
  }
  const stray = strays.map(
    ({ first, last, segments }) => `SELECT * FROM ${unique(segments)} WHERE NOT ${within('time', first, last)}`,
  );
  await keep(connection, stray.length === 0 ? null : `SELECT ${list} FROM (${stray.join(' UNION ALL BY NAME ')})`);
  return {
    of(hour) {
      const scanned = byHour.get(hour) ?? [];
      const parts =
        scanned.length === 0 ? [] : [`SELECT ${list} FROM ${unique(scanned)} WHERE ${within('time', hour)}`];
      if (stray.length > 0) parts.push(`SELECT * FROM kept WHERE ${within('time', hour)}`);
      return parts;
    },
    inOrder: false,
  };
}

async function keep(connection: DuckDBConnection, rows: string | null): Promise<void> {
  await connection.run(rows === null ? 'DROP TABLE IF EXISTS kept' : `CREATE OR REPLACE TEMP TABLE kept AS ${rows}`);
}
