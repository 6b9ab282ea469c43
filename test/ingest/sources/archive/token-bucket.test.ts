import { expect, it } from 'vitest';
import { TokenBucket } from '../../../../src/ingest/sources/archive/token-bucket.ts';

it('lets a second of requests through at once, then evenly, and saves up no more than a second', () => {
  let now = 0;
  const bucket = new TokenBucket(4, () => now);
  const waits = (count: number) => Array.from({ length: count }, () => bucket.reserve());
  expect(waits(6)).toEqual([0, 0, 0, 0, 250, 500]);
  now = 1_000;
  expect(waits(3)).toEqual([0, 0, 250]);
  now = 60_000;
  expect(waits(5)).toEqual([0, 0, 0, 0, 250]);
});

it('keeps any stretch of time within the rate and one second more', () => {
  let now = 0;
  const bucket = new TokenBucket(10, () => now);
  const passed: number[] = [];
  for (let request = 0; request < 200; request++) {
    passed.push(now + bucket.reserve());
    now += [0, 0, 30, 400, 5][request % 5] ?? 0;
  }
  for (const [index, from] of passed.entries()) {
    const later = passed.slice(index).filter((time) => time < from + 3_000);
    expect(later.length).toBeLessThanOrEqual(10 * (3 + 1) + 1);
  }
});
