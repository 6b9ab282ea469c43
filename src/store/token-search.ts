import type { DuckDBConnection } from '@duckdb/node-api';
import { filesOf, type SegmentFile } from './commit.ts';
import { logRelation } from './log-relation.ts';
import type { Manifest } from './manifest.ts';
import { filesRelation } from './parquet-relation.ts';
import { rollupSpecs } from './rollup-columns.ts';
import type { StoredRows } from './views.ts';

/** First and last of some unsigned 64-bit numbers. */
export interface Span {
  readonly first: bigint;
  readonly last: bigint;
}

/** Which tokens are wanted; each of the three finds tokens of its own. */
export interface TokenSearch {
  /** By the first 64 bits of the hash of the signature. */
  readonly hashed: Span | null;
  /** By the fingerprint, where the log has no hash. */
  readonly unhashed: Span | null;
  /** By the fingerprint, hash or not. Rollups are not sorted by it: this reads one column of each. */
  readonly fingerprint: bigint | null;
}

/** Where rows of some tokens are: a condition on them, and the segments that have any. */
interface Place {
  readonly condition: string;
  readonly segments: readonly SegmentFile[];
}

function conditions({ hashed, unhashed, fingerprint }: TokenSearch): string[] {
  const within = (column: string, { first, last }: Span) => `${column} BETWEEN ${first}::UBIGINT AND ${last}::UBIGINT`;
  return [
    ...(hashed === null ? [] : [within('token', hashed)]),
    ...(unhashed === null ? [] : [`token IS NULL AND ${within('token_fingerprint', unhashed)}`]),
    ...(fingerprint === null ? [] : [`token_fingerprint = ${fingerprint}::UBIGINT`]),
  ];
}

function rollupRelation(dataDir: string, segments: readonly SegmentFile[], virtual: readonly string[] = []): string {
  const paths = segments.map(({ rollupPath }) => rollupPath);
  return filesRelation(dataDir, paths, rollupSpecs, virtual);
}

/**
 * Looks tokens up in the rollups, which are a small part of the log and sorted by token: a file without any of them costs
 * its footer. Each condition is asked alone, as DuckDB skips row groups by an AND but not by an OR.
 */
async function findPlaces(
  connection: DuckDBConnection,
  dataDir: string,
  segments: readonly SegmentFile[],
  search: TokenSearch,
): Promise<Place[]> {
  const rollups = rollupRelation(dataDir, segments, ['file_index']);
  const places: Place[] = [];
  if (segments.length === 0) return places;
  for (const condition of conditions(search)) {
    const reader = await connection.runAndReadAll(`SELECT DISTINCT file_index FROM ${rollups} WHERE ${condition}`);
    const hits = new Set(reader.getRows().map(([index]) => Number(index)));
    if (hits.size > 0) places.push({ condition, segments: segments.filter((_, index) => hits.has(index)) });
  }
  return places;
}

/** The part of a snapshot that has rows of the tokens: its segments, and FROM clauses of just these rows. */
export interface TokenPart extends StoredRows {
  readonly segments: readonly SegmentFile[];
}

/** The part of a snapshot in which the tokens were used. */
export async function findTokens(
  connection: DuckDBConnection,
  dataDir: string,
  { segments }: Manifest,
  search: TokenSearch,
): Promise<TokenPart> {
  const places = await findPlaces(connection, dataDir, segments, search);
  const rowsOf = (relationOf: (segments: readonly SegmentFile[]) => string) => {
    const parts = places.map((place, index) => {
      // A row that two conditions name must come once.
      const before = places.slice(0, index).map(({ condition }) => ` AND NOT coalesce(${condition}, false)`);
      return `SELECT * FROM ${relationOf(place.segments)} WHERE ${place.condition}${before.join('')}`;
    });
    return parts.length === 0 ? relationOf([]) : `(${parts.join(' UNION ALL BY NAME ')})`;
  };
  const found = new Set(places.flatMap((place) => place.segments.flatMap(filesOf)));
  return {
    segments: segments.filter(({ path }) => found.has(path)),
    log: rowsOf((files) => logRelation(dataDir, files)),
    rollup: rowsOf((files) => rollupRelation(dataDir, files)),
  };
}
