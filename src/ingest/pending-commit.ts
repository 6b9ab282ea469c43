import type { PositionRange, SourcePosition } from '../core/position.ts';
import type { QuarantineRecord, StagedSegment } from '../store/commit.ts';
import type { Delivery } from './source.ts';

/** What a lane has taken since its last commit: ranges, staged segments, quarantined records, and the acks it owes. */
export class PendingCommit {
  readonly staged: StagedSegment[] = [];
  readonly quarantine: QuarantineRecord[] = [];
  readonly #ranges = new Map<string, PositionRange>();
  readonly #acks: (() => Promise<void>)[] = [];
  bytes = 0;
  deliveries = 0;
  quarantineBytes = 0;
  /** When the oldest of it was taken, in milliseconds of the monotonic clock. */
  since = 0;

  get empty(): boolean {
    return this.#ranges.size === 0;
  }

  get ranges(): PositionRange[] {
    return [...this.#ranges.values()];
  }

  add(delivery: Delivery): void {
    if (this.empty) this.since = performance.now();
    this.#extend(delivery.from, delivery.to);
    this.bytes += delivery.bytes.length;
    this.deliveries += 1;
    this.#acks.push(() => delivery.ack());
  }

  reject(record: QuarantineRecord): void {
    this.quarantine.push(record);
    this.quarantineBytes += record.bytes.length;
  }

  /** Acknowledges every delivery, in the order they were taken. Call after the catalog has committed. */
  async ack(): Promise<void> {
    for (const ack of this.#acks) await ack();
  }

  #extend(from: SourcePosition, to: SourcePosition): void {
    const key = `${from.source}\n${from.partition}`;
    const start = this.#ranges.get(key)?.from ?? from.offset;
    this.#ranges.set(key, {
      source: from.source,
      partition: from.partition,
      from: start,
      to: to.offset,
      ...(to.token === undefined ? {} : { token: to.token }),
    });
  }
}
