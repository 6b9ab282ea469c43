import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Delivery } from '../../src/generate/delivery.ts';
import { Prng } from '../../src/generate/prng.ts';

const hourMs = 3_600_000;

function delivered(count: number, duplicates: number, late: number, seed: number): { out: number[]; repeated: number } {
  const delivery = new Delivery(new Prng(seed, 'delivery'), { duplicates, late });
  const out: string[] = [];
  for (let i = 0; i < count; i++) out.push(...delivery.add(String(i), i * 60_000));
  out.push(...delivery.end());
  return { out: out.map(Number), repeated: delivery.duplicates };
}

it('delivers each record at least once, and twice as often as it says', () => {
  const fraction = fc.double({ min: 0, max: 0.5, noNaN: true });
  fc.assert(
    fc.property(fc.nat(300), fraction, fraction, fc.nat(), (count, duplicates, late, seed) => {
      const { out, repeated } = delivered(count, duplicates, late, seed);
      expect(out).toHaveLength(count + repeated);
      expect(new Set(out).size).toBe(count);
    }),
  );
});

it('passes records through unchanged where delivery is perfect', () => {
  expect(delivered(100, 0, 0, 1).out).toEqual(Array.from({ length: 100 }, (_, i) => i));
});

it('brings about as many records late as it says, by 49 hours at most, and others within a few places', () => {
  const { out } = delivered(6_000, 0, 0.01, 3);
  const behind = out.map(
    (record, place) => (Math.max(...out.slice(Math.max(0, place - 50), place + 1)) - record) * 60_000,
  );
  const late = behind.filter((ms) => ms > 0.8 * hourMs);
  expect(late.length).toBeGreaterThan(20);
  expect(late.length).toBeLessThan(120);
  expect(Math.max(...late)).toBeLessThan(49 * hourMs);
});
