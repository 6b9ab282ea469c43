import type { TableColumnSpec } from '../table.ts';
import { ThriftStruct } from './thrift-struct.ts';

/** Physical types. */
const int32 = 1;
const int64 = 2;
const double = 5;
const byteArray = 6;
const fixedLengthByteArray = 7;

/** How Parquet has a type: the physical one, and the `ConvertedType` that names ours. */
const kinds: Readonly<Record<TableColumnSpec['type'], { readonly physical: number; readonly converted?: number }>> = {
  dictionary: { physical: byteArray, converted: 0 },
  utf8: { physical: byteArray, converted: 0 },
  timestamp: { physical: int64, converted: 10 },
  uint8: { physical: int32, converted: 11 },
  uint16: { physical: int32, converted: 12 },
  int32: { physical: int32, converted: 17 },
  uint32: { physical: int32, converted: 13 },
  int64: { physical: int64, converted: 18 },
  uint64: { physical: int64, converted: 14 },
  float64: { physical: double },
  uuid: { physical: fixedLengthByteArray },
  blob: { physical: byteArray },
};

export function physicalType({ type }: TableColumnSpec): number {
  return kinds[type].physical;
}

const optional = 1;

/** The Thrift struct `SchemaElement` of a column; its types are those of DuckDB's own files. */
export function schemaElement({ name, type }: TableColumnSpec): ThriftStruct {
  const { physical, converted } = kinds[type];
  const element = new ThriftStruct().i32(1, physical);
  if (type === 'uuid') element.i32(2, 16);
  element.i32(3, optional).binary(4, name);
  if (converted !== undefined) element.i32(6, converted);
  const empty = new ThriftStruct();
  if (type === 'uuid') element.struct(10, new ThriftStruct().struct(14, empty));
  if (type === 'timestamp') {
    const micros = new ThriftStruct().struct(2, empty);
    element.struct(10, new ThriftStruct().struct(8, new ThriftStruct().bool(1, false).struct(2, micros)));
  }
  return element;
}

export function rootElement(columns: number): ThriftStruct {
  return new ThriftStruct().i32(3, 0).binary(4, 'schema').i32(5, columns);
}
