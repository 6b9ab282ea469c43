import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { DuckDBInstance } from '../../src/core/duckdb.ts';
import { limits } from '../../src/core/limits.ts';
import type { LogTokens } from '../../src/detect/log-tokens.ts';
import { numberIn } from '../../src/detect/rule-views.ts';
import { SuspectLog } from '../../src/detect/suspect-log.ts';
import { TokenLog } from '../../src/detect/token-log.ts';
import type { SegmentFile } from '../../src/store/commit.ts';
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

/** Three tokens, one known by its fingerprint, every six hours of six days, each of which is a segment. */
const rows = `SELECT TIMESTAMP '1970-01-01' + to_hours(6 * i::INTEGER) AS time, if(n = 9, NULL, n)::UBIGINT AS token,
    if(n = 9, 9, NULL)::UBIGINT AS token_fingerprint, 'acct' AS account, '/acct/c/' || i AS object_key, 'read' AS operation_class,
    if(i % 2 = 0, 3221225985, NULL)::UINTEGER AS caller_ipv4, if(i % 2 = 0, NULL, '2001:db8::1') AS caller_ip
  FROM range(24) hours(i), (VALUES (7), (8), (9)) numbers(n)`;
await connection.run(
  `CREATE TABLE sas_use AS SELECT coalesce(token, token_fingerprint) AS token_key, time AS bucket, 1::BIGINT AS n FROM (${rows})`,
);

/** A segment with the rows of some days. */
async function segmentOf(name: string, first: number, last = first): Promise<SegmentFile> {
  const [since, until] = [BigInt(first) * dayMicros, BigInt(last + 1) * dayMicros];
  await connection.run(`COPY (FROM (${rows}) WHERE epoch_us(time) >= ${since} AND epoch_us(time) < ${until})
    TO '${join(folder, name)}' (FORMAT parquet)`);
  const maxTime = until - dayMicros / 4n;
  const count = 12 * (last - first + 1);
  return { path: name, rollupPath: '', sasPath: null, rows: count, bytes: 1, minTime: since, maxTime };
}

const segments = await Promise.all([0, 1, 2, 3, 4, 5].map((day) => segmentOf(`${day}.parquet`, day)));
const stored = logRelation(folder, segments);
const tokenLog = new TokenLog(connection);
await tokenLog.create();

