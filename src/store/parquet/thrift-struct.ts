/** Numbers of the types of fields. */
export const fieldTypes = { true: 1, false: 2, i32: 5, i64: 6, binary: 8, list: 9, struct: 12 } as const;

/**
 * One struct in Thrift's compact protocol, written field by field with rising ids.
 *
 * @see https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
export class ThriftStruct {
  readonly #bytes: number[] = [];
  #lastId = 0;

  bool(id: number, value: boolean): this {
    return this.#field(id, value ? fieldTypes.true : fieldTypes.false);
  }

  i32(id: number, value: number): this {
    return this.#field(id, fieldTypes.i32).#zigzag(value);
  }

  i64(id: number, value: number): this {
    return this.#field(id, fieldTypes.i64).#zigzag(value);
  }

  binary(id: number, value: string | Uint8Array): this {
    return this.#field(id, fieldTypes.binary).#binary(value);
  }

  struct(id: number, value: ThriftStruct): this {
    return this.#field(id, fieldTypes.struct).#append(value.bytes());
  }

  i32s(id: number, values: readonly number[]): this {
    this.#list(id, fieldTypes.i32, values.length);
    for (const value of values) this.#zigzag(value);
    return this;
  }

  binaries(id: number, values: readonly string[]): this {
    this.#list(id, fieldTypes.binary, values.length);
    for (const value of values) this.#binary(value);
    return this;
  }

  structs(id: number, values: readonly ThriftStruct[]): this {
    this.#list(id, fieldTypes.struct, values.length);
    for (const value of values) this.#append(value.bytes());
    return this;
  }

  /** The whole struct. */
  bytes(): Uint8Array {
    return Uint8Array.from([...this.#bytes, 0]);
  }

  #field(id: number, type: number): this {
    this.#bytes.push(((id - this.#lastId) << 4) | type);
    this.#lastId = id;
    return this;
  }

  #list(id: number, type: number, length: number): void {
    this.#field(id, fieldTypes.list);
    if (length < 15) this.#bytes.push((length << 4) | type);
    else {
      this.#bytes.push(0xf0 | type);
      this.#varint(length);
    }
  }

  #binary(value: string | Uint8Array): this {
    const bytes = typeof value === 'string' ? Buffer.from(value) : value;
    this.#varint(bytes.length);
    return this.#append(bytes);
  }

  #append(bytes: Uint8Array): this {
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }

  #zigzag(value: number): this {
    this.#varint(value < 0 ? -2 * value - 1 : 2 * value);
    return this;
  }

  /** Whole numbers up to 2^53, which no shift takes. */
  #varint(value: number): void {
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) this.#bytes.push((rest % 128) | 128);
    this.#bytes.push(rest);
  }
}
