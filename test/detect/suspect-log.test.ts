import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { DuckDBInstance } from '../../src/core/duckdb.ts';
import { limits } from '../../src/core/limits.ts';
import type { LogTokens } from '../../src/detect/log-tokens.ts';
import { SuspectLog } from '../../src/detect/suspect-log.ts';
import { TokenLog } from '../../src/detect/token-log.ts';
import { logRelation } from '../../src/store/log-relation.ts';
import { logViews } from '../../src/store/views.ts';

const dayMicros = 86_400_000_000n;
const range = { since: 3n * dayMicros, until: 6n * dayMicros };
const folder = mkdtempSync(join(tmpdir(), 'saswatch-suspects-'));
const instance = await DuckDBInstance.create(':memory:');
const connection = await instance.connect();
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
  rmSync(folder, { recursive: true });
});

/** Three tokens, one known by its fingerprint, every six hours of six days. */
await connection.run(`COPY (
  SELECT TIMESTAMP '1970-01-01' + to_hours(6 * i::INTEGER) AS time, if(n = 9, NULL, n)::UBIGINT AS token,
    if(n = 9, 9, NULL)::UBIGINT AS token_fingerprint, 'acct' AS account, '/acct/c/' || i AS object_key, 'read' AS operation_class,
    if(i % 2 = 0, 3221225985, NULL)::UINTEGER AS caller_ipv4, if(i % 2 = 0, NULL, '2001:db8::1') AS caller_ip
  FROM range(24) hours(i), (VALUES (7), (8), (9)) numbers(n)) TO '${join(folder, 'log.parquet')}' (FORMAT parquet)`);
await connection.run(`CREATE TABLE sas_use AS SELECT coalesce(token, token_fingerprint) AS token_key, time AS bucket, 1::BIGINT AS n
  FROM '${join(folder, 'log.parquet')}'`);

const stored = `(FROM ${logRelation('', [])} UNION ALL BY NAME FROM '${join(folder, 'log.parquet')}')`;
const tokenLog = new TokenLog(connection);
await tokenLog.create();

const sql = 'SELECT account, object_key, caller_ip FROM log_row';
const asked = { fingerprints: [], since: range.since, days: null };
const readers: readonly LogTokens[] = [
  { ...asked, tokens: [7n], fingerprints: [9n] },
  { ...asked, tokens: [7n, 8n], since: 4n * dayMicros + 1n },
  { ...asked, tokens: [8n], days: [[8n, 3]] },
];
const far: LogTokens = { ...asked, tokens: [8n], since: range.since - 1n };

async function seen(log: LogTokens, rows: string): Promise<string[]> {
  const result = await connection.runAndReadAll(
    `WITH log_row AS (${rows}) SELECT concat_ws(' ', time, token, token_fingerprint, account, object_key, caller_ip) FROM log_row
     WHERE epoch_us(time) >= ${log.since} ORDER BY ALL`,
  );
  return result.getRows().map(([text]) => String(text));
}

async function gathered(asking: readonly LogTokens[], first = sql): Promise<SuspectLog> {
  const suspects = new SuspectLog(connection);
  await connection.run('DROP TABLE IF EXISTS suspect_span');
  await suspects.create();
  const source = { relation: () => stored, run: (statement: string) => connection.runAndReadAll(statement) };
  await suspects.gather(
    asking.map((log, index) => ({ sql: index === 0 ? first : sql, log })),
    range,
    source,
  );
  return suspects;
}

it('has the rows that each reader reads of the files', async () => {
  const suspects = await gathered(readers);
  for (const log of readers) {
    expect(suspects.has(log)).toBe(true);
    const own = suspects.rowsOf(log);
    const rows = await seen(log, log.days === null ? own : await tokenLog.of(log, own));
    expect(rows.length).toBeGreaterThan(3);
    expect(rows).toEqual(await seen(log, await tokenLog.of(log, logViews({ log: stored, rollup: '' }).log_row)));
  }
  const [[count] = []] = (await connection.runAndReadAll('SELECT count(*) FROM suspect_log')).getRows();
  expect(count).toBe(3n * 12n);
});

it('leaves those who read earlier rows, or alone, to the files', async () => {
  const suspects = await gathered([...readers, far]);
  expect([suspects.has(far), suspects.has({ ...asked, tokens: [7n] })]).toEqual([false, false]);
  const [only] = readers;
  const alone = await gathered([...(only === undefined ? [] : [only]), far]);
  expect(readers.some((log) => alone.has(log))).toBe(false);
});

it('leaves those who read the texts of requests to the files', async () => {
  const suspects = await gathered(readers, 'SELECT uri_query FROM log_row');
  expect(readers.map((log) => suspects.has(log))).toEqual([false, true, true]);
});

it('gives its rows up at the end of the run that they were gathered for, and of no other', async () => {
  const suspects = await gathered(readers);
  await suspects.forget([far]);
  expect(readers.map((log) => suspects.has(log))).toEqual([true, true, true]);
  await suspects.forget(readers.slice(1));
  expect(readers.some((log) => suspects.has(log))).toBe(false);
  await expect(connection.run('FROM suspect_log')).rejects.toThrow('suspect_log');
});

it('has none where there are too many', async () => {
  await connection.run(`INSERT INTO sas_use VALUES (7, TIMESTAMP '1970-01-05', ${limits.suspectRows})`);
  const suspects = await gathered(readers);
  expect(readers.some((log) => suspects.has(log))).toBe(false);
});
