import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rowsWithin } from '../../src/ingest/time-range.ts';
import { fixedColumn } from '../../src/store/table.ts';
import { batchOf } from '../store/batch-of.ts';

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
