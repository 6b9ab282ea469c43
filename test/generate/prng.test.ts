import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hash32, hex8, Prng } from '../../src/generate/prng.ts';

const seeds = fc.integer({ min: 0, max: 0xffff_ffff });

describe('Prng', () => {
  it('gives the same numbers for the same seed and label on every machine', () => {
    const prng = new Prng(1, 'reference');
    expect(Array.from({ length: 4 }, () => hex8(prng.u32()))).toMatchInlineSnapshot(`
      [
        "e3df182b",
        "e49da538",
        "66b3cd39",
        "33da542a",
      ]
    `);
  });

  it('gives each label a stream of its own', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const [one, two] = [new Prng(seed, 'one'), new Prng(seed, 'two')];
        expect([one.u32(), one.u32(), one.u32()]).not.toEqual([two.u32(), two.u32(), two.u32()]);
      }),
    );
  });

  it('keeps integers and ranks inside their bounds', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 50_000 }), (seed, count) => {
        const prng = new Prng(seed, 'bounds');
        for (let i = 0; i < 50; i++) {
          const [n, rank] = [prng.int(3, 2 + count), prng.zipf(count)];
          expect(n >= 3 && n <= 2 + count && Number.isInteger(n)).toBe(true);
          expect(rank >= 0 && rank < count && Number.isInteger(rank)).toBe(true);
        }
      }),
    );
  });

  it('spreads its numbers evenly', () => {
    const prng = new Prng(7, 'even');
    const buckets = new Array<number>(16).fill(0);
    for (let i = 0; i < 64_000; i++) buckets[prng.u32() >>> 28]!++;
    expect(Math.min(...buckets)).toBeGreaterThan(3_700);
    expect(Math.max(...buckets)).toBeLessThan(4_300);
  });

  it('writes GUIDs in their usual form', () => {
    const prng = new Prng(7, 'guid');
    const guids = Array.from({ length: 100 }, () => prng.guid());
    expect(new Set(guids).size).toBe(100);
    for (const guid of guids) expect(guid).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });
});

it('hash32 is FNV-1a', () => {
  expect(['', 'a', 'foobar'].map((text) => hex8(hash32(text)))).toEqual(['811c9dc5', 'e40c292c', 'bf9cf968']);
});
