import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { DuckDBInstance } from '../../src/core/duckdb.ts';
import { bindValues } from '../../src/detect/parameter.ts';
import { shippedDetections } from '../../src/detect/shipped.ts';
import { partQuery } from '../../src/detect/statement-part.ts';

const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
const connection = await instance.connect();
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

const rule = (await shippedDetections()).find(({ code }) => code === 'W-EXF-1');
const values = { window: '15 minutes', window_long: '24 hours' };

/** What the rule says of each moment of the table `reads`, out of running totals. */
function byTotals(): string {
  const columns = `token_hash, account, time, reads_short, bytes_short, objects_short, short_since, coalesce(public_short, false),
    reads_long, bytes_long, objects_long, long_since, coalesce(public_long, false), reads_today, bytes_today`;
  const sql = rule === undefined ? '' : bindValues(rule, values);
  const part = partQuery(sql, 'spans', `SELECT ${columns}`) ?? '';
  return `WITH ${part.slice(part.indexOf('\nstretches AS ('))} ORDER BY ALL`;
}

/** The same, each window counted by itself. */
const byWindows = `SELECT DISTINCT token_hash, account, time, count(*) OVER short_span, coalesce(sum(bytes) OVER short_span, 0),
    count(DISTINCT object_key) OVER short_span, min(time) OVER short_span, coalesce(bool_or(public) OVER short_span, false),
    count(*) OVER long_span, coalesce(sum(bytes) OVER long_span, 0), count(DISTINCT object_key) OVER long_span,
    min(time) OVER long_span, coalesce(bool_or(public) OVER long_span, false), count(*) OVER today,
    coalesce(sum(bytes) OVER today, 0)
  FROM reads
  WINDOW short_span AS (PARTITION BY token_hash, account ORDER BY time RANGE BETWEEN INTERVAL 15 MINUTES PRECEDING AND CURRENT ROW),
         long_span AS (PARTITION BY token_hash, account ORDER BY time RANGE BETWEEN INTERVAL 24 HOURS PRECEDING AND CURRENT ROW),
         today AS (PARTITION BY token_hash, account, time::DATE ORDER BY time)
  ORDER BY ALL`;

/** Seconds that lie a window apart again and again, now and then off by a microsecond. */
const micros = fc
  .tuple(fc.integer({ min: 0, max: 4 }), fc.constantFrom(0, 95, 96), fc.constantFrom(0, 0, 0, 0, 1, -1))
  .map(([short, long, off]) => 1_767_000_000_000_000 + (short * 300 + long * 900) * 1_000_000 + off);

const read = fc.record({
  token: fc.constantFrom("'A'", "'B'"),
  micros,
  object: fc.constantFrom(...[...'abcdefgh'].map((name) => `'${name}'`), 'NULL'),
  bytes: fc.constantFrom('0', '7', '9000000000', 'NULL'),
  isPublic: fc.constantFrom('true', 'false', 'NULL'),
});

it('gives by running totals what counting each window gives, at ties and at exactly a window', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(read, { minLength: 1, maxLength: 30 }), async (reads) => {
      const rows = reads.map((r) => `(${r.token}, 'acct', ${r.micros}, ${r.object}, ${r.bytes}, ${r.isPublic})`);
      await connection.run(`CREATE OR REPLACE TABLE reads AS
        SELECT md5(token)::UUID AS token_hash, account, make_timestamp(micros::BIGINT) AS time, object_key,
               bytes::BIGINT AS bytes, public::BOOLEAN AS public
        FROM (VALUES ${rows.join(', ')}) AS r(token, account, micros, object_key, bytes, public)`);
      const [totals, windows] = [await connection.runAndReadAll(byTotals()), await connection.runAndReadAll(byWindows)];
      expect(totals.getRowsJson()).toEqual(windows.getRowsJson());
    }),
    { numRuns: 60 },
  );
});
