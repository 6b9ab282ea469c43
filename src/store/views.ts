import { join, resolve } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { columns } from '../core/columns.ts';
import { BIGINT, DuckDBDataChunk, UBIGINT, VARCHAR } from '../core/duckdb.ts';
import { sasParameters } from '../core/sas.ts';
import { entityMacros, entityViews, logRow, tokenViews } from './entity-views.ts';
import { findingColumns } from './finding-table.ts';
import { logAnalyticsViews } from './log-analytics-views.ts';
import { logRelation } from './log-relation.ts';
import type { Manifest } from './manifest.ts';
import { filesRelation } from './parquet-relation.ts';
import { postureMacros, tokenRowsMacro } from './posture-macros.ts';
import { rollupSpecs } from './rollup-columns.ts';
import { rollupRelation } from './rollup-relation.ts';
import { sasSpecs } from './sas-table.ts';
import { literal } from './segment-writer.ts';
import { sketchMacro } from './sketch.ts';

const ipv4 = `((caller_ipv4 >> 24) || '.' || ((caller_ipv4 >> 16) & 255) || '.' || ((caller_ipv4 >> 8) & 255)
  || '.' || (caller_ipv4 & 255))`;

/** A token's name for people: its hash's 32 hexadecimal digits, or its fingerprint's 16 where the log has no hash. */
const tokenId = `coalesce(upper(replace(token_hash::VARCHAR, '-', '')), lpad(to_hex(token_fingerprint), 16, '0'))`;

/** Columns of the view that are put together from several stored ones. */
const madeWhole: Readonly<Record<string, string>> = {
  caller_ip: `coalesce(caller_ip, ${ipv4})`,
  client_request_id: 'coalesce(client_request_id, client_request_uuid::VARCHAR)',
  uri: `coalesce(uri, uri_base || substr(object_key, length(account) + 2) || coalesce('?' || uri_query, ''))`,
};

/** Address and port as the log writes them. */
const callerAddress = `CASE WHEN caller_port IS NULL THEN ${madeWhole['caller_ip']}
  WHEN caller_ip LIKE '%:%' AND NOT starts_with(caller_ip, '[') THEN '[' || caller_ip || ']:' || caller_port
  ELSE ${madeWhole['caller_ip']} || ':' || caller_port END`;

const sasColumns = sasSpecs.filter(({ name }) => name !== 'sas_id').map(({ name }) => name);

function storageLog(relation: string): string {
  const stored = columns.map(({ name }) => `${madeWhole[name] ?? `"${name}"`} AS "${name}"`);
  return `SELECT l.*, ${sasColumns.map((name) => `s."${name}" AS "sas_${name}"`).join(', ')}
    FROM (SELECT ${stored.join(', ')}, ${callerAddress} AS caller_address, ${tokenId} AS token_id FROM ${relation}) l
    LEFT JOIN sas s USING (sas_id)`;
}

const summed = rollupSpecs
  .filter(({ type }) => type === 'uint32' || type === 'int64')
  .map(({ name }) => name)
  .filter((name) => name !== 'rows');

const tokens = `SELECT u.token_id, u.accounts, u.auth_type, u.key_name, u.token, u.token_hash, u.token_fingerprint, u.sas_id,
    s.kind AS sas_kind, ${sasParameters.map((name) => `s."${name}" AS "sas_${name}"`).join(', ')},
    s.st_time AS starts, s.se_time AS expires, u.* EXCLUDE (token_id, accounts, auth_type, key_name, token, token_hash,
      token_fingerprint, sas_id)
  FROM (
    SELECT ${tokenId} AS token_id, list(DISTINCT account ORDER BY account) AS accounts,
      arg_max(auth_type, max_time) AS auth_type, arg_max(key_name, max_time) AS key_name,
      any_value(token) AS token, any_value(token_hash) AS token_hash,
      any_value(token_fingerprint) AS token_fingerprint, arg_max(sas_id, max_time) AS sas_id,
      min(min_time) AS first_seen, max(max_time) AS last_seen,
      ${summed.map((name) => `sum("${name}")::BIGINT AS "${name === 'n' ? 'requests' : name}"`).join(', ')},
      distinct_estimate(bit_or(ip_bits::BIT)) AS distinct_ips,
      distinct_estimate(bit_or(network_bits::BIT)) AS distinct_networks,
      distinct_estimate(bit_or(object_bits::BIT)) AS distinct_objects,
      bit_count(bit_or(container_bits))::INTEGER AS distinct_containers
    FROM rollup WHERE token_hash IS NOT NULL OR token_fingerprint IS NOT NULL GROUP BY 1
  ) u LEFT JOIN sas s USING (sas_id)`;

