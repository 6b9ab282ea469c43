import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyCaller, tools } from '../../src/generate/caller.ts';
import { workspaceAccount } from '../../src/generate/estate.ts';
import { type LogEvent, logEvent, operations } from '../../src/generate/log-event.ts';
import { merge } from '../../src/generate/merge.ts';
import { Prng } from '../../src/generate/prng.ts';
import { at, dayMs, share, spread, workdays } from '../../src/generate/timeline.ts';

const caller = keyCaller(workspaceAccount.key1, tools.curl);
const eventAt = (time: number, activity: string): LogEvent =>
  logEvent({
    time,
    activity,
    caller,
    account: workspaceAccount,
    callerIp: '192.0.2.1:1',
    operation: operations.getBlob,
  });
const period = { start: at('2022-03-11T10:00Z'), end: at('2022-03-14T15:30Z') };

describe('times', () => {
  it.each([
    ['spread', (count: number, prng: Prng) => (i: number) => spread(i, count, period, prng)],
    ['workdays', (count: number, prng: Prng) => workdays(count, period, prng)],
  ] as const)('%s rises and stays inside the period', (_name, times) => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 400 }), (seed, count) => {
        const timeOf = times(count, new Prng(seed, 'times'));
        const moments = Array.from({ length: count }, (_, i) => timeOf(i));
        expect(moments).toEqual([...moments].sort((a, b) => a - b));
        expect(moments.every((time) => time >= period.start && time < period.end)).toBe(true);
      }),
    );
  });

  it('workdays makes afternoons busier than nights', () => {
    const week = { start: at('2022-03-07T00:00Z'), end: at('2022-03-14T00:00Z') };
    const timeOf = workdays(20_000, week, new Prng(1, 'busy'));
    const hours = new Array<number>(24).fill(0);
    for (let i = 0; i < 20_000; i++) hours[Math.floor((timeOf(i) % dayMs) / 3_600_000)]!++;
    expect(hours[14]!).toBeGreaterThan(1.6 * hours[2]!);
  });
});

it('shares of jobs add up to the whole', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.nat({ max: 100_000 }), (count, total) => {
      const shares = Array.from({ length: count }, (_, i) => share(i, count, total));
      expect(shares.reduce((sum, n) => sum + n, 0)).toBe(total);
      expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
    }),
  );
});

it('merging gives every event once, in time order, ties in the order of the streams', () => {
  const times = fc.array(fc.nat({ max: 30 }), { maxLength: 20 }).map((list) => list.sort((a, b) => a - b));
  fc.assert(
    fc.property(fc.array(times, { maxLength: 6 }), (streams) => {
      const all = streams.map((list, s) => list.map((time, i) => eventAt(time, `${s}/${i}`)));
      const merged = [...merge(all.map((events) => events.values()))];
      expect(merged).toEqual(all.flat().sort((a, b) => a.time - b.time));
    }),
  );
});
