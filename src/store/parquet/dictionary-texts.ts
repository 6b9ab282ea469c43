import assert from 'node:assert/strict';
import { brotliDecompressSync } from 'node:zlib';
import { textOf } from '../table.ts';
import { thriftFields } from './thrift-fields.ts';

/**
 * The texts of a dictionary page that `EncoderWriter` wrote, in code order.
 *
 * @param page with its header; bytes may follow.
 * @param compressed if the column's pages are, which its metadata says.
 * @returns null if there are more than `most`.
 * @throws Error if the bytes are no such page.
 */
export function dictionaryTexts(page: Uint8Array, compressed: boolean, most: number): string[] | null {
  const { numbers, structs, end } = thriftFields(page, 0);
  const entries = structs.get(7)?.numbers.get(1);
  const stored = numbers.get(3);
  assert(entries !== undefined && stored !== undefined, 'the page is of a dictionary');
  if (entries > most) return null;
  const bytes = page.subarray(end, end + stored);
  return plainTexts(compressed ? brotliDecompressSync(bytes) : bytes, entries);
}

function plainTexts(bytes: Uint8Array, count: number): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  return Array.from({ length: count }, () => {
    const start = at + 4;
    at = start + view.getUint32(at, true);
    assert(at <= bytes.length, 'texts end within the page');
    return textOf(bytes.subarray(start, at));
  });
}
