import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rowOrder } from '../../src/store/row-order.ts';
import type { Table } from '../../src/store/table.ts';

interface Keyed {
  readonly token: bigint | null;
  readonly time: bigint | null;
}

function bits(values: readonly unknown[]): Uint8Array<ArrayBuffer> {
  const bitmap = new Uint8Array((values.length + 7) >> 3);
  for (const [row, value] of values.entries()) if (value !== null) bitmap[row >> 3]! |= 1 << (row & 7);
  return bitmap;
}

function table(rows: readonly Keyed[], garbage: bigint): Table {
  const tokens = rows.map(({ token }) => token);
  const times = rows.map(({ time }) => time);
  return {
    rows: rows.length,
    columns: [
      {
        layout: 'fixed',
        spec: { name: 'token', type: 'uint64' },
        validity: bits(tokens),
        values: BigUint64Array.from(tokens, (token) => token ?? garbage),
      },
      {
        layout: 'fixed',
        spec: { name: 'time', type: 'timestamp' },
        validity: times.includes(null) ? bits(times) : null,
        values: BigInt64Array.from(times, (time) => time ?? -garbage),
      },
    ],
  };
}

function compare(a: bigint | null, b: bigint | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return a < b ? -1 : Number(a > b);
}

const key = (min: bigint, max: bigint) =>
  fc.option(fc.oneof(fc.bigInt({ min, max }), fc.constantFrom(min, max, 0n, 1n, 1n << 32n, (1n << 32n) - 1n)));
const keyed: fc.Arbitrary<Keyed> = fc.record({
  token: key(0n, 2n ** 64n - 1n),
  time: key(-(2n ** 63n), 2n ** 63n - 1n),
});

it('sorts as ORDER BY does: unsigned and signed, nulls last, equal rows as they came', () => {
  fc.assert(
    fc.property(fc.array(keyed, { maxLength: 60 }), fc.bigInt({ min: 0n, max: 99n }), (rows, garbage) => {
      const expected = [...rows.keys()].sort(
        (a, b) => compare(rows[a]!.token, rows[b]!.token) || compare(rows[a]!.time, rows[b]!.time) || a - b,
      );
      const order = rowOrder(table(rows, garbage), ['token', 'time']) ?? rows.keys();
      expect([...order]).toEqual(expected);
    }),
  );
});

it('says so where there is nothing to sort', () => {
  const rows = [1n, 1n, 2n, null].map((token) => ({ token, time: 0n }));
  expect(rowOrder(table(rows, 0n), ['token', 'time'])).toBeNull();
  expect(rowOrder(table(rows.toReversed(), 0n), [])).toBeNull();
});

it('refuses to sort by a column it does not know', () => {
  expect(() => rowOrder(table([], 0n), ['account'])).toThrow(/account/);
});
