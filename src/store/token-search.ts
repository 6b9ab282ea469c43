import type { DuckDBConnection } from '@duckdb/node-api';
import { filesOf, type SegmentFile } from './commit.ts';
import { logRelation } from './log-relation.ts';
import type { Manifest } from './manifest.ts';
import { groupsRelation } from './parquet-relation.ts';
import { rollupRelation, storedRollup } from './rollup-relation.ts';
import { tokenFileSpecs } from './token-directory.ts';
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

/** Parquet files to be searched, and whose rows they tell of. */
interface Searched {
  /** FROM clause with the columns of tokens, `file_index` and `file`. */
  readonly relation: string;
  /** The segment a row is about; undefined if it does not count any more. */
  segmentOf(fileIndex: number, file: number): SegmentFile | undefined;
}

/** The directories of a snapshot, and the rollups of the segments that none covers. */
function searched(dataDir: string, { segments, tokenFiles }: Manifest): Searched[] {
  const byPath = new Map(segments.map((segment) => [segment.path, segment]));
  const covered = new Set(tokenFiles.flatMap(({ covers }) => covers));
  const others = segments.filter(({ path }) => !covered.has(path));
  const paths = tokenFiles.map(({ path }) => path);
  return [
    ...(paths.length === 0
      ? []
      : [
          {
            relation: groupsRelation(dataDir, [{ paths, alike: true }], tokenFileSpecs, ['file_index']),
            segmentOf: (index: number, file: number) => byPath.get(tokenFiles[index]?.covers[file] ?? ''),
          },
        ]),
    ...(others.length === 0
      ? []
      : [
          {
            relation: `(SELECT *, 0 AS file FROM ${storedRollup(dataDir, others, ['file_index'])})`,
            segmentOf: (index: number) => others[index],
          },
        ]),
  ];
}

/**
 * Looks tokens up in directories and rollups, which are a small part of the log and sorted by token: a file without any of
 * them costs its footer. Each condition is asked alone, as DuckDB skips row groups by an AND but not by an OR.
 */
async function findPlaces(
  connection: DuckDBConnection,
  dataDir: string,
  manifest: Manifest,
  search: TokenSearch,
): Promise<Place[]> {
  const sources = searched(dataDir, manifest);
  const places: Place[] = [];
  for (const condition of conditions(search)) {
    const hits = new Set<SegmentFile>();
    for (const { relation, segmentOf } of sources) {
      const reader = await connection.runAndReadAll(
        `SELECT DISTINCT file_index, file FROM ${relation} WHERE ${condition}`,
      );
      for (const [index, file] of reader.getRows()) {
        const segment = segmentOf(Number(index), Number(file));
        if (segment !== undefined) hits.add(segment);
      }
    }
    if (hits.size > 0) places.push({ condition, segments: manifest.segments.filter((each) => hits.has(each)) });
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
  manifest: Manifest,
  search: TokenSearch,
): Promise<TokenPart> {
  const places = await findPlaces(connection, dataDir, manifest, search);
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
    segments: manifest.segments.filter(({ path }) => found.has(path)),
    log: rowsOf((files) => logRelation(dataDir, files)),
    rollup: rowsOf((files) => rollupRelation(dataDir, files)),
  };
}
