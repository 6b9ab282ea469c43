import { expect, it } from 'vitest';
import { addressesShown, type Row, tokenPage } from '../../src/cli/token-page.ts';

const page = (distinct: number, addresses: readonly Row[] = [], token: Row = {}, admission: Row = {}) =>
  tokenPage(
    { distinct_ips: distinct, ...token },
    { containers: [], addresses, findings: [], admission, posture: {}, least_privilege: {}, response: '' },
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

it('tells that a token which names no address and no protocol may be used from anywhere and over both', () => {
  const open = { sr: 'c', sip: null, spr: null, starts: null, expires: '2051-10-06 00:00:00' };
  expect(page(1, [], open)).toContain(', from any address, over http or https\n  valid until 2051-10-06 00:00:00\n');
  expect(page(1, [], { ...open, sr: null })).toContain(', from -, over -\n');
  expect(page(1, [], { ...open, starts: '2023-01-01 00:00:00', sip: '192.0.2.1' })).toContain(
    ', from 192.0.2.1, over http or https\n  valid 2023-01-01 00:00:00 to 2051-10-06 00:00:00\n',
  );
});

it('says when a token last worked, and whether it was refused since', () => {
  const admitted = (admission: Row) => page(1, [], {}, { last_success: '2023-06-24 07:55:57', ...admission });
  expect(admitted({ refused: 21, refused_since: 20 })).toContain(
    '\n  last success 2023-06-24 07:55:57 UTC, refused 20 times since\n',
  );
  expect(admitted({ refused: 1, refused_since: 0 })).toContain(' UTC, not refused since\n');
  expect(admitted({ last_success: null, refused: 1 })).toContain('\n  no success, refused 1 time\n');
});

it('says of an expiry that is in no log where it stands', () => {
  expect(page(1, [], { si: 'reports' })).toContain('\n  valid until what its stored policy "reports" says\n');
});
