import { Readable } from 'node:stream';
import { BlobClient, type BlobDownloadResponseParsed } from '@azure/storage-blob';
import { expect, it } from 'vitest';
import { freePiece } from '../../../../src/ingest/sources/archive/body-piece.ts';
import { downloadRange } from '../../../../src/ingest/sources/archive/range-download.ts';

/** A blob whose body comes in these pieces. */
class BlobOf extends BlobClient {
  readonly #pieces: readonly Buffer[];

  constructor(pieces: readonly Buffer[]) {
    super('http://127.0.0.1/container/blob');
    this.#pieces = pieces;
  }

  override async download(): Promise<BlobDownloadResponseParsed> {
    return { readableStreamBody: Readable.from(this.#pieces) } as unknown as BlobDownloadResponseParsed;
  }
}

const range = { offset: 0, etag: '"1"', signal: new AbortController().signal };
const large = (byte: number) => Buffer.alloc(64 << 10, byte);

it('copies a range and frees the pieces it came in', async () => {
  const pieces = [large(1), large(2), Buffer.from('end')];
  const whole = Buffer.concat(pieces);
  const target = Buffer.alloc(whole.length);
  let counted = 0;
  await downloadRange(new BlobOf(pieces), target, range, (bytes) => {
    counted += bytes;
  });
  expect(target.equals(whole)).toBe(true);
  expect(counted).toBe(whole.length);
  expect(pieces.map(({ length }) => length)).toEqual([0, 0, 3]);
});

it('fails where a range is shorter or longer than asked for', async () => {
  for (const pieces of [[large(1)], [large(1), large(2), large(3)]]) {
    const target = Buffer.alloc(128 << 10);
    await expect(downloadRange(new BlobOf(pieces), target, range, () => {})).rejects.toThrow('a range of 131072 bytes');
  }
});

it('frees no memory that others may have a part of', () => {
  const all = large(1);
  freePiece(all.subarray(0, 32 << 10));
  freePiece(Buffer.from('small'));
  expect(all.length).toBe(64 << 10);
  expect(all.every((byte) => byte === 1)).toBe(true);
});