function coverage(relation: string): string {
  return `WITH counted AS (
      SELECT account, category, date_trunc('hour', time) AS hour, count(*) AS rows, min(time) AS first_seen,
        max(time) AS last_seen
      FROM ${relation} GROUP BY ALL),
    hours AS (
      SELECT account, unnest(generate_series(min(hour), max(hour), INTERVAL 1 HOUR)) AS hour FROM counted
      GROUP BY account),
    kinds AS (SELECT DISTINCT account, category FROM counted)
    SELECT account, category, hour, coalesce(rows, 0) AS rows, first_seen, last_seen, rows IS NOT NULL AS has_records
    FROM hours JOIN kinds USING (account) LEFT JOIN counted USING (account, category, hour)`;
}

function findings(dataDir: string, path: string | null): string {
  const none = `SELECT ${findingColumns.map(([name, type]) => `NULL::${type} AS "${name}"`).join(', ')} WHERE false`;
  // A file of an older version has fewer columns.
  return path === null ? none : `${none} UNION ALL BY NAME FROM read_parquet(${literal(join(dataDir, path))})`;
}

async function saveSources(connection: DuckDBConnection, { sources }: Manifest): Promise<void> {
  await connection.run(
    `CREATE TABLE saved_source (source_id UBIGINT, source VARCHAR, partition VARCHAR, "offset" BIGINT, position_token VARCHAR)`,
  );
  const appender = await connection.createAppender('saved_source');
  for (let start = 0; start < sources.length; start += 2048) {
    const part = sources.slice(start, start + 2048);
    const chunk = DuckDBDataChunk.create([UBIGINT, VARCHAR, VARCHAR, BIGINT, VARCHAR], part.length);
    chunk.setColumns([
      part.map(({ sourceId }) => sourceId),
      part.map(({ source }) => source),
      part.map(({ partition }) => partition),
      part.map(({ offset }) => offset),
      part.map(({ token }) => token ?? null),
    ]);
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

/** FROM clauses of stored rows that the views are to show. */
export interface StoredRows {
  readonly log: string;
  readonly rollup: string;
}

/** All rows of some segments, or of a snapshot. */
export function allRows(dataDir: string, { segments }: Pick<Manifest, 'segments'>): StoredRows {
  return { log: logRelation(resolve(dataDir), segments), rollup: rollupRelation(dataDir, segments) };
}

/** A FROM clause over files of SAS parameter sets; a set may stand in several. */
export function sasRelation(dataDir: string, paths: readonly string[]): string {
  return filesRelation(resolve(dataDir), paths, sasSpecs);
}

/** The files of SAS parameter sets of a snapshot. */
export function sasPaths({ segments, sasFiles }: Manifest): string[] {
  return [
    ...sasFiles.map(({ path }) => path),
    ...segments.flatMap(({ sasPath }) => (sasPath === null ? [] : [sasPath])),
  ];
}

/**
 * What a database is told before rules run in it: the macros that they and the views they read use, and that an ASOF join is
 * never a loop over all pairs, which the planner takes for cheap where it expects few rows of a long statement.
 */
export const ruleSetup = ['SET GLOBAL asof_loop_join_threshold = 0', sketchMacro, ...entityMacros] as const;

/** The statements of the views over log rows and rollups; they read the view `sas`. */
export function logViews({ log, rollup }: StoredRows): Readonly<Record<'storage_log' | 'log_row' | 'rollup', string>> {
  return {
    storage_log: storageLog(log),
    log_row: logRow(log, `coalesce(caller_ip, ${ipv4})`, `coalesce(uri, '?' || uri_query)`),
    rollup: `SELECT * FROM ${rollup}`,
  };
}

/**
 * Makes the views of a snapshot on a connection of its own: `storage_log`, `rollup`, `sas`, `tokens`, `findings`,
 * `coverage`, `source` and the Log Analytics names. Without any segment they are empty and have the same columns.
 *
 * @param part rows of some tokens to show, with only the SAS sets that its rollup names and the views that tell of a token:
 * DuckDB plans every view it makes, which is half the time of a lookup. Undefined: everything.
 */
export async function createViews(
  connection: DuckDBConnection,
  dataDir: string,
  manifest: Manifest,
  part?: StoredRows,
): Promise<void> {
  const root = resolve(dataDir);
  const rows = part ?? allRows(root, manifest);
  // Small, and joined by every query over the log: read once, not by each of them.
  await connection.run(
    `CREATE TABLE saved_sas AS SELECT DISTINCT ON (sas_id) * FROM ${sasRelation(dataDir, sasPaths(manifest))}
      ${part === undefined ? '' : `WHERE sas_id IN (SELECT sas_id FROM ${rows.rollup})`}`,
  );
  await saveSources(connection, manifest);
  const views = {
    sas: 'SELECT * FROM saved_sas',
    source: 'SELECT * FROM saved_source',
    ...logViews(rows),
    ...(part === undefined ? entityViews : tokenViews),
    tokens,
    findings: findings(root, manifest.findingsPath),
    ...(part === undefined ? { coverage: coverage(rows.log), ...logAnalyticsViews } : {}),
  };
  await connection.run([...ruleSetup, ...postureMacros].join(';\n'));
  const statements = Object.entries(views).map(([name, sql]) => `CREATE VIEW "${name}" AS ${sql}`);
  await connection.run([...statements, tokenRowsMacro].join(';\n'));
}
