import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { PositionRange } from '../core/position.ts';
import type { CatalogState } from './catalog-state.ts';
import { isHourFile } from './commit.ts';
import { insertCommit } from './commit-table.ts';
import type { Manifest } from './manifest.ts';
import { insertReplacement } from './replacement.ts';

/** Items of one list whose path another lacks. */
function beyond<T extends { readonly path: string }>(items: Iterable<T>, others: Iterable<string>): T[] {
  const known = new Set(others);
  return [...items].filter(({ path }) => !known.has(path));
}

/**
 * Writes to the tables what a manifest has and the state lacks: the manifest is as durable as the catalog and written later.
 * The caller holds the transaction.
 *
 * @returns how many segments and hour files that were.
 */
export async function restoreFrom(
  connection: DuckDBConnection,
  dataDir: string,
  { manifest, state, at }: { readonly manifest: Manifest; readonly state: CatalogState; readonly at: Date },
): Promise<number> {
  const { version, findingsPath } = manifest;
  const pathsOf = (files: readonly { readonly path: string }[]) => files.map(({ path }) => path);
  const lost = beyond(manifest.segments, state.segments.keys());
  const ranges: PositionRange[] = manifest.sources.map(({ source, partition, offset, token }) => ({
    source,
    partition,
    from: offset,
    to: offset,
    ...(token === undefined ? {} : { token }),
  }));
  const segments = lost.filter((file) => !isHourFile(file));
  await insertCommit(
    connection,
    version,
    { ranges, segments, quarantinePath: null, quarantined: 0 },
    {
      at,
      holes: manifest.holes.slice(state.holes.length),
      newSources: ranges.filter((range) => !state.positions.has(range)),
    },
  );
  const replacement = {
    reason: 'compacted' as const,
    removed: beyond(state.segments.values(), pathsOf(manifest.segments)),
    added: lost.filter(isHourFile),
    sasRemoved: beyond(state.sasFiles.values(), pathsOf(manifest.sasFiles)),
    sasAdded: beyond(manifest.sasFiles, state.sasFiles.keys()),
    tokenRemoved: beyond(state.tokenFiles.values(), pathsOf(manifest.tokenFiles)),
    tokenAdded: beyond(manifest.tokenFiles, state.tokenFiles.keys()),
    duplicates: Math.max(0, manifest.counters.duplicates - state.counters.duplicates),
  };
  const { removed, added, tokenRemoved, tokenAdded } = replacement;
  if (removed.length + added.length + tokenRemoved.length + tokenAdded.length > 0) {
    await insertReplacement(connection, { version, at }, replacement);
  }
  if (findingsPath !== null) {
    await connection.run('INSERT INTO finding BY NAME SELECT $version AS version, f.* FROM read_parquet($path) f', {
      version,
      path: join(dataDir, findingsPath),
    });
  }
  return lost.length;
}
