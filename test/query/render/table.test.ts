import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { renderTable } from '../../../src/query/render/table.ts';
import { collect, hostileTexts, resultOf, text } from './hostile.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: what must not reach a terminal.
const acting = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

const table = async (...[columns, rows, width = null]: [...Parameters<typeof resultOf>, (number | null)?]) =>
  (await collect((sink) => renderTable(resultOf(columns, rows), sink, width))).toString();

describe('renderTable', () => {
  it('puts numbers to the right and texts to the left', async () => {
    const columns = [text('account'), { name: 'n', kind: 'integer', type: 'BIGINT' } as const];
    expect(
      await table(columns, [
        ['contoso', 5n],
        ['x', 1234567n],
      ]),
    ).toBe('account        n\n───────  ───────\ncontoso        5\nx        1234567\n');
  });

  it('shows times in ISO form with six decimals and nulls as nothing', async () => {
    const columns = [{ name: 'time', kind: 'timestamp', type: 'TIMESTAMP' } as const, text('b')];
    expect(await table(columns, [[1_687_428_000_000_001n, null]])).toContain('2023-06-22T10:00:00.000001Z\n');
  });

  it.each(hostileTexts)('lets nothing act on the terminal, in cells or headings: %j', async (hostile) => {
    const output = await table([text(hostile)], [[hostile]]);
    expect(output).not.toMatch(acting);
    expect(output.split('\n')).toHaveLength(4);
  });

  it('never passes the width of the terminal', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.string({ unit: 'binary', maxLength: 60 }), { minLength: 3, maxLength: 3 }), {
          maxLength: 5,
        }),
        fc.integer({ min: 20, max: 120 }),
        async (rows, width) => {
          const lines = (await table([text('a'), text('b'), text('c')], rows, width)).split('\n');
          for (const line of lines.filter((candidate) => !candidate.startsWith('… and'))) {
            expect(stringWidth(line)).toBeLessThanOrEqual(width);
          }
        },
      ),
    );
  });

  it('says how many columns did not fit', async () => {
    const columns = Array.from({ length: 30 }, (_, i) => text(`column_${i}`));
    expect(await table(columns, [columns.map(() => 'x'.repeat(30))], 80)).toMatch(/… and \d+ more columns/);
  });

  it('writes a heading even without rows', async () => {
    expect(await table([text('account')], [])).toBe('account\n───────\n');
  });
});
