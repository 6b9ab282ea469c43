import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '../../core/limits.ts';
import type { SourcePosition } from '../../core/position.ts';
import type { ByteRange } from './range.ts';

/** A stored log as a listing tells of it. */
export interface StoredLog {
  /** Name of the log as a partition; its ranges are counted on behind it. */
  readonly partition: string;
  readonly bytes: number;
  /** Another one whenever the log holds other bytes. */
  readonly version: string;
  /** True where its lines may be read from any byte on: plain, one record a line. */
  readonly divisible: boolean;
  readonly tail: ByteRange['tail'];
}

/** Where stored logs are listed, and what a lane is told to read one of them. */
export interface LogStore<L extends StoredLog, R extends ByteRange> {
  list(): Promise<readonly L[]>;
  /** The work of reading a range of a log. */
  work(log: L, range: ByteRange): R;
  /** Whether a range holds bytes that have not been committed, given how far it has been. */
  unread(log: L, range: ByteRange, committed: SourcePosition | undefined): boolean;
  /** Whether this process may read the range now; without it, always. Called for one range at a time. */
  claim?(log: L, range: R): Promise<R | null>;
}

export interface RangeWorkOptions<L extends StoredLog, R extends ByteRange> {
  readonly store: LogStore<L, R>;
  /** Ends when all there is has been handed out; else looks for growth and new logs until stopped. */
  readonly once: boolean;
  readonly lookAgainMs: number;
  /** True where a byte alone says where to read on: a lane may then read on in a log before it has committed its rows. */
  readonly ahead: boolean;
  /** Up to which byte the catalog has each partition. */
  readonly committed: (partition: string) => SourcePosition | undefined;
}

/** What is left to read of stored logs; of a gzip begun before, all of it. */
export interface Unread {
  readonly logs: number;
  readonly bytes: number;
  readonly rangeBytes: readonly number[];
}

interface Waiting<L, R> {
  readonly log: L;
  readonly range: R;
}

/** More of a range that a lane has handed back and not committed yet: for that lane alone. */
interface Continued<L, R> extends Waiting<L, R> {
  readonly lane: number;
}

/** Small logs are handed out together, so many and so many bytes at most: the last ones of an archive must be shared too. */
const bunchLogsMax = 64;
const bunchBytesMax = 1 << 20;

interface Taken {
  readonly lane: number;
  readonly version: string;
  /** Null while a lane has it; then the byte up to which it was delivered. */
  readonly reached: number | null;
}

/**
 * Hands out the unread ranges of stored logs, each to one lane at a time.
 *
 * A range that has been handed back is offered again when its log has changed: to any lane after everything delivered from it
 * has been committed, before that only to the lane that has it. Two lanes never read the same bytes, and the rows of a growing
 * log need not wait for those before them to be written.
 */
export class RangeWork<L extends StoredLog, R extends ByteRange> {
  readonly #options: RangeWorkOptions<L, R>;
  readonly #taken = new Map<string, Taken>();
  /** How often a lane has died: what it had asked for before is for nobody. */
  readonly #deaths = new Map<number, number>();
  readonly #stop = new AbortController();
  #logs: readonly L[] = [];
  #waiting: Waiting<L, R>[] = [];
  #continued: Continued<L, R>[] = [];
  /** The first of them that was not handed out. */
  #next = 0;
  #looking: Promise<void> | null = null;

  constructor(options: RangeWorkOptions<L, R>) {
    this.#options = options;
  }

  /** Ranges not yet handed out. */
  get waiting(): readonly R[] {
    return this.#waiting.slice(this.#next).map(({ range }) => range);
  }

  /** How many logs have bytes that were not handed out yet, how many as stored, and those of each range. */
  get unread(): Unread {
    const waiting = this.#waiting.slice(this.#next);
    const rangeBytes = waiting.map(({ log, range: { from, end } }) => {
      const stored = Math.min(log.bytes, end ?? log.bytes);
      return from < stored ? stored - from : log.bytes;
    });
    const bytes = rangeBytes.reduce((sum, each) => sum + each, 0);
    return { logs: new Set(waiting.map(({ log }) => log)).size, bytes, rangeBytes };
  }

  /** Lists the logs. */
  async open(): Promise<readonly L[]> {
    this.#logs = await this.#options.store.list();
    this.#offer();
    return this.#logs;
  }

