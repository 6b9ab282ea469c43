import { describe, expect, it } from 'vitest';
import { type ColumnName, columnIndex, columns } from '../../../src/core/columns.ts';
import type { ColumnValue } from '../../../src/ingest/decode/column-builder.ts';
import { ColumnWriter, HeapColumns } from '../../../src/ingest/decode/column-writer.ts';
import { rowsOf } from './rows.ts';

function row(values: Partial<Record<ColumnName, ColumnValue>>): ColumnValue[] {
  return columns.map(({ name, required, type }) => {
    if (values[name] !== undefined) return values[name];
    return required ? (type === 'dictionary' ? '' : 0) : null;
  });
}

describe('ColumnWriter', () => {
  it('writes whole numbers of 64 bits whether they come as number or as bigint', () => {
    const writer = new ColumnWriter(new HeapColumns(8));
    const numbers = [0, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER];
    for (const n of numbers) writer.append(row({ response_body_bytes: n, request_body_bytes: BigInt(n) }));
    for (const stored of rowsOf(writer.batch())) expect(stored.response_body_bytes).toBe(stored.request_body_bytes);
    expect(rowsOf(writer.batch()).map((stored) => stored.request_body_bytes)).toEqual(numbers.map(BigInt));
  });

  it('writes a UUID from its digits in any case, or from its bytes', () => {
    const writer = new ColumnWriter(new HeapColumns(8));
    const digits = '00112233445566778899aabbccddeeff';
    const dashed = '00112233-4455-6677-8899-AABBCCDDEEFF';
    for (const value of [digits, dashed, Buffer.from(digits, 'hex')]) writer.append(row({ correlation_id: value }));
    expect(rowsOf(writer.batch()).map((stored) => stored.correlation_id)).toEqual([digits, digits, digits]);
  });

  it('gives each distinct text one code, in the order of first appearance, and leaves no gap for nulls', () => {
    const writer = new ColumnWriter(new HeapColumns(8));
    for (const text of ['b', 'a', null, 'b', 'a', 'c?sig=1', 'c?sig=2']) writer.append(row({ user_agent: text }));
    const column = writer.batch().columns[columnIndex.user_agent]!;
    if (column.layout !== 'dictionary') throw new Error('user_agent is a dictionary');
    expect([...column.codes.subarray(0, 7)]).toEqual([0, 1, 0, 0, 1, 2, 2]);
    expect(column.dictionary.length).toBe(3);
    expect(column.validity![0]).toBe(0b1111011);
    expect(Buffer.from(column.dictionary.bytes.subarray(0, column.dictionary.offsets[3])).toString()).toBe(
      'bac?sig=XXXXX',
    );
  });

  it('grows its text and keeps what was there', () => {
    const writer = new ColumnWriter(new HeapColumns(100));
    const texts = Array.from({ length: 100 }, (_, i) => `${i}é模🚀`.repeat(i * 20));
    for (const text of texts) writer.append(row({ object_key: text, user_agent: `ua${text}` }));
    const rows = rowsOf(writer.batch(), ['object_key', 'user_agent']);
    expect(rows.map(({ object_key }) => object_key)).toEqual(texts);
    expect(rows.map(({ user_agent }) => user_agent)).toEqual(texts.map((text) => `ua${text}`));
  });

  it('takes no row when it is full, and uses the same buffers for the next batch', () => {
    const writer = new ColumnWriter(new HeapColumns(2));
    expect([1, 2, 3].map((n) => writer.append(row({ status_code: n })))).toEqual([true, true, false]);
    const first = writer.batch().columns[columnIndex.status_code]!;
    writer.reset();
    expect(writer.rows).toBe(0);
    writer.append(row({ status_code: null }));
    const again = writer.batch().columns[columnIndex.status_code]!;
    expect(rowsOf(writer.batch())[0]?.status_code).toBeUndefined();
    expect(first.layout === 'fixed' && again.layout === 'fixed' && first.values === again.values).toBe(true);
  });

  it('has a validity bitmap for exactly the columns that may be null', () => {
    for (const { spec, validity } of new ColumnWriter(new HeapColumns(1)).batch().columns)
      expect(validity === null).toBe(spec.required);
  });
});
