import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hourScans } from '../../src/store/hour-scans.ts';

const hour = 3_600_000_000n;
const rowsByHour = (counts: Record<number, number>) =>
  new Map(Object.entries(counts).map(([index, rows]) => [BigInt(index) * hour, rows]));

it('reads a segment once for all its late rows where they are of several hours', () => {
  const { byHour, strays } = hourScans([
    rowsByHour({ 3: 1, 5: 2, 8: 500, 9: 600 }),
    rowsByHour({ 4: 1, 9: 300 }),
    rowsByHour({ 1: 1, 2: 1, 8: 40, 9: 40 }),
  ]);
  expect(byHour).toEqual(
    new Map([
      [8n * hour, [0, 2]],
      [9n * hour, [0, 1, 2]],
      [4n * hour, [1]],
    ]),
  );
  expect(strays).toEqual([{ first: 8n * hour, last: 9n * hour, segments: [0, 2] }]);
});

it('finds every row once', () => {
  const counts = fc.integer({ min: 1, max: 1_000 });
  const segment = fc
    .dictionary(fc.integer({ min: 0, max: 30 }).map(String), counts, { minKeys: 1 })
    .map((each) => rowsByHour(each));
  fc.assert(
    fc.property(fc.array(segment), (segments) => {
      const { byHour, strays } = hourScans(segments);
      const found = [...byHour].flatMap(([at, indexes]) => indexes.map((index) => `${index} ${at}`));
      for (const { first, last, segments: indexes } of strays) {
        for (const index of indexes) {
          for (const at of segments[index]?.keys() ?? []) if (at < first || at > last) found.push(`${index} ${at}`);
        }
      }
      const all = segments.flatMap((rows, index) => [...rows.keys()].map((at) => `${index} ${at}`));
      expect(found.sort()).toEqual(all.sort());
    }),
  );
});