  /**
   * The next ranges for a lane: one, or several of small logs. Waits for one while following. None: there is none and
   * there will be none, or the lane has died meanwhile.
   */
  async next(lane: number, finished: readonly ByteRange[]): Promise<R[]> {
    for (const { partition, version, from, reached = from } of finished) {
      this.#taken.set(partition, { lane, version, reached });
    }
    const deaths = this.#deaths.get(lane);
    while (!this.#stop.signal.aborted && deaths === this.#deaths.get(lane)) {
      const own = this.#takeContinued(lane);
      const bunch = own.length > 0 ? own : this.#takeBunch(lane);
      if (bunch.length > 0) {
        const claimed = await this.#claimed(bunch);
        if (claimed.length > 0 && deaths === this.#deaths.get(lane)) return claimed;
      } else if (this.#options.once) {
        return [];
      } else {
        this.#looking ??= this.#lookAgain().finally(() => {
          this.#looking = null;
        });
        await this.#looking;
      }
    }
    return [];
  }

  #takeBunch(lane: number): Waiting<L, R>[] {
    let bytes = 0;
    let end = this.#next;
    for (; end < this.#waiting.length && end - this.#next < bunchLogsMax; end++) {
      bytes += this.#waiting[end]?.log.bytes ?? 0;
      if (bytes > bunchBytesMax && end > this.#next) break;
    }
    const bunch = this.#waiting.slice(this.#next, end);
    this.#next = end;
    return this.#take(lane, bunch);
  }

  #takeContinued(lane: number): Waiting<L, R>[] {
    const own = this.#continued.filter((each) => each.lane === lane);
    this.#continued = this.#continued.filter((each) => each.lane !== lane);
    return this.#take(lane, own);
  }

  #take(lane: number, bunch: readonly Waiting<L, R>[]): Waiting<L, R>[] {
    for (const { range } of bunch) this.#taken.set(range.partition, { lane, version: range.version, reached: null });
    return [...bunch];
  }

  async #claimed(bunch: readonly Waiting<L, R>[]): Promise<R[]> {
    const { store } = this.#options;
    const claimed: R[] = [];
    for (const { log, range } of bunch) {
      const held = store.claim === undefined ? range : await this.#claim(store.claim(log, range));
      if (held !== null) claimed.push(held);
      else this.#taken.delete(range.partition);
    }
    return claimed;
  }

  /** An order to stop may break a claim off, which is no fault then. */
  async #claim(claim: Promise<R | null>): Promise<R | null> {
    return claim.catch((fault: unknown) => {
      if (this.#stop.signal.aborted) return null;
      throw fault;
    });
  }

  /** Takes back all that a lane that died had, so that it is read again from the last commit. */
  recover(lane: number): void {
    this.#deaths.set(lane, (this.#deaths.get(lane) ?? 0) + 1);
    for (const [partition, taken] of this.#taken) if (taken.lane === lane) this.#taken.delete(partition);
    this.#offer();
  }

  stop(): void {
    this.#stop.abort();
  }

  async #lookAgain(): Promise<void> {
    await sleep(this.#options.lookAgainMs, undefined, { signal: this.#stop.signal }).catch(() => {});
    if (this.#stop.signal.aborted) return;
    this.#logs = await this.#options.store.list();
    this.#offer();
  }

  #offer(): void {
    const { store, ahead, once } = this.#options;
    this.#waiting = [];
    this.#continued = [];
    this.#next = 0;
    for (const log of this.#logs) {
      for (const { range, position } of this.#ranges(log)) {
        const taken = this.#taken.get(range.partition);
        const changed = taken !== undefined && taken.version !== range.version && !once;
        if (taken === undefined || (changed && taken.reached === range.from)) {
          if (store.unread(log, range, position)) this.#waiting.push({ log, range: store.work(log, range) });
        } else if (ahead && log.divisible && changed && taken.reached !== null && taken.reached > range.from) {
          const rest = { ...range, from: taken.reached };
          if (store.unread(log, rest, position)) {
            this.#continued.push({ log, range: store.work(log, rest), lane: taken.lane });
          }
        }
      }
    }
  }

  /** The ranges of a log, to be read from the last commit on. */
  #ranges(log: L): { readonly range: ByteRange; readonly position: SourcePosition | undefined }[] {
    const count = log.divisible ? Math.max(1, Math.ceil(log.bytes / limits.fileRangeBytes)) : 1;
    return Array.from({ length: count }, (_, index) => {
      const start = index * limits.fileRangeBytes;
      const partition = `${log.partition}#${index}`;
      const position = this.#options.committed(partition);
      const range = {
        partition,
        start,
        end: log.divisible ? start + limits.fileRangeBytes : null,
        from: Number(position?.offset ?? start),
        tail: log.tail,
        version: log.version,
        ...(position?.token === undefined ? {} : { mark: position.token }),
      };
      return { range, position };
    });
  }
}
