import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { DuckDBInstance } from '../../src/core/duckdb.ts';
import { bindValues } from '../../src/detect/parameter.ts';
import { shippedDetections } from '../../src/detect/shipped.ts';
import { partQuery, withPartFrom } from '../../src/detect/statement-part.ts';

const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
const connection = await instance.connect();
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

const rules = new Map((await shippedDetections()).map((rule) => [rule.code, rule]));

/** What a rule's part says, from another part on: that one reads a table of the name of the part before it. */
function partFrom(code: string, first: string, part: string, select: string): string {
  const rule = rules.get(code);
  const sql = rule === undefined ? '' : bindValues(rule, { window: '15 minutes' });
  const query = partQuery(sql, part, select) ?? '';
  return `WITH ${query.slice(query.indexOf(`\n${first} AS (`))}`;
}

const dayMicros = 86_400_000_000n;

/** What W-EXF-1 says, out of running totals, of each moment of the table `reads` on the days of `judged_day`. */
function byTotals(): string {
  const columns = `place, reads_short, bytes_short, objects_short, short_since, coalesce(last_public >= short_since, false),
    reads_long, bytes_long, objects_long, long_since, coalesce(last_public >= long_since, false), reads_by - reads_before,
    bytes_by - bytes_before`;
  const part = partFrom('W-EXF-1', 'stretches', 'limits', `SELECT ${columns}`);
  return withPartFrom(`${part} JOIN spans USING (day_of_line) ORDER BY ALL`, 'days', 'judged_day');
}

/** The same, each window counted by itself. */
const byWindows = `SELECT DISTINCT place, count(*) OVER short_span, sum(bytes) OVER short_span,
    count(DISTINCT object) OVER short_span, min(place) OVER short_span, coalesce(bool_or(public) OVER short_span, false),
    count(*) OVER long_span, sum(bytes) OVER long_span, count(DISTINCT object) OVER long_span,
    min(place) OVER long_span, coalesce(bool_or(public) OVER long_span, false), count(*) OVER today,
    sum(bytes) OVER today
  FROM reads
  WINDOW short_span AS (PARTITION BY token ORDER BY place RANGE BETWEEN 900000000 PRECEDING AND CURRENT ROW),
         long_span AS (PARTITION BY token ORDER BY place RANGE BETWEEN ${dayMicros} PRECEDING AND CURRENT ROW),
         today AS (PARTITION BY token, place // ${dayMicros} ORDER BY place)
  ORDER BY ALL`;

/** Seconds that lie a window apart again and again, now and then off by a microsecond. */
const micros = fc
  .tuple(fc.integer({ min: 0, max: 4 }), fc.constantFrom(0, 95, 96), fc.constantFrom(0, 0, 0, 0, 1, -1))
  .map(([short, long, off]) => 1_767_000_000_000_000 + (short * 300 + long * 900) * 1_000_000 + off);

/** Tokens, by where on the line their days lie. */
const lines = { A: 0n, B: 10n * dayMicros } as const;

const read = fc.record({
  token: fc.constantFrom('A' as const, 'B' as const),
  micros,
  object: fc.constantFrom(...[...'abcdefgh'].map((name) => `'${name}'`), 'NULL'),
  bytes: fc.constantFrom('0', '7', '9000000000'),
  isPublic: fc.constantFrom('true', 'false', 'NULL'),
});

it('gives by running totals what counting each window gives, at ties and at exactly a window', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(read, { minLength: 1, maxLength: 30 }), async (reads) => {
      const rows = reads.map(
        (r) => `('${r.token}', ${lines[r.token]}, ${r.micros}, ${r.object}, ${r.bytes}, ${r.isPublic})`,
      );
      await connection.run(`CREATE OR REPLACE TABLE reads AS
        SELECT token, line::BIGINT + micros::BIGINT AS place, if(object_key IS NULL, NULL, hash(token, object_key)) AS object,
               bytes::BIGINT AS bytes, public::BOOLEAN AS public
        FROM (VALUES ${rows.join(', ')}) AS r(token, line, micros, object_key, bytes, public)
        ORDER BY object, place`);
      await connection.run(
        `CREATE OR REPLACE TABLE judged_day AS SELECT DISTINCT place // ${dayMicros} AS day_of_line FROM reads`,
      );
      const [totals, windows] = [await connection.runAndReadAll(byTotals()), await connection.runAndReadAll(byWindows)];
      expect(totals.getRowsJson()).toEqual(windows.getRowsJson());
    }),
    { numRuns: 60 },
  );
});

const record = fc.record({
  token: fc.constantFrom('A', 'B'),
  micros,
  object: fc.constantFrom(...[...'abcdefgh'].map((name) => `'${name}'`), 'NULL'),
  isForeign: fc.constantFrom('true', 'false', 'NULL'),
});

/** Rows as W-EXF-3 and W-DEL-1 have them before they look at windows. */
async function fill(records: readonly { token: string; micros: number; object: string; isForeign: string }[]) {
  const rows = records.map((r) => `('${r.token}', make_timestamp(${r.micros}), ${r.object}, ${r.isForeign})`);
  await connection.run(`CREATE OR REPLACE TABLE requests AS
    SELECT md5(token)::UUID AS token_hash, 'acct' AS account, time, object_key, (hash(time) % 1000)::BIGINT AS bytes, foreign_copy::BOOLEAN AS foreign_copy
    FROM (VALUES ${rows.join(', ')}) AS r(token, time, object_key, foreign_copy)`);
  await connection.run(`CREATE OR REPLACE TABLE deleted AS
    SELECT if(token_hash = md5('A')::UUID, 1, 2) AS number, time::DATE AS day, time, foreign_copy AS public FROM requests`);
}

const twins = [
  {
    name: 'requests of W-EXF-3',
    totals: `${partFrom('W-EXF-3', 'stretches', 'spans', 'SELECT token_hash, foreign_copy, time, requests, since_time, bytes, objects')}
      ORDER BY ALL`,
    windows: `SELECT token_hash, foreign_copy, time, count(*) AS requests, since_time, total AS bytes, objects
      FROM (SELECT *, min(time) OVER span AS since_time, sum(bytes) OVER span AS total, count(DISTINCT object_key) OVER span AS objects
            FROM requests
            WINDOW span AS (PARTITION BY token_hash, account, foreign_copy ORDER BY time
                            RANGE BETWEEN INTERVAL '15 minutes' PRECEDING AND CURRENT ROW))
      GROUP BY ALL ORDER BY ALL`,
  },
  {
    name: 'deletes of W-DEL-1',
    totals: `${partFrom('W-DEL-1', 'moments', 'bursts', 'SELECT number, day, time, public, in_window, since_time')} ORDER BY ALL`,
    windows: `SELECT number, day, time, bool_or(public) AS public, in_window, since_time
      FROM (SELECT *, count(*) OVER span AS in_window, min(time) OVER span AS since_time FROM deleted
            WINDOW span AS (PARTITION BY number ORDER BY time RANGE BETWEEN INTERVAL '15 minutes' PRECEDING AND CURRENT ROW))
      GROUP BY ALL ORDER BY ALL`,
  },
];

it.each(twins)('gives by running totals what counting each window of $name gives', async ({ totals, windows }) => {
  await fc.assert(
    fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 30 }), async (records) => {
      await fill(records);
      const [a, b] = [await connection.runAndReadAll(totals), await connection.runAndReadAll(windows)];
      expect(a.getRowsJson()).toEqual(b.getRowsJson());
    }),
    { numRuns: 60 },
  );
});
