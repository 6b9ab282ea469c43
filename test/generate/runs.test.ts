import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dailyStarts, isSunday, isWorkday, planRuns, regularStarts, rowsOf } from '../../src/generate/runs.ts';
import { at, dayMs, hourMs } from '../../src/generate/timeline.ts';

const period = { start: at('2024-06-03T00:00Z'), end: at('2024-06-17T00:00Z') };

describe('planRuns', () => {
  it('keeps within budget and limits, and the order of the starts', () => {
    const starts = fc.uniqueArray(fc.nat(10_000), { maxLength: 60 }).map((list) => list.sort((a, b) => a - b));
    fc.assert(
      fc.property(
        starts,
        fc.nat(5_000),
        fc.integer({ min: 1, max: 40 }),
        fc.nat(100),
        (list, budget, rowsMin, more) => {
          const runs = planRuns(list, budget, { rowsMin, rowsMax: rowsMin + more, weight: (start) => 1 + (start % 3) });
          expect(rowsOf(runs)).toBeLessThanOrEqual(budget);
          for (const { rows } of runs) expect(rows >= rowsMin && rows <= rowsMin + more).toBe(true);
          expect(runs.map(({ start }) => start)).toEqual([...runs.map(({ start }) => start)].sort((a, b) => a - b));
          expect(runs.every(({ start }) => list.includes(start))).toBe(true);
        },
      ),
    );
  });

  it('uses the whole budget where no run is full', () => {
    expect(rowsOf(planRuns([1, 2, 3], 100, { rowsMin: 5, rowsMax: 1_000, weight: (start) => start }))).toBe(100);
  });

  it('makes fewer runs rather than smaller ones', () => {
    expect(planRuns([1, 2, 3, 4], 25, { rowsMin: 10, rowsMax: 100 }).map(({ start }) => start)).toEqual([1, 3]);
  });
});

it('starts daily runs that end within the period', () => {
  expect(dailyStarts(period, 60, 60)).toHaveLength(14);
  expect(dailyStarts({ start: period.start, end: period.start + 2 * hourMs }, 60, 60)).toEqual([period.start + hourMs]);
  expect(dailyStarts({ start: period.start, end: period.start + hourMs }, 60, 60)).toEqual([]);
});

it('starts regular runs at the minute of each step', () => {
  const starts = regularStarts({ start: period.start + 10 * 60_000, end: period.start + dayMs }, 60, 5, 20);
  expect(starts[0]).toBe(period.start + 65 * 60_000);
  expect(starts).toHaveLength(23);
});

it('knows Sundays and working days', () => {
  const days = dailyStarts(period, 0, 1);
  expect(days.filter(isSunday)).toEqual([at('2024-06-09T00:00Z'), at('2024-06-16T00:00Z')]);
  expect(days.filter(isWorkday)).toHaveLength(10);
});
