import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkQuery } from '../../src/query/guard.ts';
import { lockConnection } from '../../src/query/sandbox.ts';

const folder = mkdtempSync(join(tmpdir(), 'saswatch-guard-'));
const secret = join(folder, 'secret.csv');
const views = ['storage_log', 'tokens'];
let connection: DuckDBConnection;

/** A connection as the query process has it: views over files of one folder, then locked. */
async function openLocked(): Promise<DuckDBConnection> {
  const lake = join(folder, 'lake');
  mkdirSync(lake);
  const instance = await DuckDBInstance.create(':memory:');
  const opened = await instance.connect();
  await opened.run(`COPY (SELECT i, 'GetBlob' AS operation_name FROM range(10) t(i)) TO '${lake}/a.parquet'`);
  for (const view of views) await opened.run(`CREATE VIEW ${view} AS FROM read_parquet(['${lake}/a.parquet'])`);
  await lockConnection(opened, {
    folders: [lake],
    outPath: null,
    tempDir: join(folder, 'tmp'),
    limits: { timeoutMs: 1000, rowsMax: 10, memoryMbMax: 256, tempMbMax: 64, threads: 1 },
  });
  return opened;
}

beforeAll(async () => {
  writeFileSync(secret, 'a\n1\n');
  connection = await openLocked();
});
afterAll(() => rmSync(folder, { recursive: true }));

const accepted = [
  'SELECT * FROM storage_log',
  'select * from main.storage_log;',
  'FROM Tokens',
  'TABLE tokens',
  'VALUES (1), (2)',
  'DESCRIBE storage_log',
  'SUMMARIZE storage_log',
  'SHOW TABLES',
  'SHOW storage_log',
  'EXPLAIN SELECT * FROM storage_log',
  '-- who\n/* what */ explain SELECT 1',
  'WITH busy AS (SELECT * FROM storage_log) SELECT count(*) FROM busy, range(3)',
  'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT * FROM n',
  "SELECT * FROM storage_log WHERE operation_name = 'COPY x TO y; DROP TABLE z'",
  'SELECT * FROM (PIVOT storage_log ON operation_name IN (GetBlob) USING count(*))',
  'SELECT table_name FROM information_schema.tables',
  "SELECT unnest([1, 2]), regexp_matches('aaaaaaaaaaaaaaaaaaaaaaaaaaaab', '(a+)+$')",
  'SELECT a.i FROM storage_log a JOIN tokens b USING (i) WHERE EXISTS (SELECT 1 FROM tokens)',
];

/** Everything scale-tested as an attack, and its relatives. */
const attacks = [
  "SELECT * FROM read_text('/etc/passwd')",
  "SELECT * FROM read_blob('/etc/passwd')",
  `SELECT * FROM read_csv('${secret}')`,
  `SELECT * FROM '${secret}'`,
  `SELECT * FROM "${secret}"`,
  "SELECT * FROM glob('/etc/*')",
  `SELECT * FROM read_parquet('${folder}/../../etc/x.parquet')`,
  `SELECT * FROM parquet_metadata('${folder}/lake/a.parquet')`,
  `SELECT * FROM sniff_csv('${secret}')`,
  "SELECT * FROM 'https://192.0.2.1/x.parquet'",
  `ATTACH '${folder}/x.duckdb'`,
  'DETACH memory',
  'LOAD httpfs',
  'INSTALL httpfs',
  'SET threads = 8',
  'RESET memory_limit',
  'SET VARIABLE x = 1',
  'INSERT INTO storage_log VALUES (1)',
  'DROP VIEW storage_log',
  'CREATE TABLE x AS SELECT 1',
  'CREATE TEMP TABLE x AS SELECT 1',
  'CREATE MACRO f() AS 1',
  'CREATE SECRET s (TYPE s3)',
  `COPY storage_log TO '${folder}/out.csv'`,
  `COPY (SELECT 1) TO '${folder}/lake/a.parquet'`,
  `EXPORT DATABASE '${folder}/dump'`,
  `IMPORT DATABASE '${folder}/dump'`,
  'PRAGMA database_list',
  'PRAGMA enable_profiling',
  'SELECT * FROM pragma_database_list()',
  'SELECT * FROM pragma_database_list',
  'SELECT * FROM duckdb_settings()',
  'SELECT * FROM duckdb_settings',
  'SELECT sql FROM duckdb_views()',
  'SELECT sql FROM duckdb_views',
  'SELECT * FROM duckdb_secrets()',
  'SELECT * FROM sqlite_master',
  'SELECT * FROM pg_catalog.pg_views',
  'SELECT * FROM information_schema.schemata',
  'WITH a AS (WITH duckdb_views AS (SELECT 1) FROM duckdb_views) SELECT * FROM duckdb_views, a',
  'SHOW DATABASES',
  'SHOW ALL TABLES',
  "SELECT current_setting('allowed_directories')",
  "SELECT getenv('HOME')",
  "SELECT * FROM query('SELECT 1')",
  "SELECT * FROM query_table('duckdb_settings')",
  "SELECT write_log('x')",
  'CALL duckdb_settings()',
  'CALL force_checkpoint()',
  'SELECT 1; SELECT 2',
  "SELECT 1; COPY (SELECT 1) TO 'x'",
  "EXPLAIN COPY (SELECT 1) TO 'x'",
  "EXPLAIN ANALYZE COPY (SELECT 1) TO 'x'",
  "SELECT 1) TO 'x' --",
  'SELECT 1 /*',
  "PREPARE p AS COPY (SELECT 1) TO 'x'",
  'EXECUTE p',
  'CHECKPOINT',
  'VACUUM',
  'BEGIN',
  'WITH a AS (INSERT INTO x VALUES (1) RETURNING *) SELECT * FROM a',
  '',
  '-- nothing',
  'SELECT FROM WHERE',
];

