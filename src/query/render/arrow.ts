import {
  Bool,
  type Data,
  type DataType,
  Field,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  makeBuilder,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  Schema,
  Struct,
  TimestampMicrosecond,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
  Utf8,
} from 'apache-arrow';
import type { Cell, QueryResult, ResultColumn, Row } from '../cell.ts';
import { cellText } from './cell-text.ts';
import type { Sink } from './sink.ts';

/** DuckDB types with an Arrow type of the same width; everything else becomes text, as CSV shows it. */
const arrowTypes: ReadonlyMap<string, DataType> = new Map<string, DataType>([
  ['BOOLEAN', new Bool()],
  ['TINYINT', new Int8()],
  ['SMALLINT', new Int16()],
  ['INTEGER', new Int32()],
  ['BIGINT', new Int64()],
  ['UTINYINT', new Uint8()],
  ['USMALLINT', new Uint16()],
  ['UINTEGER', new Uint32()],
  ['UBIGINT', new Uint64()],
  ['FLOAT', new Float32()],
  ['DOUBLE', new Float64()],
]);
const timestamp = new TimestampMicrosecond('UTC');

function arrowType({ type, kind }: ResultColumn): DataType {
  return kind === 'timestamp' ? timestamp : (arrowTypes.get(type) ?? new Utf8());
}

function columnData(rows: readonly Row[], column: ResultColumn, index: number): Data {
  const { kind, type } = column;
  const exact = kind === 'timestamp' || arrowTypes.has(type);
  // The builder of timestamps takes milliseconds and rounds: their integers are built as such and relabelled.
  const builder = makeBuilder({ type: kind === 'timestamp' ? new Int64() : arrowType(column), nullValues: [null] });
  for (const row of rows) {
    const cell: Cell = row[index] ?? null;
    builder.append(cell === null || exact ? cell : cellText(cell, kind));
  }
  const data = builder.flush();
  if (kind !== 'timestamp') return data;
  const { length, nullCount, nullBitmap, values } = data;
  return makeData({ type: timestamp, length, nullCount, nullBitmap, data: values });
}

/** An Arrow IPC file: one record batch per run of rows, times in UTC microseconds. */
export async function renderArrow({ columns, batches }: QueryResult, sink: Sink): Promise<void> {
  const schema = new Schema(columns.map((column) => new Field(column.name, arrowType(column), true)));
  const writer = new RecordBatchFileWriter();
  writer.reset(undefined, schema);
  const written = (async () => {
    for await (const piece of writer) await sink(piece);
  })();
  for await (const rows of batches) {
    const children = columns.map((column, i) => columnData(rows, column, i));
    const type = new Struct(schema.fields);
    writer.write(new RecordBatch(schema, makeData({ type, length: rows.length, nullCount: 0, children })));
  }
  writer.finish();
  await written;
}
