import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { BLOB, DuckDBDataChunk, duckdb } from '../core/duckdb.ts';
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
   * The `duckdb_string_t` of each text, four words each.
   *
   * @throws Error if a text is no valid UTF-8, which Parquet would take and no reader could read, or if offsets run
   *   backwards or out of the bytes, which DuckDB would follow.
   */
  elements({ offsets, bytes }: Texts, count: number, kind: 'text' | 'blob'): Uint32Array<ArrayBuffer> {
    const first = offsets[0] ?? 0;
    const last = offsets[count] ?? 0;
    assert(first >= 0 && first <= last && last <= bytes.length, 'offsets lie within the bytes');
    const region = bytes.subarray(first, last);
    if (kind === 'text' && !isUtf8(region)) throw invalidText();
    const address = this.#put(region);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const elements = new Uint32Array(count * 4);
    for (let index = 0; index < count; index++) {
      const start = offsets[index] ?? 0;
      const end = offsets[index + 1] ?? 0;
      // No text, as in most rows of most columns: four words of zero.
      if (start === end) continue;
      if (start > end || end > last) throw new RangeError(`text ${index} runs from byte ${start} to ${end}`);
      // Within valid UTF-8 a text is valid too unless it begins or ends inside a character.
      if (kind === 'text' && ((bytes[start] ?? 0) & 0xc0) === 0x80) throw invalidText();
      writeElement(elements, index * 4, view, start, end - start, address + start - first);
    }
    return elements;
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

function invalidText(): TypeError {
  return new TypeError('a text is not valid UTF-8');
}

function writeElement(
  elements: Uint32Array,
  at: number,
  bytes: DataView,
  start: number,
  length: number,
  address: number,
): void {
  elements[at] = length;
  if (length > inlineBytesMax) {
    elements[at + 1] = bytes.getUint32(start, true);
    elements[at + 2] = address;
    elements[at + 3] = address / 2 ** 32;
    return;
  }
  for (let i = 0; i < length; i++) {
    const word = at + 1 + (i >> 2);
    elements[word] = (elements[word] ?? 0) | (bytes.getUint8(start + i) << ((i & 3) * 8));
  }
}
