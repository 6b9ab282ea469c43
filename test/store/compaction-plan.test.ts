import { expect, it } from 'vitest';
import type { SegmentFile } from '../../src/store/commit.ts';
import { planStep } from '../../src/store/compaction-plan.ts';
import type { RowsByHour } from '../../src/store/hour-scans.ts';
import type { SplitOptions } from '../../src/store/sparse-segments.ts';
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
  const step = planStep(
    { segments: segments.toReversed(), sasFiles: [], hours: new Map() },
    { ...compactorOptions, ...bound },
  );
  expect(paths(step?.segments)).toEqual(paths(segments.slice(0, taken)));
});

const spread = (name: string, first: number, hours: number, rows: number): SegmentFile => ({
  ...segments[0],
  path: name,
  rollupPath: `r/${name}`,
  sasPath: null,
  rows,
  bytes: 1,
  minTime: BigInt(first) * hour,
  maxTime: BigInt(first + hours) * hour - 1n,
});
/** Rows in each of some hours. */
const inHours = (first: number, count: number): RowsByHour =>
  new Map(Array.from({ length: count }, (_, index) => [BigInt(first + index) * hour, 1]));
const plan = (files: readonly SegmentFile[], { hours = {}, ...options }: PlanOptions = {}) =>
  planStep(
    { segments: files, sasFiles: [], hours: new Map(Object.entries(hours)) },
    { ...compactorOptions, splitSparse: false, ...options },
  );
type PlanOptions = Partial<SplitOptions> & { readonly hours?: Readonly<Record<string, RowsByHour>> };

it('leaves a segment alone whose hours would have few rows each, and takes the others', () => {
  const years = spread('years', 0, 26_000, 120_000);
  expect(plan([years])).toBeNull();
  expect(plan([years], { hours: { years: inHours(0, 25_000) } })).toBeNull();
  expect(paths(plan([years, ...segments])?.segments)).toEqual(paths(segments));
  expect(paths(plan([years], { splitSparse: true })?.segments)).toEqual(['years']);
});

it('splits a segment with few late rows among many, and one whose oldest row is years older', () => {
  expect(paths(plan([spread('late', 0, 49, 49 * 500)])?.segments)).toEqual(['late']);
  expect(plan([spread('late', 0, 49, 49 * 500 - 1)])).toBeNull();
  const stray = spread('stray', 0, 26_000, 120_000);
  const hours = { stray: new Map([...inHours(0, 1), ...inHours(25_990, 10)]) };
  expect(paths(plan([stray], { hours })?.segments)).toEqual(['stray']);
});

it('splits sparse segments of the same hours when they are many, and not the widest with them', () => {
  const days = Array.from({ length: 24 }, (_, index) => spread(`day${index}`, 0, 48, 50));
  const years = spread('years', 0, 26_000, 120_000);
  const hours = Object.fromEntries([['years', inHours(0, 26_000)], ...days.map(({ path }) => [path, inHours(0, 48)])]);
  expect(plan(days.slice(1), { hours })).toBeNull();
  expect(paths(plan(days, { hours })?.segments)).toEqual(paths(days).sort());
  expect(paths(plan([years, ...days], { hours })?.segments)).toEqual(paths(days).sort());
});

it('splits a sparse segment with rows that are to be given up', () => {
  const week = spread('week', 0, 168, 100);
  expect(plan([week], { retainedFrom: 0n })).toBeNull();
  expect(paths(plan([week], { retainedFrom: 1n })?.segments)).toEqual(['week']);
});
