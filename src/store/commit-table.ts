import type { DuckDBConnection } from '@duckdb/node-api';
import { z } from 'zod';
import { BIGINT, DuckDBTimestampValue, TIMESTAMP, UBIGINT, VARCHAR } from '../core/duckdb.ts';
import { type Partition, type PositionRange, type ReadStretch, sourceId } from '../core/position.ts';
import { appendRows } from './append-rows.ts';
import type { Commit } from './commit.ts';

/** Appends the rows of one commit; the caller holds the transaction. */
export async function insertCommit(
  connection: DuckDBConnection,
  version: number,
  commit: Commit,
  details: { at: Date; holes: readonly PositionRange[]; newSources: readonly Partition[] },
): Promise<void> {
  const at = new DuckDBTimestampValue(BigInt(details.at.getTime()) * 1000n);
  for (const file of commit.segments) {
    await connection.run('INSERT INTO segment VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)', [
      version,
      file.path,
      file.rollupPath,
      file.sasPath,
      file.rows,
      file.bytes,
      new DuckDBTimestampValue(file.minTime),
      new DuckDBTimestampValue(file.maxTime),
      file.digests?.log ?? null,
      file.digests?.rollup ?? null,
      file.digests?.sas ?? null,
    ]);
  }
  const key = BigInt(version);
  await appendRows(
    connection,
    'position',
    [UBIGINT, VARCHAR, VARCHAR, BIGINT, BIGINT, VARCHAR],
    commit.ranges.map(({ source, partition, from, to, token }) => [key, source, partition, from, to, token ?? null]),
  );
  await appendRows(
    connection,
    'source',
    [UBIGINT, VARCHAR, VARCHAR, TIMESTAMP],
    details.newSources.map(({ source, partition }) => [sourceId({ source, partition }), source, partition, at]),
  );
  await appendRows(
    connection,
    'hole',
    [UBIGINT, VARCHAR, VARCHAR, BIGINT, BIGINT],
    details.holes.map(({ source, partition, from, to }) => [key, source, partition, from, to]),
  );
  await appendRows(
    connection,
    'stretch_read',
    [UBIGINT, VARCHAR, VARCHAR, BIGINT, BIGINT, VARCHAR],
    (commit.read ?? []).map(({ source, partition, first, next, sha256 }) => {
      return [key, source, partition, first, next, sha256];
    }),
  );
  const rowCount = commit.segments.reduce((sum, file) => sum + file.rows, 0);
  const bytes = commit.segments.reduce((sum, file) => sum + file.bytes, 0);
  await connection.run('INSERT INTO commit_log VALUES ($1, $2, $3, $4, $5, $6, $7, $8)', [
    version,
    at,
    commit.segments.length,
    rowCount,
    bytes,
    commit.deliveries ?? 0,
    commit.quarantinePath,
    commit.quarantined,
  ]);
}

const bigText = z.string().transform(BigInt);
const stretchRow = z.tuple([z.string(), z.string(), bigText, bigText, z.string()]);

/** What has been read and hashed, by partition and first byte. */
export async function loadStretches(connection: DuckDBConnection): Promise<ReadStretch[]> {
  const reader = await connection.runAndReadAll(
    `SELECT source, partition, first_byte::VARCHAR, arg_max(next_byte, version)::VARCHAR, arg_max(sha256, version)
      FROM stretch_read GROUP BY source, partition, first_byte ORDER BY source, partition, first_byte`,
  );
  const stretches = z.array(stretchRow).parse(reader.getRowsJson());
  return stretches.map(([source, partition, first, next, sha256]) => ({ source, partition, first, next, sha256 }));
}
