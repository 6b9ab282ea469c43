import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entityMacros } from '../../src/store/entity-views.ts';

const instance = await DuckDBInstance.create(':memory:');
const connection = await instance.connect();
beforeAll(async () => {
  for (const macro of entityMacros) await connection.run(macro);
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

const one = async (sql: string, values: Record<string, string>) =>
  (await connection.runAndReadAll(sql, values)).getRows()[0]?.[0] ?? null;
const numberOf = async (ip: string) => one('SELECT address_of(ipv4_first_of($ip), $ip::VARCHAR)::VARCHAR', { ip });
const isWithin = async (ip: string, network: string) =>
  one('SELECT address_of(ipv4_first_of($ip), $ip) BETWEEN address_first_of($network) AND address_last_of($network)', {
    ...{ ip, network },
  });

const groups = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), { minLength: 8, maxLength: 8 });
const numberFrom = (parts: readonly number[]) => parts.reduce((sum, part) => (sum << 16n) | BigInt(part), 0n);
const whole = (parts: readonly number[]) => parts.map((part) => part.toString(16)).join(':');

/** With the zeros from `start` on left out, `length` of them. */
function short(parts: readonly number[], start: number, length: number): string {
  const text = (some: readonly number[]) => some.map((part) => part.toString(16).padStart(4, '0')).join(':');
  return `${text(parts.slice(0, start))}::${text(parts.slice(start + length))}`;
}

describe('addresses as numbers', () => {
  it('are those that the digits say, in every spelling', async () => {
    await fc.assert(
      fc.asyncProperty(groups, fc.nat(7), fc.integer({ min: 1, max: 8 }), async (parts, start, length) => {
        expect(await numberOf(whole(parts).toUpperCase())).toBe(String(numberFrom(parts)));
        const zeros = Math.min(length, 8 - start);
        const holed = parts.map((part, at) => (at >= start && at < start + zeros ? 0 : part));
        expect(await numberOf(short(holed, start, zeros))).toBe(String(numberFrom(holed)));
      }),
      { numRuns: 60 },
    );
  });

  it('lie in a prefix where their first bits are its own', async () => {
    await fc.assert(
      fc.asyncProperty(groups, groups, fc.integer({ min: 1, max: 128 }), async (a, b, bits) => {
        const shift = BigInt(128 - bits);
        const mixed = ((numberFrom(b) >> shift) << shift) | (numberFrom(a) & ((1n << shift) - 1n));
        const inside = mixed.toString(16).padStart(32, '0').match(/.{4}/g)?.join(':') ?? '';
        expect(await isWithin(inside, `${whole(b)}/${bits}`)).toBe(true);
        expect(await isWithin(whole(a), `${whole(b)}/${bits}`)).toBe(numberFrom(a) >> shift === numberFrom(b) >> shift);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['192.0.2.255', '192.0.2.0/24', true],
    ['192.0.3.0', '192.0.2.0/24', false],
    ['192.0.2.1', '192.0.2.77/24', true],
    ['192.0.2.1', '192.0.2.1', true],
    ['192.0.2.1', '::/1', true],
    ['2001:db8::1', '2001:db8::/127', true],
    ['2001:db8::2', '2001:db8::/127', false],
  ])('%s in %s: %s', async (ip, network, expected) => {
    expect(await isWithin(ip, network)).toBe(expected);
  });

  it.each([
    '',
    '-',
    '<Redacted>',
    '1.2.3',
    '999.1.1.1',
    '99999999999999999999.1.1.1',
    '1:2:3:4:5:6:7:8:9',
    'fe80::1%eth0',
    ':',
  ])('are none for %j', async (text) => {
    expect(await numberOf(text)).toBeNull();
  });
});
