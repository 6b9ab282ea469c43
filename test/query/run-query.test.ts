import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Row } from '../../src/query/cell.ts';
import { type QueryOptions, runQuery } from '../../src/query/run-query.ts';
import { lakeOf } from './lake-of.ts';

let dataDir: string;
const limits = { timeoutMs: 40_000, rowsMax: 0, memoryMbMax: 256, tempMbMax: 64, threads: 1 };
const never = new AbortController().signal;

beforeAll(async () => {
  const rows = Array.from({ length: 5_000 }, (_, i) => ({ object_key: `/models/c/${i}`, duration_ms: i }));
  dataDir = await lakeOf(rows);
});
afterAll(() => rmSync(dataDir, { recursive: true }));

async function rowsOf(sql: string, options: Partial<QueryOptions> = {}) {
  const result = await runQuery(sql, { dataDir, limits, signal: never, ...options });
  const rows: Row[] = [];
  for await (const batch of result.batches) rows.push(...batch);
  return { columns: result.columns, rows, truncated: result.truncated() };
}

describe('runQuery', () => {
  it('reads the views in another process, values intact', async () => {
    const { columns, rows } = await rowsOf(
      `SELECT count(*) AS n, min(time) AS first, sum(duration_ms) AS total, NULL AS nothing, [1] AS list,
         uuid '00112233-4455-6677-8899-aabbccddeeff' AS id, 18446744073709551615::UBIGINT AS big FROM storage_log`,
    );
    expect(columns.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'n integer',
      'first timestamp',
      'total number',
      'nothing number',
      'list json',
      'id text',
      'big integer',
    ]);
    expect(rows).toEqual([
      [5_000n, 1_767_225_600_000_000n, 12_497_500, null, [1], '00112233-4455-6677-8899-aabbccddeeff', 2n ** 64n - 1n],
    ]);
  });

  it('says that its process cannot be started', async () => {
    const { execPath } = process;
    onTestFinished(() => {
      process.execPath = execPath;
    });
    process.execPath = join(dataDir, 'no-such-program');
    await expect(rowsOf('FROM storage_log')).rejects.toMatchObject({
      code: 'QUERY_FAILED',
      message: expect.stringContaining('could not be started'),
    });
  });

  it('streams every row in order', async () => {
    const { rows, truncated } = await rowsOf('SELECT duration_ms FROM storage_log ORDER BY 1');
    expect(rows.map(([cell]) => cell)).toEqual(Array.from({ length: 5_000 }, (_, i) => i));
    expect(truncated).toBe(false);
  });

  it('stops at the row limit and says that there were more', async () => {
    const limited = { ...limits, rowsMax: 3_000 };
    expect(await rowsOf('FROM storage_log', { limits: limited })).toMatchObject({ truncated: true });
    expect((await rowsOf('FROM storage_log', { limits: limited })).rows).toHaveLength(3_000);
    expect(await rowsOf('FROM storage_log LIMIT 3000', { limits: limited })).toMatchObject({ truncated: false });
  });

  it('rejects what is no query of the views, before anything runs', async () => {
    await expect(rowsOf(`COPY storage_log TO '${dataDir}/lake/x.csv'`)).rejects.toMatchObject({
      code: 'QUERY_REJECTED',
    });
    await expect(rowsOf('SELECT * FROM nothing')).rejects.toThrow(/there are .*storage_log/);
  });

  it('gives the SQL error of a query that fails, without the paths of this machine', async () => {
    const error = await rowsOf('SELECT no_such_column FROM storage_log').catch((reason) => reason);
    expect(error).toMatchObject({ code: 'QUERY_FAILED' });
    expect(error.message).toContain('no_such_column');
    expect(error.message).not.toContain(dataDir);
  });

  it('shows no path of this machine in a plan', async () => {
    const sql = 'SELECT count(*) FROM storage_log WHERE duration_ms > 5';
    expect(JSON.stringify((await rowsOf(`EXPLAIN ${sql}`)).rows)).not.toContain(dataDir);
    await expect(rowsOf(`EXPLAIN ANALYZE ${sql}`)).rejects.toMatchObject({ code: 'QUERY_REJECTED' });
  });

  it('stops a query at its deadline', async () => {
    const sql = 'SELECT count(*) FROM range(1000000) a, range(1000000) b, range(1000) c';
    await expect(rowsOf(sql, { limits: { ...limits, timeoutMs: 1_000 } })).rejects.toThrow('stopped after 1 s');
  });

  it('stops a recursion without end at its deadline', async () => {
    const sql = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n';
    const outcome = await rowsOf(sql, { limits: { ...limits, timeoutMs: 1_000 } }).catch((error) => error.code);
    expect(outcome).toBe('QUERY_FAILED');
  });

  it('stops a text that escapes the memory limit of DuckDB', async () => {
    await expect(rowsOf("SELECT length(repeat('x', 4_000_000_000))")).rejects.toThrow(
      /needed more than 256 MB|out of memory/,
    );
  });

  it('stops a list that outgrows its memory', async () => {
    await expect(rowsOf('SELECT list(i) FROM range(1000000000) t(i)')).rejects.toMatchObject({ code: 'QUERY_FAILED' });
  });

  it('writes Parquet to the file named by us and nowhere else', async () => {
    const parquetPath = join(dataDir, 'result.parquet');
    expect((await rowsOf('SELECT object_key FROM storage_log; ', { parquetPath })).columns).toHaveLength(1);
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const reader = await connection.runAndReadAll(`SELECT count(*), min(object_key) FROM '${parquetPath}'`);
    expect(reader.getRows()).toEqual([[5_000n, '/models/c/0']]);
    expect(readFileSync(parquetPath).subarray(0, 4).toString()).toBe('PAR1');
  });

  it('sees nothing of our environment', async () => {
    process.env['SASWATCH_TEST_SECRET'] = 'not for queries';
    const outcome = await rowsOf("SELECT getenv('SASWATCH_TEST_SECRET')").catch((error) => error.message);
    delete process.env['SASWATCH_TEST_SECRET'];
    expect(outcome).toContain('getenv() cannot be used here');
  });

  it('ends when its signal aborts', async () => {
    const controller = new AbortController();
    const sql = 'SELECT count(*) FROM range(1000000) a, range(1000000) b, range(1000) c';
    const outcome = rowsOf(sql, { signal: controller.signal }).catch((error) => error);
    controller.abort();
    expect(await outcome).toMatchObject({ name: 'AbortError' });
  });

  it('ends its process and removes its folder when the reader leaves early', async () => {
    const temporary = mkdtempSync(join(tmpdir(), 'saswatch-early-'));
    vi.stubEnv('TMPDIR', temporary);
    try {
      const { batches } = await runQuery('FROM storage_log', { dataDir, limits, signal: never });
      for await (const _ of batches) {
        expect(readdirSync(temporary)).toHaveLength(1);
        break;
      }
      expect(readdirSync(temporary)).toEqual([]);
    } finally {
      vi.unstubAllEnvs();
      rmSync(temporary, { recursive: true });
    }
  });

  it('says when there is no data folder', async () => {
    await expect(rowsOf('SELECT 1', { dataDir: '/nonexistent/lake' })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
  });
});
