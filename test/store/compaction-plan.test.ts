import { expect, it } from 'vitest';
import type { SegmentFile } from '../../src/store/commit.ts';
import { planStep } from '../../src/store/compaction-plan.ts';
import { compactorOptions } from './lake-of.ts';

const hour = 3_600_000_000n;

/** Segments of ten rows and one hour each, in the order of their hours. */
const segments = Array.from({ length: 7 }, (_, index): SegmentFile => {
  const time = BigInt(index) * hour;
  const path = `lake/l0/${index}.parquet`;
  return { path, rollupPath: `r/${path}`, sasPath: null, rows: 10, bytes: 1, minTime: time, maxTime: time + 1n };
});
const paths = (files: readonly SegmentFile[] = []) => files.map(({ path }) => path);

it.each([
  { bound: { segmentsMax: 3 }, taken: 3 },
  { bound: { segmentsMax: 1 }, taken: 1 },
  { bound: { rowsMax: 45 }, taken: 4 },
  { bound: { rowsMax: 5 }, taken: 1 },
  { bound: {}, taken: 7 },
])('takes the $taken oldest segments at most where $bound bounds a step', ({ bound, taken }) => {
  const step = planStep({ segments: segments.toReversed(), sasFiles: [] }, { ...compactorOptions, ...bound });
  expect(paths(step?.segments)).toEqual(paths(segments.slice(0, taken)));
});
