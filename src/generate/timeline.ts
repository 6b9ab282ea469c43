import type { Prng } from './prng.ts';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;
export const kibibyte = 1_024;
export const mebibyte = 1_024 * kibibyte;

/** A span of event time, UTC milliseconds, end excluded. */
export interface Period {
  readonly start: number;
  readonly end: number;
}

/** A moment as a SAS has it: `2022-03-11T02:10:44Z`. */
export function isoSeconds(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

/** UTC milliseconds of an ISO text such as `2022-03-11T02:10Z`. */
export function at(iso: string): number {
  return Date.parse(iso);
}

/** The `index`-th of `count` moments spread evenly, with jitter, over a period; rising with `index`. */
export function spread(index: number, count: number, { start, end }: Period, prng: Prng): number {
  return start + ((end - start) * (index + prng.unit())) / count;
}

/** Bends a moment towards 14:00 UTC of its day: about twice as many requests then as at 02:00, order kept. */
function bend(time: number): number {
  const day = Math.floor(time / dayMs);
  const fraction = time / dayMs - day;
  const phase = 0.1;
  const shift = (0.4 / (2 * Math.PI)) * (Math.sin(2 * Math.PI * (fraction - phase)) + Math.sin(2 * Math.PI * phase));
  return (day + fraction + shift) * dayMs;
}

/** The moment that `bend` takes to `time`, by bisection. */
function unbend(time: number): number {
  let low = time - dayMs;
  let high = time + dayMs;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (bend(middle) < time) low = middle;
    else high = middle;
  }
  return high;
}

/** As `spread`, but with working days: more requests in the afternoon than at night. */
export function workdays(count: number, { start, end }: Period, prng: Prng): (index: number) => number {
  const even = { start: unbend(start), end: unbend(end) };
  return (index) => Math.min(end - 1, Math.max(start, bend(spread(index, count, even, prng))));
}

/** How many of `total` rows the `index`-th of `count` equal jobs makes; the shares add up to `total` exactly. */
export function share(index: number, count: number, total: number): number {
  return Math.floor(((index + 1) * total) / count) - Math.floor((index * total) / count);
}