describe('checkQuery', () => {
  it.each(accepted)('lets pass and DuckDB runs: %s', async (sql) => {
    await expect(checkQuery(connection, sql, views)).resolves.toBeUndefined();
    await expect(connection.runAndReadAll(sql)).resolves.toBeDefined();
  });

  it.each(attacks)('rejects: %s', async (sql) => {
    await expect(checkQuery(connection, sql, views)).rejects.toMatchObject({ code: 'QUERY_REJECTED' });
  });

  it('names the views when there is no such table', async () => {
    await expect(checkQuery(connection, 'SELECT * FROM storage_logs', views)).rejects.toThrow(
      'there is no table "storage_logs"; there are storage_log, tokens',
    );
  });

  it('rejects every table function and table it does not know, whatever DuckDB offers', async () => {
    const reader = await connection.runAndReadAll(
      "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type IN ('table', 'table_macro', 'pragma')",
    );
    const names = reader.getRows().map(([name]) => String(name));
    expect(names.length).toBeGreaterThan(50);
    const passed: string[] = [];
    for (const name of names) {
      const outcome = await checkQuery(connection, `SELECT * FROM "${name}"('x')`, views).catch(() => 'rejected');
      if (outcome !== 'rejected') passed.push(name);
    }
    expect(passed.sort()).toEqual(['generate_series', 'json_each', 'json_tree', 'range', 'unnest']);
  });

  it('survives a tree as deep as the parser allows', async () => {
    const sql = `SELECT ${'('.repeat(900)}1${')'.repeat(900)}`;
    await expect(checkQuery(connection, sql, views).catch((error: Error) => error.name)).resolves.not.toBe(
      'RangeError',
    );
  });

  it('rejects a text longer than it will parse', async () => {
    await expect(checkQuery(connection, `SELECT '${'x'.repeat(300_000)}'`, views)).rejects.toThrow('longer than');
  });

  it('never lets a quoted file name pass for a table', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1 }), async (name) => {
        const sql = `SELECT * FROM "${name.replaceAll('"', '""')}.parquet"`;
        const outcome = await checkQuery(connection, sql, views).catch((error) => error.code);
        expect(outcome).toBe('QUERY_REJECTED');
      }),
      { numRuns: 50 },
    );
  });
});

describe('lockConnection', () => {
  const beyondTheGuard = [
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM glob('/etc/*')",
    `SELECT * FROM read_csv('${secret}')`,
    `SELECT * FROM read_csv('${folder}/lake/../secret.csv')`,
    `COPY (SELECT 1) TO '${folder}/out.csv'`,
    `EXPORT DATABASE '${folder}/dump'`,
    `ATTACH '${folder}/x.duckdb'`,
    'LOAD httpfs',
    'SET threads = 8',
    'SET enable_external_access = true',
    'SET lock_configuration = false',
    'RESET memory_limit',
  ];

  it.each(beyondTheGuard)('refuses even what the guard would have stopped: %s', async (sql) => {
    const before = readdirSync(folder);
    await expect(connection.run(sql)).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(before);
  });

  it('stops a list that outgrows its memory', async () => {
    await expect(connection.run('SELECT list(i) FROM range(1_000_000_000) t(i)')).rejects.toThrow('Out of Memory');
  });
});
