import assert from 'node:assert/strict';
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
  let at = start;
  const byte = () => {
    const next = bytes[at++];
    assert(next !== undefined, 'a Thrift struct ends within the bytes');
    return next;
  };
  const zigzag = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const part = byte();
      value += (part & 127) * scale;
      if (part < 128) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
  };
  for (let id = 0; ; ) {
    const head = byte();
    if (head === 0) return { numbers, structs, end: at };
    id += head >> 4;
    const type = head & 15;
    if (type === fieldTypes.struct) {
      const inner = thriftFields(bytes, at);
      structs.set(id, inner);
      at = inner.end;
    } else {
      assert(type === fieldTypes.i32 || type === fieldTypes.i64, `field ${id} is a number or a struct`);
      numbers.set(id, zigzag());
    }
  }
}
