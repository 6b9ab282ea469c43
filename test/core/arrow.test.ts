import { Table, tableFromIPC, tableToIPC } from 'apache-arrow';
import { expect, it } from 'vitest';
import { toRecordBatch } from '../../src/core/arrow.ts';
import type { Batch } from '../../src/core/batch.ts';
import { type ColumnName, columns } from '../../src/core/columns.ts';

function specOf(name: ColumnName): (typeof columns)[number] {
  return columns.find((spec) => spec.name === name)!;
}

const uuid = Uint8Array.from({ length: 64 }, (_, i) => i);
const utf8 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text));

/** Three rows in buffers made for four. */
const batch: Batch = {
  rows: 3,
  columns: [
    {
      spec: specOf('time'),
      layout: 'fixed',
      values: BigInt64Array.of(1646964644123456n, -1n, 0n, 99n),
      validity: null,
    },
    { spec: specOf('correlation_id'), layout: 'fixed', values: uuid, validity: Uint8Array.of(0b101) },
    {
      spec: specOf('token'),
      layout: 'fixed',
      values: BigUint64Array.of(2n ** 64n - 1n, 0n, 7n, 0n),
      validity: Uint8Array.of(0b101),
    },
    {
      spec: specOf('object_key'),
      layout: 'utf8',
      offsets: Int32Array.of(0, 3, 3, 6, 0),
      bytes: utf8('/a/é/xyz'),
      validity: Uint8Array.of(0b101),
    },
    {
      spec: specOf('user_agent'),
      layout: 'dictionary',
      codes: Uint16Array.of(1, 0, 0, 5),
      dictionary: { length: 2, offsets: Int32Array.of(0, 4, 8, 0), bytes: utf8('curlwgetxxx') },
      validity: Uint8Array.of(0b101),
    },
  ],
};

it('reads the same values back, nulls included, before and after IPC', () => {
  const record = toRecordBatch(batch);
  for (const table of [new Table([record]), tableFromIPC(tableToIPC(new Table([record])))]) {
    expect(table.numRows).toBe(3);
    const column = (name: ColumnName): unknown[] => [...table.getChild(name)!];
    expect(column('token')).toEqual([2n ** 64n - 1n, null, 7n]);
    expect(column('object_key')).toEqual(['/a/', null, 'é/']);
    expect(column('user_agent')).toEqual(['wget', null, 'curl']);
    expect(column('correlation_id')).toEqual([uuid.slice(0, 16), null, uuid.slice(32, 48)]);
    expect(table.getChild('time')!.data[0]!.values.slice(0, 3)).toEqual(BigInt64Array.of(1646964644123456n, -1n, 0n));
    expect(String(table.schema.fields[0])).toContain('time: Timestamp<MICROSECOND, UTC>');
    expect(table.schema.fields.map(({ nullable }) => nullable)).toEqual([false, true, true, true, true]);
  }
});

it('takes the buffers as they are, without a copy', () => {
  const data = toRecordBatch(batch).data.children;
  expect(data[0]!.values.buffer).toBe((batch.columns[0] as { values: BigInt64Array }).values.buffer);
});
