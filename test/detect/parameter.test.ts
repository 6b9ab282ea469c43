import { DuckDBInstance } from '@duckdb/node-api';
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

  it('are to the engine the times and texts that they were, whatever years and characters', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const year = 366n * 86_400_000_000n;
    const moments = fc.oneof(
      fc.bigInt({ min: -63_000n * year, max: 290_000n * year }),
      fc.bigInt({ min: -3n * year, max: 3n * year }),
      fc.constantFrom(
        -62_135_596_800_000_000n,
        -62_135_596_800_000_001n,
        253_402_300_799_999_999n,
        253_402_300_800_000_000n,
      ),
    );
    const texts = fc.oneof(
      fc.string(),
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom("'", '\0', 'a') }),
    );
    await fc.assert(
      fc.asyncProperty(moments, texts, async (micros, text) => {
        const result = await connection.runAndReadAll(
          `SELECT epoch_us(${timestampLiteral(micros)}), encode(${textLiteral(text)})::BLOB`,
        );
        const [[time, bytes] = []] = result.getRowsJS();
        expect(time).toBe(micros);
        expect(Buffer.from(bytes as Uint8Array)).toEqual(Buffer.from(text));
      }),
      { numRuns: 300 },
    );
    connection.closeSync();
    instance.closeSync();
  });
});
