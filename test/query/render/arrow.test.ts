import { tableFromIPC } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import type { ResultColumn } from '../../../src/query/cell.ts';
import { renderArrow } from '../../../src/query/render/arrow.ts';
import { collect, resultOf } from './hostile.ts';

const columns: readonly ResultColumn[] = [
  { name: 'time', kind: 'timestamp', type: 'TIMESTAMP' },
  { name: 'n', kind: 'integer', type: 'UBIGINT' },
  { name: 'ms', kind: 'number', type: 'DOUBLE' },
  { name: 'sum', kind: 'integer', type: 'HUGEINT' },
  { name: 'tags', kind: 'json', type: 'VARCHAR[]' },
];

describe('renderArrow', () => {
  it('writes a file apache-arrow reads with exact types and values', async () => {
    const rows = [
      [1_687_428_000_123_456n, 2n ** 64n - 1n, 0.5, 2n ** 100n, ['a']],
      [null, null, null, null, null],
    ];
    const table = tableFromIPC(await collect((sink) => renderArrow(resultOf(columns, rows), sink)));
    expect(table.schema.fields.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'time Timestamp<MICROSECOND, UTC>',
      'n Uint64',
      'ms Float64',
      'sum Utf8',
      'tags Utf8',
    ]);
    expect(table.getChild('time')?.data[0]?.values[0]).toBe(1_687_428_000_123_456n);
    expect(table.get(0)?.toArray().slice(1)).toEqual([2n ** 64n - 1n, 0.5, String(2n ** 100n), '["a"]']);
    expect(table.get(1)?.toArray()).toEqual([null, null, null, null, null]);
  });

  it('writes a file with its columns when there are no rows', async () => {
    const table = tableFromIPC(await collect((sink) => renderArrow(resultOf(columns, []), sink)));
    expect(table.numRows).toBe(0);
    expect(table.schema.names).toEqual(['time', 'n', 'ms', 'sum', 'tags']);
  });
});
