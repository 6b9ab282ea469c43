import type { SourceWork } from '../assignment.ts';
import type { Committed, FoundLogs, SourcePlan } from '../plan.ts';
import { RangeWork } from '../range-work.ts';
import { archiveError } from './archive-error.ts';
import { type BlobArchiveAssignment, type BlobRange, blobArchive } from './blob-archive.ts';
import { BlobStore, type StoredBlob } from './blob-store.ts';
import { type ArchiveConnection, containerClient } from './client.ts';
import { HourClaims } from './hour-claims.ts';
import type { Span } from './layout.ts';
import { blobsPerPage } from './listing.ts';
import { RequestGate } from './request-gate.ts';
import type { ArchiveUrl } from './url.ts';
import { type ArchiveUsage, UsageCounter } from './usage.ts';

export interface BlobArchivePlanOptions {
  readonly urls: readonly ArchiveUrl[];
  readonly connection: ArchiveConnection;
  /** Of this process; null: as many as come. */
  readonly requestsPerSecond: number | null;
  /** Time whose records are wanted, in milliseconds since 1970 UTC; null: all. */
  readonly logged: Span | null;
  readonly tail: BlobRange['tail'];
  readonly once: boolean;
  readonly lookAgainMs: number;
  readonly clock: () => Date;
  /** Told why the archive does not answer, once for each request that is tried on and on. */
  readonly onTrouble?: (text: string) => void;
  /** Where several instances share the archive: the container of their claims, and this one's UUID. */
  readonly claims?: { readonly container: string; readonly instance: string };
}

/** Tries of one request by a run that ends: some two minutes of a lost network. One that follows tries on. */
const triesMaxOnce = 10;

/** Containers of archives: blobs are listed here and handed out to lanes, which download them. */
export class BlobArchivePlan implements SourcePlan {
  readonly #options: BlobArchivePlanOptions;
  readonly #usage = new UsageCounter();
  readonly #stop = new AbortController();
  readonly #work: RangeWork<StoredBlob, BlobRange>;
  #lanes = 1;

  constructor(options: BlobArchivePlanOptions, committed: Committed) {
    const { urls, connection, logged, tail, once, lookAgainMs, clock, requestsPerSecond } = options;
    this.#options = options;
    const triesMax = once ? triesMaxOnce : null;
    const gate = new RequestGate({ requestsPerSecond, triesMax }, this.#usage, (fault) => this.#tell(fault));
    const store = new BlobStore({
      urls,
      connection,
      gate,
      claims: this.#claims(gate),
      logged,
      tail,
      pageSize: blobsPerPage,
      signal: this.#stop.signal,
      clock: () => clock().getTime(),
    });
    const committedTo = (partition: string) => committed(blobArchive, partition);
    this.#work = new RangeWork({ store, once, lookAgainMs, ahead: false, committed: committedTo });
  }

  #tell(fault: unknown): void {
    const { urls, onTrouble } = this.#options;
    const places = urls.map(({ account, container }) => `az://${account}/${container}`).join(', ');
    onTrouble?.(`${archiveError(places, fault).message} It is tried again and again.`);
  }

  #claims(gate: RequestGate): HourClaims | null {
    const { urls, connection, claims, clock } = this.#options;
    const [first] = urls;
    if (claims === undefined || first === undefined) return null;
    const container = containerClient(connection, first.account, claims.container);
    const { instance } = claims;
    return new HourClaims({ container, gate, instance, signal: this.#stop.signal, clock: () => clock().getTime() });
  }

  /** Lists the blobs. @throws AppError SOURCE_AUTH, SOURCE_UNAVAILABLE, CONFIG_INVALID. */
  async open(): Promise<FoundLogs> {
    const blobs = await this.#work.open();
    const bytes = blobs.reduce((sum, blob) => sum + blob.bytes, 0);
    return { files: blobs.length, bytes, skipped: [], unread: this.#work.unread };
  }

  /** What all threads have asked of the archive so far. */
  get usage(): ArchiveUsage {
    return this.#usage.usage;
  }

  lanesFor(lanes: number): number {
    this.#lanes = this.#options.once ? Math.max(1, Math.min(lanes, this.#work.waiting.length)) : lanes;
    return this.#lanes;
  }

  assignment(): BlobArchiveAssignment {
    const { connection, once, requestsPerSecond } = this.#options;
    return {
      kind: blobArchive,
      connection,
      gate: {
        requestsPerSecond: requestsPerSecond === null ? null : requestsPerSecond / this.#lanes,
        triesMax: once ? triesMaxOnce : null,
      },
      usage: this.#usage.shared,
    };
  }

  nextWork(lane: number, finished: readonly SourceWork[]): Promise<readonly SourceWork[]> {
    return this.#work.next(lane, finished);
  }

  recover(lane: number): void {
    this.#work.recover(lane);
  }

  stop(): void {
    this.#stop.abort();
    this.#work.stop();
  }
}
