import { describe, expect, it } from 'vitest';
import {
  isAtLeast,
  parseCount,
  parseDuration,
  parseFraction,
  parseLevel,
  parseMoment,
} from '../../src/cli/option-values.ts';

const now = new Date('2026-01-02T00:00:00Z');

describe('option values', () => {
  it.each([
    ['30', 30_000],
    ['500ms', 500],
    ['1.5s', 1_500],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['7d', 604_800_000],
  ])('reads the duration %s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', '-5s', '5 s', 's', '5w', '1e3', 'Infinity'])('refuses the duration %j', (text) => {
    expect(() => parseDuration(text)).toThrow('duration');
  });

  it.each([
    ['-24h', '2026-01-01T00:00:00Z'],
    ['-90m', '2026-01-01T22:30:00Z'],
    ['2023-06-22', '2023-06-22T00:00:00Z'],
    ['2023-06-22T10:00:00+02:00', '2023-06-22T08:00:00Z'],
  ])('reads the moment %s', (text, iso) => {
    expect(parseMoment(text)(now)).toBe(BigInt(Date.parse(iso)) * 1_000n);
  });

  it.each(['', '24h', '-', '-x', 'yesterday', '2023-13-01'])('refuses the moment %j', (text) => {
    expect(() => parseMoment(text)).toThrow('time');
  });

  it('reads counts, fractions and levels in their bounds only', () => {
    expect(parseCount(1)('5')).toBe(5);
    expect(parseFraction('0.5')).toBe(0.5);
    expect(parseLevel('high')).toBe('high');
    for (const text of ['0', '-1', '1.5', '', '1e3', '99999999999999999999']) {
      expect(() => parseCount(1)(text)).toThrow('whole number');
    }
    expect(parseCount(0, 65_535)('65535')).toBe(65_535);
    expect(() => parseCount(0, 65_535)('65536')).toThrow('from 0 to 65535');
    for (const text of ['', '-0.1', '1.1', 'x']) expect(() => parseFraction(text)).toThrow('0 to 1');
    expect(() => parseLevel('severe')).toThrow('informational, low');
  });

  it('orders levels by urgency', () => {
    expect(isAtLeast('critical', 'high')).toBe(true);
    expect(isAtLeast('high', 'high')).toBe(true);
    expect(isAtLeast('medium', 'high')).toBe(false);
  });
});
