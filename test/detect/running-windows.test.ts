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

const rule = (await shippedDetections()).find(({ code }) => code === 'W-EXF-1');
const values = { window: '15 minutes', window_long: '24 hours' };

const dayMicros = 86_400_000_000n;

/** What the rule says, out of running totals, of each moment of the table `reads` on the days of `judged_day`. */
function byTotals(): string {
  const columns = `place, reads_short, bytes_short, objects_short, short_since, coalesce(last_public >= short_since, false),
    reads_long, bytes_long, objects_long, long_since, coalesce(last_public >= long_since, false), reads_by - reads_before,
    bytes_by - bytes_before`;
  const sql = rule === undefined ? '' : bindValues(rule, values);
  const part = `${partQuery(sql, 'limits', `SELECT ${columns}`)} JOIN spans USING (day_of_line) ORDER BY ALL`;
  return `WITH ${withPartFrom(part.slice(part.indexOf('\nstretches AS (')), 'days', 'judged_day')}`;
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
