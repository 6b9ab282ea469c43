import { expect, it } from 'vitest';
import { tokenPage } from '../../src/cli/token-page.ts';

const page = (addresses: number) =>
  tokenPage(
    { distinct_ips: addresses },
    { containers: [], addresses: [], findings: [], posture: {}, least_privilege: {}, response: '' },
  );

it('tells how many addresses a token has about, and no number where the sketch is full', () => {
  expect(page(1_024)).toContain(', about 1,024 addresses\n');
  expect(page(7_098)).toContain(', thousands of addresses\n');
});
