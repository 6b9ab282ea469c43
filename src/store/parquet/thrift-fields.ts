import assert from 'node:assert/strict';
import { ThriftReader } from './thrift-reader.ts';
import { fieldTypes } from './thrift-struct.ts';

/** What a struct of numbers and structs holds, by field id. */
export interface ThriftFields {
  readonly numbers: ReadonlyMap<number, number>;
  readonly structs: ReadonlyMap<number, ThriftFields>;
  /** Where the bytes after it begin. */
  readonly end: number;
}

/**
 * Reads a `ThriftStruct` of numbers and structs.
 *
 * @throws AssertionError if the bytes end within it or a field is of another type.
 */
export function thriftFields(bytes: Uint8Array, start: number): ThriftFields {
  const numbers = new Map<number, number>();
  const structs = new Map<number, ThriftFields>();
  const reader = new ThriftReader(bytes, start);
  for (const { id, type, start: at } of reader.fields()) {
    if (type === fieldTypes.struct) structs.set(id, thriftFields(bytes, at));
    else {
      assert(type === fieldTypes.i32 || type === fieldTypes.i64, `field ${id} is a number or a struct`);
      numbers.set(id, new ThriftReader(bytes, at).number());
    }
  }
  return { numbers, structs, end: reader.at };
}
