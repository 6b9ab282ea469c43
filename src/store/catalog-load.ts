import type { DuckDBConnection } from '@duckdb/node-api';
import { z } from 'zod';
import { CatalogState } from './catalog-state.ts';
import { readFindings } from './finding-table.ts';
import { readReplacements } from './replacement.ts';

const bigText = z.string().transform(BigInt);
const numberText = z.string().transform(Number);
const optionalText = z.string().nullable();

const segmentRow = z.tuple([z.string(), z.string(), optionalText, numberText, numberText, bigText, bigText]);
const digestRow = z.tuple([optionalText, optionalText, optionalText]);
const rangeRow = z.tuple([z.string(), z.string(), bigText, bigText, optionalText]);
const commitRow = z.tuple([numberText, numberText, numberText, optionalText, numberText]);

async function rows<T>(connection: DuckDBConnection, schema: z.ZodType<T>, sql: string): Promise<T[]> {
  return z.array(schema).parse((await connection.runAndReadAll(sql)).getRowsJson());
}

/**
 * Reads the whole state from the tables.
 *
 * @param since files given up earlier are forgotten.
 */
export async function loadState(connection: DuckDBConnection, since: Date): Promise<CatalogState> {
  const state = new CatalogState();
  const files = await rows(
    connection,
    z
      .array(z.unknown())
      .transform((row) => [segmentRow.parse(row.slice(0, 7)), digestRow.parse(row.slice(7))] as const),
    `SELECT path, rollup_path, sas_path, row_count::VARCHAR, bytes::VARCHAR, epoch_us(min_time)::VARCHAR,
      epoch_us(max_time)::VARCHAR, sha256, rollup_sha256, sas_sha256 FROM segment ANTI JOIN removed USING (path) ORDER BY segment.rowid`,
  );
  for (const [[path, rollupPath, sasPath, rowCount, bytes, minTime, maxTime], [log, rollup, sas]] of files) {
    const digests = log === null || rollup === null ? {} : { digests: { log, rollup, sas } };
    state.segments.set(path, { path, rollupPath, sasPath, rows: rowCount, bytes, minTime, maxTime, ...digests });
  }
  await loadReplacements(connection, state, since);
  const range = (columns: string, table: string) =>
    rows(
      connection,
      rangeRow,
      `SELECT source, partition, from_offset::VARCHAR, to_offset::VARCHAR, ${columns} FROM ${table} ORDER BY rowid`,
    );
  for (const [source, partition, from, to, token] of await range('token', 'position')) {
    state.positions.advance({ source, partition, from, to, ...(token === null ? {} : { token }) });
  }
  for (const [source, partition, from, to] of await range('NULL', 'hole')) {
    state.holes.push({ source, partition, from, to });
  }
  const commits = await rows(
    connection,
    commitRow,
    `SELECT row_count::VARCHAR, bytes::VARCHAR, deliveries::VARCHAR, quarantine_path, quarantined::VARCHAR
      FROM commit_log ORDER BY rowid`,
  );
  for (const [rowCount, bytes, deliveries, quarantinePath, quarantined] of commits) {
    state.counters.commits += 1;
    state.counters.rows += rowCount;
    state.counters.bytes += bytes;
    state.counters.deliveries += deliveries;
    state.counters.quarantined += quarantined;
    if (quarantinePath !== null) state.quarantinePaths.add(quarantinePath);
  }
  for (const finding of await readFindings(connection)) state.findings.set(finding.id, finding);
  const [span] = await rows(
    connection,
    z.tuple([bigText.nullable(), bigText.nullable()]),
    `SELECT epoch_us(min(min_time))::VARCHAR, epoch_us(max(max_time))::VARCHAR FROM segment
      WHERE version > (SELECT coalesce(max(version), 0) FROM judgement)`,
  );
  const [first = null, last = null] = span ?? [];
  state.unjudged = first === null || last === null ? null : { first, last };
  const versions = await rows(
    connection,
    z.tuple([numberText]),
    `SELECT coalesce(max(version), 0)::VARCHAR FROM (SELECT version FROM commit_log UNION ALL SELECT version FROM finding
      UNION ALL SELECT version FROM replacement)`,
  );
  state.version = versions[0]?.[0] ?? 0;
  return state;
}

async function loadReplacements(connection: DuckDBConnection, state: CatalogState, since: Date): Promise<void> {
  const { hourFiles, sasFiles, tokenFiles, removed, chain, duplicates } = await readReplacements(connection, since);
  for (const file of hourFiles) state.segments.set(file.path, file);
  for (const file of sasFiles) state.sasFiles.set(file.path, file);
  for (const file of tokenFiles) state.tokenFiles.set(file.path, file);
  state.removed.push(...removed);
  state.chain = chain;
  state.counters.duplicates = duplicates;
}
