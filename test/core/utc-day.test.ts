import { expect, it } from 'vitest';
import { dayMicros, startOfDay } from '../../src/core/utc-day.ts';

it.each([
  ['2026-01-02T00:00:00Z', '2026-01-02'],
  ['2026-01-02T23:59:59.999Z', '2026-01-02'],
  ['1970-01-01T00:00:00Z', '1970-01-01'],
  ['1969-12-31T23:00:00Z', '1969-12-31'],
])('takes %s back to the start of %s', (time, day) => {
  const micros = (text: string) => BigInt(Date.parse(text)) * 1000n;
  expect(startOfDay(micros(time))).toBe(micros(day));
  expect(startOfDay(micros(time)) % dayMicros).toBe(0n);
});
