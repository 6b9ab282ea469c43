import { limits } from '../../../core/limits.ts';
import type { SourcePosition } from '../../../core/position.ts';
import type { Framing } from '../../source.ts';
import { headBytes, isGzip, sniffFraming } from '../file-format.ts';
import type { ByteRange } from '../range.ts';
import { parseMark } from '../range-mark.ts';
import type { LogStore, StoredLog } from '../range-work.ts';
import type { BlobRange } from './blob-archive.ts';
import { BlobReader } from './blob-reader.ts';
import { type ArchiveConnection, containerClient } from './client.ts';
import type { HourClaims } from './hour-claims.ts';
import { dayFolder, type FiledLog, filedAround, filedLog, type Span } from './layout.ts';
import { ArchiveListing, type ListedBlob } from './listing.ts';
import { RangeBuffers } from './range-buffers.ts';
import type { RequestGate } from './request-gate.ts';
import type { ArchiveUrl } from './url.ts';

export interface BlobStoreOptions {
  readonly urls: readonly ArchiveUrl[];
  readonly connection: ArchiveConnection;
  readonly gate: RequestGate;
  /** The time asked for, and whether what is read will not grow any more. */
  readonly logged: Span | null;
  readonly tail: ByteRange['tail'];
  /** Blobs of one listing request, at most. */
  readonly pageSize: number;
  /** Who reads which hour, where several instances share the archive. */
  readonly claims: HourClaims | null;
  readonly signal: AbortSignal;
  /** Milliseconds since 1970 UTC. */
  readonly clock: () => number;
}

/** A blob with logs as a listing tells of it. */
export interface StoredBlob extends StoredLog, ListedBlob {
  readonly url: ArchiveUrl;
  readonly filed: FiledLog | null;
  readonly framing: Framing | undefined;
}

const hourMs = 3_600_000;
/** A blob nobody has written to for so long will not grow any more. */
const settledAfterMs = 48 * hourMs;

/** Between two listings of everything; late blobs and new logs are found by them. */
const wholeListingMs = hourMs;
/** How long after its hour most of a blob is written. */
const growingMs = 2 * hourMs;

/** Blobs of containers, oldest hour first. */
export class BlobStore implements LogStore<StoredBlob, BlobRange> {
  readonly #options: BlobStoreOptions;
  readonly #framings = new Map<string, Framing | undefined>();
  #known = new Map<string, StoredBlob>();
  /** When everything was listed last. */
  #wholeAt = Number.NEGATIVE_INFINITY;

  constructor(options: BlobStoreOptions) {
    this.#options = options;
  }

  /**
   * All blobs known: at first and once an hour after a listing of everything, in between after one of the folders of the
   * day, where that takes fewer requests.
   *
   * @throws AppError SOURCE_AUTH, SOURCE_UNAVAILABLE, CONFIG_INVALID.
   */
  async list(): Promise<readonly StoredBlob[]> {
    const now = this.#options.clock();
    const folders = now - this.#wholeAt < wholeListingMs ? this.#recentFolders(now) : null;
    if (folders === null) {
      const whole = await this.#listed(this.#options.urls);
      this.#known = whole;
      this.#wholeAt = now;
    } else {
      for (const [key, blob] of await this.#listed(folders)) this.#known.set(key, blob);
    }
    return [...this.#known.values()].sort((a, b) => orderOf(a) - orderOf(b));
  }

  async #listed(urls: readonly ArchiveUrl[]): Promise<Map<string, StoredBlob>> {
    const { connection, gate, logged, pageSize, signal } = this.#options;
    const filed = logged === null ? null : filedAround(logged);
    const found = new Map<string, StoredBlob>();
    for (const url of urls) {
      const container = containerClient(connection, url.account, url.container);
      const blobs = await new ArchiveListing(container, gate, url, pageSize).list(filed, logged, signal);
      for (const blob of blobs) {
        if (blob.bytes > 0) found.set(`${url.account}/${url.container}/${blob.name}`, await this.#stored(url, blob));
      }
    }
    return found;
  }

  /** The folders in which logs still grow; null where listing everything takes no more requests, or some log has no folders. */
  #recentFolders(now: number): readonly ArchiveUrl[] | null {
    const { urls, pageSize } = this.#options;
    const pages = urls.length + Math.floor(this.#known.size / pageSize);
    const folders = new Map<string, ArchiveUrl>();
    for (const { url, name } of this.#known.values()) {
      for (const time of [now - growingMs, now]) {
        const prefix = dayFolder(name, time);
        if (prefix === null) return null;
        folders.set(`${url.account}/${url.container}/${prefix}`, { ...url, prefix });
      }
      if (folders.size >= pages) return null;
    }
    return [...folders.values()];
  }

  work({ url, name, bytes, etag, framing }: StoredBlob, range: ByteRange): BlobRange {
    const { account, container } = url;
    const known = framing === undefined ? {} : { framing };
    return { ...range, kind: 'blob-archive', account, container, name, bytes, etag, ...known };
  }

  async claim({ url, name, filed }: StoredBlob, range: BlobRange): Promise<BlobRange | null> {
    const { claims } = this.#options;
    if (claims === null) return range;
    const hour = filed === null ? null : new Date(filed.hour.from).toISOString().slice(0, 13);
    const claim =
      hour === null ? `${url.account}/${url.container}/${name}` : `${filed?.account ?? url.account}/${hour}`;
    return (await claims.holds(claim)) ? range : null;
  }

  unread({ bytes, etag }: StoredBlob, { from, end }: ByteRange, committed: SourcePosition | undefined): boolean {
    const mark = parseMark(committed?.token);
    if (mark.replaced) return false;
    if (mark.etag === etag && mark.ended) return false;
    if (end !== null && from >= end) return false;
    return from < bytes || mark.etag !== etag;
  }

  async #stored(url: ArchiveUrl, blob: ListedBlob): Promise<StoredBlob> {
    const framing = blob.bytes > limits.fileRangeBytes ? await this.#framing(url, blob) : undefined;
    const settled = this.#options.clock() - blob.lastModified > settledAfterMs;
    return {
      ...blob,
      url,
      filed: filedLog(blob.name),
      framing: framing === 'records' ? undefined : framing,
      partition: `az://${url.account}/${url.container}/${blob.name}`,
      version: blob.etag,
      divisible: framing === 'lines' || framing === 'classic',
      tail: settled ? 'take' : this.#options.tail,
    };
  }

  /** Looks into a blob that is large enough to be shared among lanes; what it finds holds for as long as the blob grows. */
  async #framing(url: ArchiveUrl, { name, bytes, etag }: ListedBlob): Promise<Framing | undefined> {
    const { connection, gate, signal } = this.#options;
    const known = `${url.account}/${url.container}/${name}`;
    if (!this.#framings.has(known)) {
      const blob = containerClient(connection, url.account, url.container).getBlobClient(name);
      const reader = new BlobReader(
        { blob, name: `az://${known}`, gate, buffers: new RangeBuffers() },
        { bytes: Math.min(bytes, headBytes), etag },
        null,
        signal,
      );
      const head = Buffer.alloc(headBytes);
      const length = await reader.read(head, 0);
      await reader.close();
      const framing = isGzip(head) ? null : sniffFraming(head.subarray(0, length));
      this.#framings.set(known, framing === null || framing === 'empty' ? undefined : framing);
    }
    return this.#framings.get(known);
  }
}

function orderOf({ filed, lastModified }: StoredBlob): number {
  return filed?.hour.from ?? lastModified;
}
