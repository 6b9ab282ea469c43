import { getEventListeners } from 'node:events';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { BlobClient, type BlobDownloadResponseParsed } from '@azure/storage-blob';
import { expect, it, vi } from 'vitest';
import type { BlobRange } from '../../../../src/ingest/sources/archive/blob-archive.ts';
import { openBlob } from '../../../../src/ingest/sources/archive/open-blob.ts';
import { RangeBuffers } from '../../../../src/ingest/sources/archive/range-buffers.ts';
import { RequestGate } from '../../../../src/ingest/sources/archive/request-gate.ts';
import { UsageCounter } from '../../../../src/ingest/sources/archive/usage.ts';

const text = '{"operationName":"GetBlob"}\n'.repeat(100);

/** A blob in memory. */
class BlobOf extends BlobClient {
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    super('http://127.0.0.1/container/blob');
    this.#bytes = bytes;
  }

  override async download(offset = 0, length = this.#bytes.length): Promise<BlobDownloadResponseParsed> {
    const body = Readable.from([Buffer.from(this.#bytes.subarray(offset, offset + length))]);
    return { readableStreamBody: body } as unknown as BlobDownloadResponseParsed;
  }
}

it.each([
  { what: 'plain', bytes: Buffer.from(text) },
  { what: 'gzip', bytes: gzipSync(text) },
])('leaves no listener behind at the signal of all blobs: $what', async ({ bytes }) => {
  const { signal } = new AbortController();
  const gate = new RequestGate({ requestsPerSecond: null, triesMax: 1 }, new UsageCounter());
  const place = { blob: new BlobOf(bytes), name: 'az://logs/c/a', gate, buffers: new RangeBuffers() };
  const range: BlobRange = {
    kind: 'blob-archive',
    account: 'logs',
    container: 'c',
    name: 'a',
    partition: 'az://logs/c/a#0',
    bytes: bytes.length,
    etag: '"1"',
    version: '"1"',
    start: 0,
    end: null,
    from: 0,
    tail: 'take',
  };
  const { reader } = await openBlob(place, range, signal);
  const target = Buffer.alloc(text.length);
  let read = 0;
  for (let more = -1; more !== 0; read += more) more = await reader.read(target, read);
  await reader.close();
  expect(target.toString()).toBe(text);
  await vi.waitUntil(() => getEventListeners(signal, 'abort').length === 0);
});