const sql = 'SELECT account, object_key, caller_ip FROM log_row';
const asked = { fingerprints: [], since: range.since, days: null };
const readers: readonly LogTokens[] = [
  { ...asked, tokens: [7n], fingerprints: [9n] },
  { ...asked, tokens: [7n, 8n], fingerprints: [9n], since: 4n * dayMicros + 1n },
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

/** What files were read, one text for each run. */
const filesRead: string[] = [];

async function gather(
  suspects: SuspectLog,
  asking: readonly LogTokens[],
  files = segments,
  first = sql,
): Promise<void> {
  const read: string[] = [];
  await suspects.gather(
    asking.map((log, index) => ({ sql: index === 0 ? first : `${sql} ${index}`, log })),
    range,
    {
      segments: files.filter(({ maxTime, minTime }) => maxTime >= range.since && minTime < range.until),
      relation: (some) => {
        read.push(...some.map(({ path }) => path));
        return logRelation(folder, some);
      },
      run: (statement) => connection.runAndReadAll(statement),
    },
  );
  filesRead.push(read.sort().join(' '));
}

async function gathered(asking: readonly LogTokens[], first = sql): Promise<SuspectLog> {
  const suspects = new SuspectLog(connection);
  for (const name of ['log', 'span', 'part']) await connection.run(`DROP TABLE IF EXISTS suspect_${name}`);
  await suspects.create();
  filesRead.length = 0;
  await gather(suspects, asking, segments, first);
  return suspects;
}

async function expectRows(suspects: SuspectLog, log: LogTokens, all = stored): Promise<void> {
  expect(suspects.has(log)).toBe(true);
  const own = suspects.rowsOf(log);
  const seenRows = await seen(log, log.days === null ? own : await tokenLog.of([{ tokens: log, log: own }]));
  expect(seenRows.length).toBeGreaterThan(3);
  expect(seenRows).toEqual(
    await seen(log, await tokenLog.of([{ tokens: log, log: logViews({ log: all, rollup: '' }).log_row }])),
  );
}

const rowCount = async () => numberIn(await connection.runAndReadAll('SELECT count(*) FROM suspect_log'));

it('has the rows that each reader reads of the files', async () => {
  const suspects = await gathered(readers);
  for (const log of readers) await expectRows(suspects, log);
  expect(await rowCount()).toBe(3n * 12n);
});

it('reads in later runs what is missing alone: new segments, and old ones for new tokens', async () => {
  const [first, second, third] = readers as [LogTokens, LogTokens, LogTokens];
  const suspects = await gathered([]);
  await gather(suspects, [first, { ...first }], segments.slice(0, 5));
  await suspects.forget([first]);
  await gather(suspects, [first, { ...first }]);
  await gather(suspects, readers);
  await gather(suspects, readers);
  expect(filesRead).toEqual(['', '3.parquet 4.parquet', '5.parquet', '3.parquet 4.parquet 5.parquet', '']);
  expect(await rowCount()).toBe(3n * 12n);
  for (const log of [first, second, third]) await expectRows(suspects, log);
});

it('reads rows again whose segment was put into another, or that lack a column', async () => {
  const suspects = await gathered(readers);
  const merged = [...segments.slice(0, 3), await segmentOf('merged.parquet', 3, 4), ...segments.slice(5)];
  await gather(suspects, readers, merged);
  expect(filesRead[1]).toContain('merged.parquet');
  expect(await rowCount()).toBe(3n * 12n);
  for (const log of readers) await expectRows(suspects, log, logRelation(folder, merged));
  await gather(suspects, readers, merged, 'SELECT operation_class FROM log_row');
  expect(filesRead[2]).toBe('5.parquet merged.parquet');
});

it('keeps rows of segments that a run over an earlier stretch does not see', async () => {
  const suspects = await gathered(readers);
  const earlier = { ...range, until: 5n * dayMicros };
  const source = { relation: () => '', run: (statement: string) => connection.runAndReadAll(statement) };
  const asking = readers.map((log, index) => ({ sql: index === 0 ? sql : `${sql} ${index}`, log }));
  await suspects.gather(asking, earlier, { ...source, segments: segments.slice(3, 5) });
  expect(await rowCount()).toBe(3n * 12n);
});

it('leaves those who read earlier rows to the files', async () => {
  const suspects = await gathered([...readers, far]);
  expect([suspects.has(far), suspects.has({ ...asked, tokens: [7n] })]).toEqual([false, false]);
});

it('leaves a statement that names a column which was not gathered to the files', async () => {
  const suspects = await gathered(readers);
  const [log] = readers as [LogTokens];
  expect([suspects.has(log, sql), suspects.has(log, 'SELECT user_agent FROM log_row')]).toEqual([true, false]);
});

it('leaves a reader alone to the files at first', async () => {
  const [only] = readers as [LogTokens];
  const suspects = await gathered([only, far]);
  expect(suspects.has(only)).toBe(false);
  await gather(suspects, [far]);
  await gather(suspects, [only, far]);
  await expectRows(suspects, only);
  const other = await gathered([only], `${sql} LIMIT 1`);
  await gather(other, [only]);
  expect(other.has(only)).toBe(false);
});

it('leaves a reader whose rows no other reads to the files at first', async () => {
  const asking = [7n, 7n, 8n].map((token): LogTokens => ({ ...asked, tokens: [token] }));
  const suspects = await gathered(asking);
  expect(asking.map((log) => suspects.has(log))).toEqual([true, true, false]);
  const alone = [8n, 7n].map((token): LogTokens => ({ ...asked, tokens: [token] }));
  const other = await gathered(alone);
  expect(alone.map((log) => other.has(log))).toEqual([false, false]);
  await gather(other, asking);
  await gather(other, asking);
  for (const log of asking) await expectRows(other, log);
});

it('leaves those who read the texts of requests to the files', async () => {
  const [first] = readers as [LogTokens];
  const suspects = await gathered([...readers, { ...first }], 'SELECT uri_query FROM log_row');
  expect(readers.map((log) => suspects.has(log))).toEqual([false, true, true]);
});

it('keeps its rows from one run to the next where they are few, and only the run that asked for them ends it', async () => {
  const suspects = await gathered(readers);
  await suspects.forget([far]);
  expect(readers.map((log) => suspects.has(log))).toEqual([true, true, true]);
  await suspects.forget(readers.slice(1));
  expect(readers.some((log) => suspects.has(log))).toBe(false);
  expect(await rowCount()).toBe(3n * 12n);
  const many = await gathered(readers);
  await connection.run(`CREATE TABLE many AS SELECT time, token, token_fingerprint, account, object_key, caller_ip, caller_ipv4
    FROM '${join(folder, '5.parquet')}', range(${limits.suspectRows}) LIMIT ${limits.suspectRows}`);
  const run = () => connection.runAndReadAll('INSERT INTO suspect_log BY NAME FROM many');
  const fresh = { ...(segments[5] as SegmentFile), path: 'fresh.parquet' };
  const asking = readers.map((log) => ({ sql, log }));
  await many.gather(asking, range, { segments: [...segments.slice(3), fresh], relation: () => stored, run });
  await many.forget(readers);
  await expect(connection.run('FROM suspect_log')).rejects.toThrow('suspect_log');
});

it('has none where there are too many', async () => {
  await connection.run(`INSERT INTO sas_use VALUES (7, TIMESTAMP '1970-01-05', ${limits.suspectRows})`);
  const large = segments.map((file) => ({ ...file, rows: Number(limits.suspectRows) }));
  const suspects = await gathered([]);
  await gather(suspects, readers, large);
  expect(readers.some((log) => suspects.has(log))).toBe(false);
});
