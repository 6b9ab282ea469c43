import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { BLOB, DuckDBDataChunk, duckdb } from '../core/duckdb.ts';
import type { VectorKernel } from '../core/vector-kernel.ts';
import { vectorRows } from './vector-memory.ts';

/** Bytes of a `duckdb_string_t`: a 32-bit length, then up to 12 bytes of text, or 4 of them and a 64-bit address. */
export const elementBytes = 16;
const inlineBytesMax = 12;

export interface Texts {
  readonly offsets: Int32Array<ArrayBuffer>;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Native memory for the texts of one batch, and the `duckdb_string_t`s that point into it.
 *
 * A blob of any size goes into a vector of DuckDB's with one copy, and the element made for it tells its address; then
 * elements of other vectors may point inside it. They are valid until `reset`, which must not come before their query ended.
 *
 * @see https://duckdb.org/docs/stable/clients/c/vector.html#strings
 */
export class TextHeap {
  readonly #chunk = DuckDBDataChunk.create([BLOB], vectorRows).chunk;
  #used = 0;

  /**
   * Takes over the first `count` texts.
   *
   * @throws Error if they are no valid UTF-8, which Parquet would take and no reader could read, or if their offsets lie
   *   outside the bytes.
   */
  take({ offsets, bytes }: Texts, count: number, kind: 'text' | 'blob'): HeapTexts {
    const first = offsets[0] ?? 0;
    const last = offsets[count] ?? 0;
    assert(first >= 0 && first <= last && last <= bytes.length, 'offsets lie within the bytes');
    const region = bytes.subarray(first, last);
    if (kind === 'text' && !isUtf8(region)) throw invalidText();
    return new HeapTexts(offsets, bytes, count, kind, this.#put(region) - first);
  }

  /** Frees the texts of the batch. */
  reset(): void {
    duckdb.data_chunk_reset(this.#chunk);
    this.#used = 0;
  }

  /** Copies bytes into native memory. @returns their address; 0 for so few that no element points to them. */
  #put(bytes: Uint8Array): number {
    if (bytes.length <= inlineBytesMax) return 0;
    assert(this.#used < vectorRows, 'a batch has fewer columns than a vector rows');
    const vector = duckdb.data_chunk_get_vector(this.#chunk, 0);
    const index = this.#used;
    this.#used += 1;
    duckdb.vector_assign_string_element_len(vector, index, bytes);
    const stored = duckdb.vector_get_data(vector, this.#used * elementBytes);
    const at = stored.byteOffset + index * elementBytes + 8;
    return Number(new DataView(stored.buffer).getBigUint64(at, true));
  }
}

/** Texts in native memory. */
export class HeapTexts {
  readonly count: number;
  readonly #offsets: Int32Array;
  readonly #bytes: DataView;
  readonly #last: number;
  readonly #isText: boolean;
  /** Address of byte 0 of the texts' own bytes, had it been copied. */
  readonly #base: number;

  constructor(offsets: Int32Array, bytes: Uint8Array<ArrayBuffer>, count: number, kind: 'text' | 'blob', base: number) {
    this.count = count;
    this.#offsets = offsets;
    this.#bytes = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#last = offsets[count] ?? 0;
    this.#isText = kind === 'text';
    this.#base = base;
  }

  /**
   * Writes the element of a text to four words of `into`.
   *
   * @throws Error if the text runs backwards or out of the bytes, which DuckDB would follow, or begins inside a character.
   */
  write(index: number, into: Uint32Array, at: number): void {
    const start = this.#offsets[index] ?? 0;
    const end = this.#offsets[index + 1] ?? 0;
    const length = end - start;
    into[at] = length;
    if (length <= inlineBytesMax) {
      into[at + 1] = 0;
      into[at + 2] = 0;
      into[at + 3] = 0;
      if (length === 0) return;
    }
    if (length < 0 || end > this.#last) throw new RangeError(`text ${index} runs from byte ${start} to ${end}`);
    // Within valid UTF-8 a text is valid too unless it begins or ends inside a character.
    if (this.#isText && (this.#bytes.getUint8(start) & 0xc0) === 0x80) throw invalidText();
    if (length > inlineBytesMax) {
      const address = this.#base + start;
      into[at + 1] = this.#bytes.getUint32(start, true);
      into[at + 2] = address;
      into[at + 3] = address / 2 ** 32;
      return;
    }
    for (let i = 0; i < length; i++) {
      const word = at + 1 + (i >> 2);
      into[word] = (into[word] ?? 0) | (this.#bytes.getUint8(start + i) << ((i & 3) * 8));
    }
  }

  /**
   * Makes the elements of texts that lie in a kernel's memory.
   *
   * @returns false if `write` would refuse one of them.
   */
  make(kernel: VectorKernel, start: number, count: number): boolean {
    const { byteOffset, length } = this.#offsets;
    if (start + count >= length) return false;
    const [offsets, base] = [byteOffset + start * 4, BigInt(this.#base)];
    return kernel.textElements(offsets, count, this.#bytes.byteOffset, this.#last, base, this.#isText);
  }
}

function invalidText(): TypeError {
  return new TypeError('a text is not valid UTF-8');
}
