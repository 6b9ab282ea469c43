import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rowsWithin } from '../../src/ingest/time-range.ts';
import { fixedColumn } from '../../src/store/table.ts';
import { timeSpan } from '../../src/store/time-span.ts';
import { batchOf } from '../store/batch-of.ts';
import { scannerOf } from './decode/scanner-twin.ts';

it('keeps the rows from the first moment up to the last, to the microsecond', () => {
  const second = 1_000_000n;
  const time = fc.oneof(
    fc.bigInt({ min: -second, max: second }),
    fc.bigInt({ min: 4_294_967_290n, max: 4_294_967_300n }),
    fc.bigInt({ min: 1_767_225_600_000_000n, max: 1_767_225_600_000_009n }),
  );
  fc.assert(
    fc.property(fc.array(time, { minLength: 1, maxLength: 40 }), time, time, (times, since, until) => {
      const kept = rowsWithin(batchOf(times.map((at) => ({ time: at }))), { since, until });
      expect([...fixedColumn(kept, 'time').values].slice(0, kept.rows)).toEqual(
        times.filter((at) => at >= since && at < until),
      );
    }),
    { numRuns: 200 },
  );
});

it('finds the span of times in the scanner as without it, before and after 1970', () => {
  const scanner = scannerOf();
  const record = { operationName: 'GetBlob', category: 'StorageRead', uri: 'https://models.blob.core.windows.net/a/b' };
  for (const times of [
    ['2026-01-01T00:00:00.0000002Z', '2026-01-01T00:00:00.000001Z', '2025-12-31T23:59:59Z'],
    ['1901-12-13T20:45:52Z', '2026-01-01T00:00:00Z', '1969-12-31T23:59:59.999999Z'],
    ['1901-12-13T20:45:52Z'],
  ]) {
    const lines = times.map((time) => JSON.stringify({ time, ...record }));
    expect(scanner.decode(Buffer.from(lines.join('\n')), 'lines', 1n).rows).toBe(times.length);
    const batch = scanner.batch();
    const { minTime, maxTime } = timeSpan(batch);
    expect({ minTime, maxTime }).toEqual(timeSpan({ rows: batch.rows, columns: batch.columns }));
    expect(rowsWithin(batch, { since: minTime, until: maxTime + 1n })).toBe(batch);
    expect(rowsWithin(batch, { since: minTime + 1n, until: maxTime + 1n }).rows).toBe(times.length - 1);
    expect(rowsWithin(batch, { since: minTime, until: maxTime }).rows).toBe(times.length - 1);
    scanner.reset();
  }
});
