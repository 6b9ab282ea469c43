import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLastModified, parseTimestamp } from '../../src/core/timestamp.ts';

const at = (iso: string, tick = 0): { micros: bigint; tick: number } => ({
  micros: BigInt(Date.parse(iso)) * 1000n,
  tick,
});

describe('parseTimestamp', () => {
  it.each([
    ['2051-10-05', at('2051-10-05T00:00:00Z')],
    ['2051-10-05T12:30Z', at('2051-10-05T12:30:00Z')],
    ['2051-10-05T12:30:59Z', at('2051-10-05T12:30:59Z')],
    ['2051-10-05T12:30:59.5Z', at('2051-10-05T12:30:59.500Z')],
    ['2051-10-05T12:30:59+02:00', at('2051-10-05T10:30:59Z')],
    ['2051-10-05 12:30:59', at('2051-10-05T12:30:59Z')],
    ['0001-01-01T00:00:00Z', at('0001-01-01T00:00:00Z')],
    ['9999-12-31T23:59:59Z', at('9999-12-31T23:59:59Z')],
  ])('reads %s', (text, expected) => {
    expect(parseTimestamp(text)).toEqual(expected);
  });

  it('keeps the seventh decimal apart and drops those after it', () => {
    const { micros } = at('2022-03-11T02:10:44.123Z');
    expect(parseTimestamp('2022-03-11T02:10:44.1234567Z')).toEqual({ micros: micros + 456n, tick: 7 });
    expect(parseTimestamp('2022-03-11T02:10:44.123456789Z')).toEqual({ micros: micros + 456n, tick: 7 });
  });

  it.each([
    '',
    'yesterday',
    '2022-02-30T00:00:00Z',
    '2022-13-01',
    '2022-00-01',
    '2022-01-00',
    '2022-01-01T24:00:00Z',
    '2022-01-01T00:60Z',
    '2022-01-01T00:00:60Z',
    '2022-01-01T00:00:00.Z',
    '2022-01-01T00Z',
    ' 2022-01-01',
    '2022-01-01Z',
  ])('refuses %j', (text) => {
    expect(parseTimestamp(text)).toBeNull();
  });

  it('reads the usual form as it reads one with an offset, damaged or not', () => {
    const part = (length: number) =>
      fc.oneof(
        { weight: 9, arbitrary: fc.nat(length === 4 ? 9_999 : 70).map((n) => `${n}`.padStart(length, '0')) },
        { weight: 1, arbitrary: fc.string({ minLength: length, maxLength: length }) },
      );
    const mark = (usual: string) =>
      fc.oneof({ weight: 29, arbitrary: fc.constant(usual) }, fc.constantFrom('/', ' ', ':', '-', 'T'));
    fc.assert(
      fc.property(
        fc.tuple(
          part(4),
          mark('-'),
          part(2),
          mark('-'),
          part(2),
          mark('T'),
          part(2),
          mark(':'),
          part(2),
          mark(':'),
          part(2),
        ),
        (parts) => {
          expect(parseTimestamp(`${parts.join('')}Z`)).toEqual(parseTimestamp(`${parts.join('')}+00:00`));
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it('agrees with Date for every moment', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true }), (date) => {
        expect(parseTimestamp(date.toISOString())?.micros).toBe(BigInt(date.getTime()) * 1000n);
      }),
    );
  });
});

describe('parseLastModified', () => {
  it.each([
    ['2024/07/03 16:59:35.0118188', { micros: 1720025975011818n, tick: 8 }],
    ['2024-07-03T16:59:35Z', at('2024-07-03T16:59:35Z')],
    ['7/5/2022 12:32:21 PM', at('2022-07-05T12:32:21Z')],
    ['12/31/2022 12:00:00 AM', at('2022-12-31T00:00:00Z')],
    ['Tuesday, 19-Jun-14 22:58:10 GMT', at('2014-06-19T22:58:10Z')],
    ['Sunday, 19-Jun-99 22:58:10 GMT', at('1999-06-19T22:58:10Z')],
    ['Thu, 19 Jun 2014 22:58:10 GMT', at('2014-06-19T22:58:10Z')],
  ])('reads %s', (text, expected) => {
    expect(parseLastModified(text)).toEqual(expected);
  });

  it.each(['13/13/2022 1:00:00 PM', '7/5/2022 13:00:00 PM', 'Tue, 19 Xxx 2014 22:58:10 GMT', 'never'])(
    'refuses %s',
    (text) => {
      expect(parseLastModified(text)).toBeNull();
    },
  );
});
