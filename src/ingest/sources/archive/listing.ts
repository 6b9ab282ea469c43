import type { BlobItem, ContainerClient } from '@azure/storage-blob';
import { archiveError } from './archive-error.ts';
import { contains, overlaps, type Span, spanOf } from './layout.ts';
import type { RequestGate } from './request-gate.ts';
import type { ArchiveUrl } from './url.ts';

/** One blob of an archive, as listed. */
export interface ListedBlob {
  readonly name: string;
  readonly bytes: number;
  readonly etag: string;
  /** Milliseconds since 1970 UTC. */
  readonly lastModified: number;
  /** From the first to the last line of a `$logs` blob, by its metadata; null where that tells nothing. */
  readonly lines: Span | null;
}

/** Blobs the service gives at a request, at most. */
export const blobsPerPage = 5_000;

/** Lists what may hold records of some time, and no folder that cannot. */
export class ArchiveListing {
  readonly #container: ContainerClient;
  readonly #gate: RequestGate;
  readonly #url: ArchiveUrl;
  readonly #pageSize: number;

  constructor(container: ContainerClient, gate: RequestGate, url: ArchiveUrl, pageSize: number) {
    this.#pageSize = pageSize;
    this.#container = container;
    this.#gate = gate;
    this.#url = url;
  }

  /**
   * Blobs below the prefix, in order of their names; folders of other times are not opened.
   *
   * @param filed the time whose folders are listed; null: all.
   * @param logged the time whose lines are wanted, where metadata tells it; null: all.
   * @throws AppError SOURCE_AUTH, SOURCE_UNAVAILABLE.
   */
  async list(filed: Span | null, logged: Span | null, signal: AbortSignal): Promise<readonly ListedBlob[]> {
    const found: ListedBlob[] = [];
    try {
      await this.#walk(this.#url.prefix, filed, signal, found);
    } catch (fault) {
      if (signal.aborted) return found;
      throw archiveError(`az://${this.#url.account}/${this.#url.container}`, fault);
    }
    return found.filter(({ lines }) => lines === null || logged === null || overlaps(lines, logged));
  }

  /** A folder wholly inside the time is listed flat, page by page; else folder by folder. */
  async #walk(prefix: string, filed: Span | null, signal: AbortSignal, found: ListedBlob[]): Promise<void> {
    const span = spanOf(prefix);
    if (span !== null && filed !== null && !overlaps(span, filed)) return;
    const options = { prefix, includeMetadata: true };
    if (filed === null || (span !== null && contains(filed, span))) {
      const flat = (abortSignal: AbortSignal) => this.#container.listBlobsFlat({ ...options, abortSignal });
      for await (const { segment } of this.#pages(flat, signal)) {
        found.push(...segment.blobItems.map(listed));
      }
      return;
    }
    const folders: string[] = [];
    const level = (abortSignal: AbortSignal) => this.#container.listBlobsByHierarchy('/', { ...options, abortSignal });
    for await (const { segment } of this.#pages(level, signal)) {
      found.push(...segment.blobItems.map(listed).filter(({ name }) => inTime(name, filed)));
      folders.push(...(segment.blobPrefixes ?? []).map(({ name }) => name));
    }
    for (const folder of folders) await this.#walk(folder, filed, signal, found);
  }

  /** The SDK's own iterator ends at its first fault, so that each page is asked for by a new one. */
  async *#pages<P extends { readonly continuationToken?: string }>(
    list: (abortSignal: AbortSignal) => Paged<P>,
    signal: AbortSignal,
  ) {
    for (let continuationToken: string | undefined; ; ) {
      const settings = { maxPageSize: this.#pageSize, ...(continuationToken ? { continuationToken } : {}) };
      const { value } = await this.#gate.send(signal, (tried) => list(tried).byPage(settings).next(), 'list');
      if (value === undefined) return;
      yield value as P;
      continuationToken = (value as P).continuationToken;
      if (!continuationToken) return;
    }
  }
}

interface Paged<P> {
  byPage(settings: { maxPageSize: number; continuationToken?: string }): AsyncIterator<P>;
}

function inTime(name: string, filed: Span): boolean {
  const span = spanOf(name);
  return span === null || overlaps(span, filed);
}

function listed({ name, metadata, properties }: BlobItem): ListedBlob {
  const { contentLength = 0, etag = '', lastModified } = properties;
  return { name, bytes: contentLength, etag, lastModified: lastModified.getTime(), lines: lineSpan(metadata) };
}

/** First and last line's time as `$logs` keeps it in a blob's metadata, to the second. */
function lineSpan(metadata: Readonly<Record<string, string>> | undefined): Span | null {
  const named = new Map(Object.entries(metadata ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  const from = Date.parse(named.get('starttime') ?? '');
  const to = Date.parse(named.get('endtime') ?? '');
  return Number.isNaN(from) || Number.isNaN(to) ? null : { from, to: to + 1_000 };
}
