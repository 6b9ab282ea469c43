import { expect, it } from 'vitest';
import { addressesShown, type Row, tokenPage } from '../../src/cli/token-page.ts';

const page = (distinct: number, addresses: readonly Row[] = []) =>
  tokenPage(
    { distinct_ips: distinct },
    { containers: [], addresses, findings: [], posture: {}, least_privilege: {}, response: '' },
  );

it('tells how many addresses a token has about, and no number where the sketch is full', () => {
  expect(page(1_024)).toContain(', about 1,024 addresses\n');
  expect(page(7_098)).toContain(', thousands of addresses\n');
});

it('says that addresses are left out', () => {
  const addresses = Array.from({ length: addressesShown }, (_, index) => ({ address: `192.0.2.${index}` }));
  expect(page(20, addresses)).toContain('\nFrom, the 10 addresses with most bytes out\n');
  expect(page(9, addresses.slice(1))).toContain('\nFrom, by bytes\n');
});
