import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { SegmentFile } from '../../src/store/commit.ts';
import { hourMicros, hourOf } from '../../src/store/event-hour.ts';
import { expiredFiles } from '../../src/store/retention.ts';

const file = (minTime: bigint, maxTime: bigint, hour?: bigint): SegmentFile => ({
  path: `${minTime}-${maxTime}`,
  rollupPath: 'r',
  sasPath: null,
  rows: 1,
  bytes: 1,
  minTime,
  maxTime,
  ...(hour === undefined
    ? {}
    : { compacted: { hour, policy: 'full', columnCount: 1, sha256: '', rollupSha256: '', chain: '' } }),
});

const moment = fc.bigInt({ min: 0n, max: 20n * hourMicros });
const anyFile = fc
  .record({ at: moment, length: fc.bigInt({ min: 0n, max: 3n * hourMicros }), compacted: fc.boolean() })
  .map(({ at, length, compacted }) => (compacted ? file(at, at, hourOf(at)) : file(at, at + length)));

it('gives up only whole hours, and only hours that ended before', () => {
  fc.assert(
    fc.property(fc.array(anyFile), moment, (files, before) => {
      const gone = new Set(expiredFiles(files, before));
      const hours = (each: SegmentFile) => [hourOf(each.minTime), hourOf(each.maxTime)] as const;
      for (const lost of gone) {
        expect(hourOf(lost.maxTime)).toBeLessThan(hourOf(before));
        for (const kept of files.filter((each) => !gone.has(each))) {
          const [first, last] = hours(lost);
          expect(hours(kept)[0] <= last && hours(kept)[1] >= first).toBe(false);
        }
      }
      const oldest = files.map((each) => hours(each)[1]).reduce((a, b) => (a < b ? a : b), hourOf(before));
      const shared = files.filter((each) => hours(each)[0] <= oldest);
      if (shared.every((each) => hours(each)[1] === oldest && oldest < hourOf(before))) {
        expect(shared.every((each) => gone.has(each))).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});

it('keeps an hour that a segment shares with younger rows', () => {
  const old = file(0n, 5n, 0n);
  const straddling = file(hourMicros - 1n, 10n * hourMicros);
  expect(expiredFiles([old], 5n * hourMicros)).toEqual([old]);
  expect(expiredFiles([old, straddling], 5n * hourMicros)).toEqual([]);
});
