import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonLine, renderJsonl } from '../../../src/query/render/jsonl.ts';
import { collect, hostileTexts, resultOf, text } from './hostile.ts';

describe('renderJsonl', () => {
  it('writes one object a row, in the order of the columns', async () => {
    const columns = [
      text('b'),
      { name: 'a', kind: 'timestamp', type: 'TIMESTAMP' } as const,
      { name: 'c', kind: 'json', type: 'VARCHAR[]' } as const,
    ];
    const output = await collect((sink) =>
      renderJsonl(
        resultOf(columns, [
          ['x', -1n, ['y']],
          [null, 0n, null],
        ]),
        sink,
      ),
    );
    expect(output.toString()).toBe(
      '{"b":"x","a":"1969-12-31T23:59:59.999999Z","c":["y"]}\n{"b":null,"a":"1970-01-01T00:00:00.000000Z","c":null}\n',
    );
  });

  it('writes integers as numbers until readers would round them, then as texts', () => {
    expect(jsonLine([2n ** 53n - 1n, 2n ** 53n, -(2n ** 63n)])).toBe(
      '[9007199254740991,"9007199254740992","-9223372036854775808"]\n',
    );
  });

  it('writes what JSON has no number for as text', () => {
    expect(jsonLine([Number.NaN, Number.POSITIVE_INFINITY])).toBe('["NaN","Infinity"]\n');
  });

  it.each(hostileTexts)('is one line of visible characters that reads back the same: %j', (hostile) => {
    const line = jsonLine({ key: hostile });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not reach a terminal.
    expect(line.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    expect(JSON.parse(line)).toEqual({ key: hostile });
  });

  it('reads back any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        expect(JSON.parse(jsonLine(value))).toBe(value);
      }),
    );
  });
});
