import { ThriftStruct } from './thrift-struct.ts';

/** Least and greatest of a column's values, as PLAIN stores one. */
export interface Extremes {
  readonly least: Uint8Array;
  readonly greatest: Uint8Array;
}

/** Longer texts say little that helps to pass over a file. */
const bytesMax = 1_024;

/** The Thrift struct `Statistics`. */
export function statistics(nulls: number, extremes: Extremes | null): ThriftStruct {
  const struct = new ThriftStruct().i64(3, nulls);
  if (extremes === null || Math.max(extremes.least.length, extremes.greatest.length) > bytesMax) return struct;
  return struct.binary(5, extremes.greatest).binary(6, extremes.least).bool(7, true).bool(8, true);
}
