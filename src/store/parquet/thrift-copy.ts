import type { ByteSink } from './byte-sink.ts';
import { type ThriftField, ThriftReader } from './thrift-reader.ts';
import { fieldTypes, type ThriftStruct } from './thrift-struct.ts';

/** What to write in the place of some fields of a struct, by their ids. */
export type ThriftEdits = Readonly<Record<number, (field: ThriftField) => void>>;

/** Copies structs of Thrift's compact protocol but for some of their fields. */
export class ThriftCopy {
  readonly #from: Uint8Array;
  readonly #to: ByteSink;

  constructor(from: Uint8Array, to: ByteSink) {
    this.#from = from;
    this.#to = to;
  }

  /** @param fields all that the struct has. */
  struct(fields: readonly ThriftField[], edits: ThriftEdits): void {
    let last = 0;
    for (const field of fields) {
      this.#to.byte(((field.id - last) << 4) | field.type);
      last = field.id;
      const edit = edits[field.id];
      if (edit === undefined) this.#to.put(this.#from.subarray(field.start, field.end));
      else edit(field);
    }
    this.#to.byte(0);
  }

  /**
   * A list of structs, and more behind them.
   *
   * @param first writes the first of the old ones in its stead.
   */
  structs({ start, end }: ThriftField, added: readonly ThriftStruct[], first?: (old: ThriftField[]) => void): void {
    const reader = new ThriftReader(this.#from, start);
    this.list(reader.list() + added.length);
    if (first !== undefined) first(reader.fields());
    this.#to.put(this.#from.subarray(reader.at, end));
    for (const struct of added) this.#to.put(struct.bytes());
  }

  /** The head of a list of so many structs. */
  list(length: number): void {
    this.#to.byte(0xf0 | fieldTypes.struct);
    this.#to.varint(length);
  }

  /** A number below 2^31, and so much more. */
  sum({ start }: ThriftField, added: number): void {
    this.#to.varint(2 * (new ThriftReader(this.#from, start).number() + added));
  }
}
