import { describe, expect, it } from 'vitest';
import { csvField, renderCsv } from '../../../src/query/render/csv.ts';
import { collect, hostileTexts, resultOf, text } from './hostile.ts';

/** The plain reading of RFC 4180. */
function readCsv(csv: string): string[][] {
  const record = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  const rows: string[][] = [[]];
  for (const [, quoted, plain = '', end] of csv.matchAll(record)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === '\r\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

describe('renderCsv', () => {
  it.each(hostileTexts)('gives a spreadsheet no formula: %j', (hostile) => {
    const field = csvField(hostile, 'text').replace(/^"/, '');
    expect(field).not.toMatch(/^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/);
  });

  it('leaves negative numbers as they are', () => {
    expect(csvField('-5', 'number')).toBe('-5');
    expect(csvField('-5', 'text')).toBe("'-5");
  });

  it('is read back field by field after RFC 4180', async () => {
    const columns = hostileTexts.map((_, i) => text(`c${i}`));
    const csv = (await collect((sink) => renderCsv(resultOf(columns, [hostileTexts]), sink))).toString();
    const [, row] = readCsv(csv);
    expect(row?.map((field) => field.replace(/^'/, ''))).toEqual(hostileTexts);
  });
});
