import assert from 'node:assert/strict';
import { fieldTypes } from './thrift-struct.ts';

/** A field of a struct and where its value lies. */
export interface ThriftField {
  readonly id: number;
  readonly type: number;
  readonly start: number;
  readonly end: number;
}

/** Types of fields that `ThriftStruct` has no use for. */
const [byteType, i16Type, doubleType, setType] = [3, 4, 7, 10];

/**
 * Walks through bytes of Thrift's compact protocol. Its methods throw an AssertionError where the bytes end too soon.
 *
 * @see https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
export class ThriftReader {
  readonly #bytes: Uint8Array;
  /** Of the byte that is read next. */
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  /** A whole number up to 2^53. */
  number(): number {
    const value = this.#varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** The fields of the struct that begins here; goes behind it. */
  fields(): ThriftField[] {
    const fields: ThriftField[] = [];
    for (let id = 0; ; ) {
      const head = this.#byte();
      if (head === 0) return fields;
      id = head >> 4 === 0 ? this.number() : id + (head >> 4);
      const start = this.at;
      const type = head & 15;
      this.#skip(type);
      fields.push({ id, type, start, end: this.at });
    }
  }

  /** The number of items of the list that begins here; goes to the first of them. */
  list(): number {
    const head = this.#byte();
    return head >> 4 === 15 ? this.#varint() : head >> 4;
  }

  #byte(): number {
    const next = this.#bytes[this.at++];
    assert(next !== undefined, 'a Thrift struct ends within the bytes');
    return next;
  }

  #varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const part = this.#byte();
      value += (part & 127) * scale;
      if (part < 128) return value;
    }
  }

  #skip(type: number): void {
    switch (type) {
      case fieldTypes.true:
      case fieldTypes.false:
        return;
      case byteType:
        this.at++;
        return;
      case i16Type:
      case fieldTypes.i32:
      case fieldTypes.i64:
        this.#varint();
        return;
      case doubleType:
        this.at += 8;
        return;
      case fieldTypes.binary: {
        const length = this.#varint();
        this.at += length;
        return;
      }
      case fieldTypes.list:
      case setType:
        this.#skipItems();
        return;
      case fieldTypes.struct:
        for (let head = this.#byte(); head !== 0; head = this.#byte()) {
          if (head >> 4 === 0) this.#varint();
          this.#skip(head & 15);
        }
        return;
      default:
        assert.fail(`Thrift has no type ${type} that Parquet uses`);
    }
  }

  #skipItems(): void {
    const type = (this.#bytes[this.at] ?? 0) & 15;
    const isBool = type === fieldTypes.true || type === fieldTypes.false;
    for (let left = this.list(); left > 0; left--) this.#skip(isBool ? byteType : type);
  }
}
