import { createHash } from 'node:crypto';
import type { PositionRange } from '../core/position.ts';

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function safe(text: string): string {
  return /^\w[\w.]{0,63}$/.test(text) ? text : sha256(text).slice(0, 16);
}

/**
 * The name that the rows of some ranges get, wherever they are delivered again: `<source>-<partition>-<from>-<to>` of the
 * first range. If there are more ranges or several segments, a digest of them all follows: the same name always means
 * the same rows.
 *
 * @param segmentRows rows of each segment that the ranges gave.
 */
export function commitName(ranges: readonly PositionRange[], segmentRows: readonly number[]): string {
  const [first] = ranges;
  const whole = JSON.stringify([
    ranges.map(({ source, partition, from, to }) => [source, partition, String(from), String(to)]),
    segmentRows.length > 1 ? segmentRows : [],
  ]);
  if (first === undefined) return sha256(whole).slice(0, 16);
  const name = `${safe(first.source)}-${safe(first.partition)}-${first.from}-${first.to}`;
  return ranges.length === 1 && segmentRows.length <= 1 ? name : `${name}-${sha256(whole).slice(0, 16)}`;
}

/** `<yyyy>/<mm>/<dd>/<hh>` of a time in UTC microseconds. */
export function hourFolder(micros: bigint): string {
  return new Date(Number(micros / 1000n)).toISOString().slice(0, 13).replaceAll(/[-T]/g, '/');
}
