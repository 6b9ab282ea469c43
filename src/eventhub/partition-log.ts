import { mkdir, readdir } from 'node:fs/promises';
import { AppError, errorText } from '../core/errors.ts';
import { type EventPosition, type IncomingEvent, storedMessage } from './event-message.ts';
import { MessageIndex } from './message-index.ts';
import { byteLength, frameRecord, RECORD_HEADER_BYTES } from './record.ts';
import { SegmentFile } from './segment-file.ts';

export interface PartitionLogOptions {
  /** The oldest segments go when the log is longer than this; the newest stays always. */
  readonly retentionBytes?: number;
  /** A new segment starts behind this many bytes; 256 MiB, or a quarter of the retention. */
  readonly segmentBytes?: number;
  readonly now?: () => number;
}

interface PendingAppend {
  readonly events: readonly IncomingEvent[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const SEGMENT_BYTES = 256 << 20;
/** Keeps the memory of one write below 256 MB, whatever waits. */
const GROUP_APPENDS_MAX = 256;

/**
 * The durable, ordered log of one partition. Offsets are byte positions and sequence numbers count from 0; both go
 * on after a restart. Bodies are on disk only.
 */
export class PartitionLog {
  readonly #folder: string;
  readonly #segments: SegmentFile[];
  readonly #index: MessageIndex;
  readonly #retentionBytes: number;
  readonly #segmentBytes: number;
  readonly #now: () => number;
  readonly #listeners = new Set<() => void>();
  #firstSequenceNumber: number;
  #lastTimeMs: number;
  #pending: PendingAppend[] = [];
  #draining: Promise<void> | undefined;

  private constructor(
    folder: string,
    segments: SegmentFile[],
    index: MessageIndex,
    firstSequenceNumber: number,
    { retentionBytes = Number.POSITIVE_INFINITY, segmentBytes, now = Date.now }: PartitionLogOptions,
  ) {
    this.#folder = folder;
    this.#segments = segments;
    this.#index = index;
    this.#firstSequenceNumber = firstSequenceNumber;
    this.#retentionBytes = retentionBytes;
    this.#segmentBytes = segmentBytes ?? Math.min(SEGMENT_BYTES, retentionBytes / 4);
    this.#now = now;
    this.#lastTimeMs = index.length > 0 ? index.timeAt(index.length - 1) : 0;
  }

  /**
   * Opens the log in `folder`, which is made if it is not there, checks every record and cuts the remains of an
   * unfinished write off its end.
   *
   * @throws AppError REPLAY_INTEGRITY if a record before the last segment is damaged.
   */
  static async open(folder: string, options: PartitionLogOptions = {}): Promise<PartitionLog> {
    await mkdir(folder, { recursive: true });
    const names = (await readdir(folder)).sort().flatMap((name) => SegmentFile.parseName(name) ?? []);
    if (names.length === 0) names.push({ baseOffset: 0, baseSequenceNumber: 0 });
    const index = new MessageIndex();
    const segments: SegmentFile[] = [];
    for (const [at, { baseOffset, baseSequenceNumber }] of names.entries()) {
      const segment = await SegmentFile.open(folder, baseOffset, baseSequenceNumber);
      segments.push(segment);
      const tailBytes = await segment.scan((offset, { enqueuedTimeMs }) => index.push(offset, enqueuedTimeMs));
      const next = names[at + 1];
      if (next === undefined) {
        if (tailBytes > 0) await segment.cutTail();
      } else if (segment.end !== next.baseOffset) {
        await Promise.all(segments.map((opened) => opened.close()));
        throw new AppError(
          'REPLAY_INTEGRITY',
          `the Event Hubs log ${segment.describe()} is damaged at offset ${segment.end}: restore the file or move ${folder} away`,
        );
      }
    }
    return new PartitionLog(folder, segments, index, names[0]?.baseSequenceNumber ?? 0, options);
  }

  /** Sequence number of the oldest event still there; equals `nextSequenceNumber` if there is none. */
  get firstSequenceNumber(): number {
    return this.#firstSequenceNumber;
  }

  get nextSequenceNumber(): number {
    return this.#firstSequenceNumber + this.#index.length;
  }

  /** Where the newest event is, or `undefined` if the partition holds none. */
  get last(): EventPosition | undefined {
    const at = this.#index.length - 1;
    if (at < 0) return undefined;
    return {
      sequenceNumber: this.#firstSequenceNumber + at,
      offset: this.#index.offsetAt(at),
      enqueuedTimeMs: this.#index.timeAt(at),
    };
  }

  /** Sequence number of the first event whose offset is at or behind `offset`. */
  firstFromOffset(offset: number): number {
    return this.#firstSequenceNumber + this.#index.firstFromOffset(offset);
  }

  /** Sequence number of the first event enqueued at or after `timeMs`. */
  firstFromTime(timeMs: number): number {
    return this.#firstSequenceNumber + this.#index.firstFromTime(timeMs);
  }

  /**
   * Appends the events side by side and resolves when they are on disk. Calls that wait for the disk at the same
   * time share one write and one flush.
   *
   * @param events borrowed until the promise settles.
   * @throws AppError SINK_WRITE if the disk refuses; none of the events is in the log then.
   */
  append(events: readonly IncomingEvent[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ events, resolve, reject });
      this.#draining ??= this.#drain();
    });
  }

  /**
   * Reads whole messages in order, from one segment, as many as fit.
   *
   * @param into is overwritten; a message that is longer than it gets a buffer of its own.
   * @returns views, mostly into `into`; at least one message if there is one at `sequenceNumber`.
   */
  async read(sequenceNumber: number, countMax: number, into: Buffer): Promise<Buffer[]> {
    const first = sequenceNumber - this.#firstSequenceNumber;
    const available = Math.min(countMax, this.#index.length - first);
    if (first < 0 || available <= 0) return [];
    const from = this.#index.offsetAt(first);
    const segment = this.#segments.findLast(({ baseOffset }) => baseOffset <= from);
    if (segment === undefined) throw new RangeError(`offset ${from} is in no segment of ${this.#folder}`);
    const ends = [this.#endOf(first)];
    for (let at = first + 1; at < first + available; at += 1) {
      const end = this.#endOf(at);
      if (end - from > into.length || end > segment.end) break;
      ends.push(end);
    }
    const end = ends.at(-1) ?? from;
    const bytes = end - from > into.length ? Buffer.allocUnsafeSlow(end - from) : into;
    await segment.read(from, end, bytes);
    const starts = [from, ...ends];
    return ends.map((messageEnd, at) =>
      bytes.subarray((starts[at] ?? from) - from + RECORD_HEADER_BYTES, messageEnd - from),
    );
  }

  /** Calls `listener` after every append; returns the way to stop that. */
  onAppend(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Ends after the appends under way. */
  async close(): Promise<void> {
    await this.#draining;
    await Promise.all(this.#segments.map((segment) => segment.close()));
  }

  async #drain(): Promise<void> {
    while (this.#pending.length > 0) {
      const group = this.#pending.splice(0, GROUP_APPENDS_MAX);
      try {
        await this.#write(group.flatMap(({ events }) => events));
      } catch (error) {
        const fault = new AppError('SINK_WRITE', `cannot append to ${this.#folder}: ${errorText(error)}`, {
          cause: error,
          retryable: true,
        });
        for (const { reject } of group) reject(fault);
        continue;
      }
      for (const { resolve } of group) resolve();
      for (const listener of this.#listeners) listener();
    }
    this.#draining = undefined;
  }

  async #write(events: readonly IncomingEvent[]): Promise<void> {
    const segment = await this.#activeSegment();
    const enqueuedTimeMs = Math.max(this.#lastTimeMs, this.#now());
    const offsets: number[] = [];
    const parts: Buffer[] = [];
    let offset = segment.end;
    for (const event of events) {
      const position = { sequenceNumber: this.nextSequenceNumber + offsets.length, offset, enqueuedTimeMs };
      const record = frameRecord(position, storedMessage(event, position));
      offsets.push(offset);
      parts.push(...record);
      offset += byteLength(record);
    }
    await segment.append(parts);
    this.#lastTimeMs = enqueuedTimeMs;
    for (const start of offsets) this.#index.push(start, enqueuedTimeMs);
  }

  #endOf(at: number): number {
    return at + 1 < this.#index.length ? this.#index.offsetAt(at + 1) : (this.#segments.at(-1)?.end ?? 0);
  }

  async #activeSegment(): Promise<SegmentFile> {
    const newest = this.#segments.at(-1);
    if (newest !== undefined && newest.byteLength < this.#segmentBytes) return newest;
    const segment = await SegmentFile.open(this.#folder, newest?.end ?? 0, this.nextSequenceNumber);
    this.#segments.push(segment);
    await this.#dropOldSegments(segment.end);
    return segment;
  }

  async #dropOldSegments(end: number): Promise<void> {
    for (let [oldest, second] = this.#segments; oldest && second; [oldest, second] = this.#segments) {
      if (end - second.baseOffset < this.#retentionBytes) return;
      this.#segments.shift();
      this.#index.dropFirst(second.baseSequenceNumber - this.#firstSequenceNumber);
      this.#firstSequenceNumber = second.baseSequenceNumber;
      await oldest.remove();
    }
  }
}
