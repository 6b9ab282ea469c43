import { expect, it } from 'vitest';
import { sharedReaders } from '../../src/detect/shared-readers.ts';

const reader = (...tokens: bigint[]) => ({ log: { tokens, fingerprints: [] } });
const rows = new Map([7n, 8n, 9n].map((token) => [token, 100n]));

it('has those of whose rows most are read by another', () => {
  const [first, second, other] = [reader(7n, 8n), reader(7n, 8n, 9n), reader(1n, 2n)];
  expect(sharedReaders([first, second, other], new Set(), new Map([...rows, [1n, 1n]]))).toEqual([first, second]);
});

it('leaves out who shares only with one that is left out', () => {
  const [wide, narrow] = [reader(7n, 8n, 9n), reader(7n)];
  expect(sharedReaders([wide, narrow], new Set(), rows)).toEqual([]);
  expect(sharedReaders([wide, narrow], new Set([wide]), rows)).toEqual([wide, narrow]);
});

it('goes by rows, not by tokens', () => {
  const [wide, narrow] = [reader(7n, 8n, 9n), reader(7n)];
  const busy = new Map([...rows, [7n, 1000n]] as const);
  expect(sharedReaders([wide, narrow], new Set(), busy)).toEqual([wide, narrow]);
});

it('tells fingerprints from nothing', () => {
  const named = { log: { tokens: [], fingerprints: [7n] } };
  expect(sharedReaders([named, reader(8n), named], new Set(), rows)).toEqual([named, named]);
});
