import { describe, expect, it } from 'vitest';
import { detects, isAbout, tacticName } from '../../src/evaluate/match.ts';
import { alarm, at, hash, incident } from './incident.ts';

describe('isAbout', () => {
  it('takes a finding about the same token within the time', () => {
    expect(isAbout(alarm(), incident())).toBe(true);
  });

  it('takes any token of the incident', () => {
    const several = incident({ token_hashes: [hash('B'), hash('A')] });
    expect(isAbout(alarm(), several)).toBe(true);
    expect(isAbout(alarm(), incident({ token_hashes: [hash('B')] }))).toBe(false);
  });

  it('takes a finding that begins 15 minutes after the end, and no later one', () => {
    const late = (time: string) => alarm({ firstSeen: at(time), lastSeen: at('2024-06-10T13:00Z') });
    expect(isAbout(late('2024-06-10T11:15Z'), incident())).toBe(true);
    expect(isAbout(late('2024-06-10T11:15:01Z'), incident())).toBe(false);
  });

  it('refuses a finding that ended before the incident began', () => {
    expect(isAbout(alarm({ firstSeen: at('2024-06-10T08:00Z'), lastSeen: at('2024-06-10T09:59Z') }), incident())).toBe(
      false,
    );
    expect(isAbout(alarm({ firstSeen: at('2024-06-10T08:00Z') }), incident())).toBe(true);
  });

  it('asks the same account of every finding', () => {
    expect(isAbout(alarm({ account: 'other' }), incident())).toBe(false);
    expect(isAbout(alarm({ account: 'other', token: null, caller: '203.0.113.7' }), incident())).toBe(false);
  });

  it.each([
    ['203.0.113.7', true],
    ['203.0.113.70', false],
    ['203.0.113.0/24', true],
    ['203.0.11.0/24', false],
    [null, true],
  ])('without a token, compares the caller %s', (caller, expected) => {
    expect(isAbout(alarm({ token: null, caller }), incident())).toBe(expected);
  });

  it('finds IPv6 callers in their /64', () => {
    const six = incident({ caller_ips: ['2001:db8:1:2::7'] });
    expect(isAbout(alarm({ token: null, caller: '2001:db8:1:2::/64' }), six)).toBe(true);
    expect(isAbout(alarm({ token: null, caller: '2001:db8:1:3::/64' }), six)).toBe(false);
  });
});

describe('detects', () => {
  it('also asks for the tactic', () => {
    expect(detects(alarm(), incident())).toBe(true);
    expect(detects(alarm({ tactics: ['impact'] }), incident())).toBe(false);
    expect(detects(alarm({ tactics: ['impact', 'exfiltration'] }), incident())).toBe(true);
  });

  it('compares tactics as tags write them', () => {
    expect(tacticName('Initial Access')).toBe('initial-access');
  });
});
