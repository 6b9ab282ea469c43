import { access } from 'node:fs/promises';
import type { ContainerClient } from '@azure/storage-blob';
import { archiveError, statusOf } from './archive/archive-error.ts';
import { type ArchiveConnection, containerClient } from './archive/client.ts';
import { openBlob } from './archive/open-blob.ts';
import { RangeBuffers } from './archive/range-buffers.ts';
import type { RequestGate } from './archive/request-gate.ts';
import { isArchiveUrl } from './archive/url.ts';
import { type ByteReader, openBytes } from './byte-reader.ts';

export interface RereadOptions {
  readonly connection: ArchiveConnection;
  readonly gate: RequestGate;
  readonly signal: AbortSignal;
}

/** Opens logs again that were read before, by the names they have as partitions. */
export class RereadLogs {
  readonly #options: RereadOptions;
  readonly #buffers = new RangeBuffers();
  readonly #containers = new Map<string, ContainerClient>();

  constructor(options: RereadOptions) {
    this.#options = options;
  }

  /**
   * The decompressed bytes of a log from its first on; null where it is gone. The caller closes the reader.
   *
   * @throws AppError SOURCE_AUTH, SOURCE_UNAVAILABLE.
   */
  async open(name: string): Promise<ByteReader | null> {
    if (isArchiveUrl(name)) return this.#blob(name);
    const there = await access(name).then(
      () => true,
      () => false,
    );
    return there ? openBytes(name) : null;
  }

  async #blob(name: string): Promise<ByteReader | null> {
    const { gate, signal } = this.#options;
    const [, account = '', container = '', path = ''] = /^az:\/\/([^/]+)\/([^/]+)\/(.*)$/s.exec(name) ?? [];
    const blob = this.#container(account, container).getBlobClient(path);
    try {
      const { etag = '', contentLength: bytes = 0 } = await gate.send(signal, (abortSignal) =>
        blob.getProperties({ abortSignal }),
      );
      const whole = { partition: name, start: 0, end: null, from: 0, tail: 'take', version: etag } as const;
      const range = { ...whole, kind: 'blob-archive', account, container, name: path, bytes, etag } as const;
      return (await openBlob({ blob, name, gate, buffers: this.#buffers }, range, signal)).reader;
    } catch (fault) {
      if (statusOf(fault) === 404) return null;
      throw archiveError(name, fault);
    }
  }

  #container(account: string, container: string): ContainerClient {
    const key = `${account}/${container}`;
    const client = this.#containers.get(key) ?? containerClient(this.#options.connection, account, container);
    this.#containers.set(key, client);
    return client;
  }
}
