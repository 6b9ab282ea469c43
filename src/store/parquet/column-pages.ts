import { brotliCompressSync, constants } from 'node:zlib';
import type { ByteSink } from './byte-sink.ts';
import { encodings } from './encoded-values.ts';
import { ThriftStruct } from './thrift-struct.ts';

/** Parquet's numbers of codecs. */
const codecs = { none: 0, brotli: 4 } as const;

const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 0, [constants.BROTLI_PARAM_LGWIN]: 18 } };
/** What is left of a page that is worth being compressed. */
const compressedBytesMax = 0.9;

/** The pages of one column, appended to a file one by one. */
export class ColumnPages {
  readonly #file: ByteSink;
  #codec: number;
  /** Bytes of all pages with their headers, before compression and as they are. */
  readonly bytes = { raw: 0, stored: 0 };

  constructor(file: ByteSink, compressible: boolean) {
    this.#file = file;
    this.#codec = compressible ? codecs.brotli : codecs.none;
  }

  /** A column has one, found by its first page. */
  get codec(): number {
    return this.#codec;
  }

  putDictionary(page: Uint8Array, entries: number): void {
    this.#put(page, 2, 7, new ThriftStruct().i32(1, entries).i32(2, encodings.plain));
  }

  /** A page of version 1, which every reader takes. */
  putData(page: Uint8Array, rows: number, encoding: number): void {
    const { rle } = encodings;
    this.#put(page, 0, 5, new ThriftStruct().i32(1, rows).i32(2, encoding).i32(3, rle).i32(4, rle));
  }

  /** @param field where the Thrift struct `PageHeader` has the header of this type of page. */
  #put(page: Uint8Array, type: number, field: number, typed: ThriftStruct): void {
    const stored = this.#compressed(page);
    const header = new ThriftStruct()
      .i32(1, type)
      .i32(2, page.length)
      .i32(3, stored.length)
      .struct(field, typed)
      .bytes();
    this.#file.put(header);
    this.#file.put(stored);
    this.bytes.raw += header.length + page.length;
    this.bytes.stored += header.length + stored.length;
  }

  #compressed(page: Uint8Array): Uint8Array {
    if (this.#codec === codecs.none) return page;
    const compressed = brotliCompressSync(page, brotli);
    const isFirst = this.bytes.raw === 0;
    if (isFirst && compressed.length > page.length * compressedBytesMax) this.#codec = codecs.none;
    return this.#codec === codecs.none ? page : compressed;
  }
}
