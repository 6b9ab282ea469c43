/** Rows of a segment by the start of their event hour, UTC microseconds. */
export type RowsByHour = ReadonlyMap<bigint, number>;

/** Segments, by their places in a list, whose rows outside of some hours are strays. */
export interface Strays {
  /** The first and the last hour whose rows are none. */
  readonly first: bigint;
  readonly last: bigint;
  readonly segments: readonly number[];
}

/** Which segments are read for which rows: each row is found once. */
export interface HourScans {
  /** Those read for the rows of an hour. */
  readonly byHour: ReadonlyMap<bigint, readonly number[]>;
  /** Those read beforehand, for all of their strays at once. */
  readonly strays: readonly Strays[];
}

/** Share of a segment's rows from which on an hour is none of strays: to keep fewer costs less than to read all once more. */
const shareMin = 1 / 8;

/** From the first to the last hour that has a good share of the rows. */
function mainHours(rows: RowsByHour): { first: bigint; last: bigint } {
  const hours = [...rows.keys()].sort((a, b) => Number(a - b));
  const total = [...rows.values()].reduce((sum, count) => sum + count, 0);
  const main = hours.filter((hour) => (rows.get(hour) ?? 0) >= total * shareMin);
  const [first = 0n] = main.length > 0 ? main : hours;
  return { first, last: main.at(-1) ?? hours.at(-1) ?? 0n };
}

/**
 * Reading a few rows of a segment costs nearly what reading all does, since its columns are compressed as wholes, and late
 * rows may be of any hour before: where they are of several, one read takes them all.
 */
export function hourScans(segments: readonly RowsByHour[]): HourScans {
  const byHour = new Map<bigint, number[]>();
  const strays = new Map<string, Strays & { segments: number[] }>();
  for (const [segment, rows] of segments.entries()) {
    const { first, last } = mainHours(rows);
    const hours = [...rows.keys()];
    const main = hours.filter((hour) => hour >= first && hour <= last);
    const apart = hours.length > main.length + 1;
    for (const hour of apart ? main : hours) byHour.set(hour, [...(byHour.get(hour) ?? []), segment]);
    if (!apart) continue;
    const key = `${first}-${last}`;
    const alike = strays.get(key) ?? { first, last, segments: [] };
    alike.segments.push(segment);
    strays.set(key, alike);
  }
  return { byHour, strays: [...strays.values()] };
}
