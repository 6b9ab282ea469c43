import type { TableColumnSpec } from '../table.ts';
import type { ByteSink } from './byte-sink.ts';
import { rootElement, schemaElement } from './schema.ts';
import { ThriftStruct } from './thrift-struct.ts';

/** The Thrift struct `ColumnOrder` of all columns: values compare as their types do. */
export const columnOrder = new ThriftStruct().struct(1, new ThriftStruct());

/** Appends the Thrift struct `FileMetaData` of a file with one row group, and its length. */
export function putFooter(
  file: ByteSink,
  rows: number,
  specs: readonly TableColumnSpec[],
  chunks: readonly ThriftStruct[],
): void {
  const start = file.position;
  const group = () =>
    new ThriftStruct()
      .structs(1, chunks)
      .i64(2, start - 4)
      .i64(3, rows)
      .i64(5, 4)
      .i64(6, start - 4);
  const metadata = new ThriftStruct()
    .i32(1, 1)
    .structs(2, [rootElement(specs.length), ...specs.map(schemaElement)])
    .i64(3, rows)
    .structs(4, rows === 0 ? [] : [group()])
    .binary(6, 'saswatch')
    .structs(
      7,
      specs.map(() => columnOrder),
    );
  file.put(metadata.bytes());
  file.uint32(file.position - start);
}
