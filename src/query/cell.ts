import type { DuckDBDataChunk, DuckDBType, DuckDBValue, Json } from '@duckdb/node-api';
import {
  DuckDBBlobValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTypeId,
  JsonDuckDBValueConverter,
} from '../core/duckdb.ts';

/**
 * How the cells of a column look once they have left DuckDB: `number` (up to 32 bits, or floating), `integer` (bigint),
 * `timestamp` (bigint, microseconds since 1970 UTC), `json` (lists, structs, maps), `text` for all else: UUIDs, dates,
 * decimals as digits, blobs as hex.
 */
export type CellKind = 'boolean' | 'number' | 'integer' | 'timestamp' | 'text' | 'json';

export type Cell = null | boolean | number | bigint | string | Json;

export interface ResultColumn {
  readonly name: string;
  readonly kind: CellKind;
  /** DuckDB's name of the type, as `UBIGINT` or `VARCHAR[]`. */
  readonly type: string;
}

/** What a query gives: columns at once, rows as they come. */
export interface QueryResult {
  readonly columns: readonly ResultColumn[];
  /** Rows in runs of up to some thousands; can be read once. */
  readonly batches: AsyncIterable<readonly Row[]>;
  /** True if rows were held back at the limit; known once `batches` has ended. */
  readonly truncated: () => boolean;
}

export type Row = readonly Cell[];

const numbers: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.TINYINT,
  DuckDBTypeId.SMALLINT,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.UTINYINT,
  DuckDBTypeId.USMALLINT,
  DuckDBTypeId.UINTEGER,
  DuckDBTypeId.FLOAT,
  DuckDBTypeId.DOUBLE,
]);
const integers: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.UBIGINT,
  DuckDBTypeId.HUGEINT,
  DuckDBTypeId.UHUGEINT,
]);
const timestamps: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.TIMESTAMP,
  DuckDBTypeId.TIMESTAMP_S,
  DuckDBTypeId.TIMESTAMP_MS,
  DuckDBTypeId.TIMESTAMP_NS,
  DuckDBTypeId.TIMESTAMP_TZ,
]);
const nested: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.LIST,
  DuckDBTypeId.STRUCT,
  DuckDBTypeId.MAP,
  DuckDBTypeId.ARRAY,
  DuckDBTypeId.UNION,
  DuckDBTypeId.VARIANT,
]);

export function cellKind({ typeId }: DuckDBType): CellKind {
  if (typeId === DuckDBTypeId.BOOLEAN) return 'boolean';
  if (numbers.has(typeId)) return 'number';
  if (integers.has(typeId)) return 'integer';
  if (timestamps.has(typeId)) return 'timestamp';
  return nested.has(typeId) ? 'json' : 'text';
}

function micros(value: DuckDBValue): bigint | null {
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) return value.micros;
  if (value instanceof DuckDBTimestampMillisecondsValue) return value.millis * 1_000n;
  if (value instanceof DuckDBTimestampSecondsValue) return value.seconds * 1_000_000n;
  return value instanceof DuckDBTimestampNanosecondsValue ? value.nanos / 1_000n : null;
}

function text(value: DuckDBValue): string {
  return value instanceof DuckDBBlobValue ? Buffer.from(value.bytes).toString('hex') : String(value);
}

function scalar(value: DuckDBValue, kind: CellKind): Cell {
  if (value === null) return null;
  if (kind === 'timestamp') return micros(value);
  if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'bigint') return value;
  return text(value);
}

/** The rows of a chunk of a result with these columns. */
export function chunkRows(chunk: DuckDBDataChunk, columns: readonly ResultColumn[]): Row[] {
  const cells = columns.map(({ kind }, i): readonly Cell[] =>
    kind === 'json'
      ? chunk.convertColumnValues<Json>(i, JsonDuckDBValueConverter)
      : chunk.getColumnValues(i).map((value) => scalar(value, kind)),
  );
  return Array.from({ length: chunk.rowCount }, (_, row) => cells.map((column) => column[row] ?? null));
}

/** `2023-06-22T10:00:00.123456Z` for microseconds since 1970 UTC. */
export function isoMicros(value: bigint): string {
  const millis = value / 1_000n - (value % 1_000n < 0n ? 1n : 0n);
  const date = new Date(Number(millis));
  // Beyond JavaScript's calendar, as DuckDB's infinity.
  if (Number.isNaN(date.getTime())) return value > 0n ? 'infinity' : '-infinity';
  return date.toISOString().replace('Z', `${String(value - millis * 1_000n).padStart(3, '0')}Z`);
}
