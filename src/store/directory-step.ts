import type { DuckDBConnection } from '@duckdb/node-api';
import { type StepResult, stagedPath } from './compaction-step.ts';
import { countRows } from './count-rows.ts';
import { durable } from './durable-file.ts';
import { hourFileOptions } from './hour-copy.ts';
import { filesRelation } from './parquet-relation.ts';
import { storedRollup } from './rollup-relation.ts';
import { literal } from './segment-writer.ts';
import { type DirectoryStep, tokenFileSpecs } from './token-directory.ts';

export interface DirectoryRequest {
  readonly dataDir: string;
  /** Folder for the new file, absolute and of this step alone. */
  readonly folder: string;
  /** Number that names the new file; of no step before. */
  readonly number: number;
  readonly directory: DirectoryStep;
  /** Paths of the hour files that count: what else directories cover is left out. */
  readonly counting: ReadonlySet<string>;
}

/** Writes a directory of the tokens of some hour files, from their rollups and from directories; none if no file is left. */
export async function runDirectoryStep(connection: DuckDBConnection, request: DirectoryRequest): Promise<StepResult> {
  const { dataDir, folder, number, directory, counting } = request;
  const covers = directory.hourFiles.map(({ path }) => path);
  const parts: string[] = [];
  if (covers.length > 0) {
    parts.push(
      `SELECT DISTINCT token, token_fingerprint, file_index::UINTEGER AS file
        FROM ${storedRollup(dataDir, directory.hourFiles, ['file_index'])}`,
    );
  }
  for (const each of directory.directories) {
    const places = each.covers.map((path) => (counting.has(path) ? covers.push(path) - 1 : null));
    parts.push(
      `SELECT token, token_fingerprint, ([${places.map((place) => place ?? 'NULL').join(', ')}]::UINTEGER[])[file + 1] AS file
        FROM ${filesRelation(dataDir, [each.path], tokenFileSpecs)}`,
    );
  }
  const nothing = { added: [], sasAdded: [], merged: [], duplicates: 0 };
  if (covers.length === 0) return { ...nothing, tokenFile: null };
  const path = `lake/token/${number}.parquet`;
  const staged = stagedPath(folder, path);
  await connection.run(
    `COPY (FROM (${parts.join(' UNION ALL ')})
      WHERE file IS NOT NULL AND (token IS NOT NULL OR token_fingerprint IS NOT NULL)
      ORDER BY token, token_fingerprint, file) TO ${literal(staged)} (${hourFileOptions})`,
  );
  const { sha256 } = await durable(staged);
  const rows = await countRows(connection, `read_parquet(${literal(staged)})`);
  return { ...nothing, tokenFile: { path, rows, sha256, covers } };
}
