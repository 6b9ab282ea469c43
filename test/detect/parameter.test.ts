import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bindParameters, parameterNames, textLiteral, timestampLiteral } from '../../src/detect/parameter.ts';

const range = { since: 0n, until: 86_400_000_001n };

describe('parameters of a statement', () => {
  it('are not looked for in quoted text, quoted names and comments', () => {
    expect([...parameterNames(`SELECT $a, '$b ''$c', "$d" -- $e\nWHERE x = $f`)]).toEqual(['a', 'f']);
  });

  it('become literals of their type', () => {
    const params = {
      n: { type: 'integer', default: 3 },
      share: { type: 'number', default: 0.5 },
      window: { type: 'interval', default: '10 minutes' },
    } as const;
    const sql = '$since $until $n $share $window';
    expect(bindParameters({ sql, params }, range, { n: 4 })).toBe(
      "TIMESTAMP '1970-01-01 00:00:00' TIMESTAMP '1970-01-02 00:00:00.000001' 4 0.5::DOUBLE INTERVAL '10 minutes'",
    );
  });

  it.each([
    ['integer', '3; DROP TABLE x'],
    ['integer', 1.5],
    ['number', Number.NaN],
    ['number', '1'],
  ] as const)('of type %s refuse %j', (type, value) => {
    const bind = () => bindParameters({ sql: '$n', params: { n: { type, default: 1 } } }, range, { n: value });
    expect(bind).toThrow(/Parameter n was given/);
  });

  it.each(["1 day' OR true --", '5', 7])('of type interval refuse %j', (value) => {
    const params = { w: { type: 'interval', default: '1 day' } } as const;
    expect(() => bindParameters({ sql: '$w', params }, range, { w: value })).toThrow(/as '15 minutes'/);
  });

  it('keep every microsecond of a time', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n }), (micros) => {
        const [, seconds = '', fraction = ''] =
          /^TIMESTAMP '([^.]+)(?:\.(\d{6}))?'$/.exec(timestampLiteral(micros)) ?? [];
        const whole = BigInt(Date.parse(`${seconds.replace(' ', 'T')}Z`)) * 1_000n;
        expect(whole + BigInt(fraction === '' ? 0 : fraction)).toBe(micros);
      }),
    );
  });

  it('cannot be left through a quote', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(textLiteral(text)).toMatch(/^'(?:[^']|'')*'$/s);
      }),
    );
  });
});
