import {
  BufferType,
  Data,
  type DataType,
  Dictionary,
  Field,
  FixedSizeBinary,
  Float64,
  Int32,
  Int64,
  makeData,
  makeVector,
  RecordBatch,
  Schema,
  Struct,
  TimestampMicrosecond,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
  Utf8,
  type Vector,
} from 'apache-arrow';
import type { Batch, Column, Dictionary as DictionaryValues } from './batch.ts';
import type { ColumnSpec } from './columns.ts';

function arrowType({ type }: ColumnSpec, index: number): DataType {
  switch (type) {
    case 'uint8':
      return new Uint8();
    case 'uint16':
      return new Uint16();
    case 'uint32':
      return new Uint32();
    case 'uint64':
      return new Uint64();
    case 'int32':
      return new Int32();
    case 'int64':
      return new Int64();
    case 'float64':
      return new Float64();
    case 'timestamp':
      return new TimestampMicrosecond('UTC');
    case 'uuid':
      return new FixedSizeBinary(16);
    case 'utf8':
      return new Utf8();
    case 'dictionary':
      return new Dictionary(new Utf8(), new Uint16(), index);
  }
}

function dictionaryVector({ length, offsets, bytes }: DictionaryValues): Vector<Utf8> {
  return makeVector(makeData({ type: new Utf8(), length, valueOffsets: offsets.subarray(0, length + 1), data: bytes }));
}

function columnData(column: Column, index: number, rows: number): Data {
  const { spec } = column;
  const type = arrowType(spec, index);
  const validity =
    column.validity === null ? {} : { [BufferType.VALIDITY]: column.validity.subarray(0, Math.ceil(rows / 8)) };
  const nullCount = column.validity === null ? 0 : -1;
  switch (column.layout) {
    case 'fixed': {
      const values = column.values.subarray(0, spec.type === 'uuid' ? rows * 16 : rows);
      return new Data(type, 0, rows, nullCount, { [BufferType.DATA]: values, ...validity });
    }
    case 'utf8': {
      const offsets = column.offsets.subarray(0, rows + 1);
      const buffers = { [BufferType.OFFSET]: offsets, [BufferType.DATA]: column.bytes, ...validity };
      return new Data(type, 0, rows, nullCount, buffers);
    }
    case 'dictionary': {
      const codes = column.codes.subarray(0, rows);
      return new Data(
        type,
        0,
        rows,
        nullCount,
        { [BufferType.DATA]: codes, ...validity },
        [],
        dictionaryVector(column.dictionary),
      );
    }
  }
}

/**
 * A batch as an Arrow record batch over the same buffers: dictionaries of Utf8 by Uint16, timestamps in microseconds UTC,
 * UUIDs as FixedSizeBinary(16). Valid as long as the batch is; write it as IPC to keep it.
 */
export function toRecordBatch({ rows, columns }: Batch): RecordBatch {
  const children = columns.map((column, index) => columnData(column, index, rows));
  const fields = columns.map(({ spec }, index) => new Field(spec.name, arrowType(spec, index), !spec.required));
  return new RecordBatch(new Schema(fields), new Data(new Struct(fields), 0, rows, 0, undefined, children));
}
