import assert from 'node:assert/strict';
import { AppError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { sourceId } from '../core/position.ts';
import { LaneStore } from '../store/lane-store.ts';
import { rollUp } from '../store/rollup.ts';
import { createDecoder } from './decode/create-decoder.ts';
import type { Decoder } from './decode/decoder.ts';
import { LaneChannel } from './lane-channel.ts';
import type { LaneOutcome, LaneTask } from './lane-protocol.ts';
import { PendingCommit } from './pending-commit.ts';
import { quarantineRecord } from './quarantine.ts';
import { ReadProof } from './read-proof.ts';
import type { Delivery, Source } from './source.ts';
import type { CreateSource } from './sources/assignment.ts';
import { WorkQueue } from './sources/work-queue.ts';
import { rowsWithin } from './time-range.ts';

/**
 * Runs a lane in this worker thread and tells how it ended.
 *
 * @param createSource knows the kind of the assignment.
 * @throws only what nobody foresaw; an AppError comes back as an outcome.
 */
export async function runLane(task: LaneTask, createSource: CreateSource): Promise<LaneOutcome> {
  try {
    await drainAssignment(task, createSource);
    return { ok: true };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { ok: false, code: error.code, message: error.message, retryable: error.retryable };
  }
}

/**
 * One lane: reads, decodes and writes an assignment by itself and asks the coordinator only to commit.
 *
 * It shares nothing: it has its own decoder and its own in-memory database. Ends when the source ends or the coordinator
 * says stop, everything taken being committed by then. Where it throws, what was not committed is read again by whoever
 * comes next.
 */
async function drainAssignment(task: LaneTask, createSource: CreateSource): Promise<void> {
  const channel = new LaneChannel(task.port);
  const store = await LaneStore.open(task.dataDir, task.writer);
  try {
    const decoder = createDecoder(task.decoder, task.batchRowsMax);
    const work = new WorkQueue(async (finished) => {
      const answer = await channel.ask({ kind: 'work', finished });
      assert(answer.kind === 'work');
      return answer.work;
    });
    const { buffer } = decoder;
    const source = createSource(task.assignment, {
      nextWork: (finished) => work.next(finished),
      ...(buffer === undefined ? {} : { buffer }),
    });
    const lane = new Lane(task, channel, store, decoder);
    await lane.drain(source, channel.stopped);
  } finally {
    await store.close();
    channel.close();
  }
}

class Lane {
  readonly #task: LaneTask;
  readonly #channel: LaneChannel;
  readonly #store: LaneStore;
  readonly #decoder: Decoder;
  readonly #proof: ReadProof | null;
  #pending = new PendingCommit();
  /** Of the delivery taken last: the next one is likely to be like it. */
  #deliveryRows = 0;

  constructor(task: LaneTask, channel: LaneChannel, store: LaneStore, decoder: Decoder) {
    this.#task = task;
    this.#channel = channel;
    this.#store = store;
    this.#decoder = decoder;
    this.#proof = task.proof ? new ReadProof() : null;
  }

  /** Takes every delivery, committing whenever a batch is full or its oldest row has waited the flush interval. */
  async drain(source: Source, stopped: AbortSignal): Promise<void> {
    const failed = new AbortController();
    const deliveries = source.read(AbortSignal.any([stopped, failed.signal]))[Symbol.asyncIterator]();
    try {
      await this.#drain(deliveries);
    } catch (error) {
      // The thread lives on, and so would what the source has open.
      failed.abort();
      deliveries.return?.().catch(() => {});
      throw error;
    }
  }

  async #drain(deliveries: AsyncIterator<Delivery>): Promise<void> {
    let next = deliveries.next();
    for (;;) {
      const result = await this.#within(next);
      if (result === 'due') {
        await this.#commit();
        continue;
      }
      if (result.done) break;
      await this.#take(result.value);
      next = deliveries.next();
      if (!this.#full) continue;
      // A source that fails meanwhile is heard afterwards; unheard, it would end the thread.
      next.catch(() => {});
      await this.#commit();
    }
    await this.#commit();
  }

  /** A commit ends with a delivery: one that did not fit would leave a small segment behind a full one. */
  get #full(): boolean {
    return (
      this.#decoder.rows + this.#deliveryRows > this.#task.batchRowsMax ||
      this.#pending.staged.length > 0 ||
      this.#pending.quarantineBytes >= limits.quarantineBatchBytesMax ||
      this.#overdue <= 0
    );
  }

  /** Milliseconds until the oldest row taken must be committed. */
  get #overdue(): number {
    return this.#pending.empty
      ? Number.POSITIVE_INFINITY
      : this.#pending.since + this.#task.flushIntervalMs - performance.now();
  }

  async #within<T>(promise: Promise<T>): Promise<T | 'due'> {
    if (this.#pending.empty) return promise;
    // Once a delivery, and some logs are a delivery of few lines: an abortable timer costs more than such a log.
    return new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, Math.max(0, this.#overdue), 'due');
      promise.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }

  async #take(delivery: Delivery): Promise<void> {
    const id = sourceId(delivery.from);
    this.#deliveryRows = 0;
    let start = 0;
    while (start < delivery.bytes.length) {
      const { rows, consumed, rejected } = this.#decoder.decode(delivery.bytes, delivery.framing, id, start);
      this.#deliveryRows += rows;
      for (const stretch of rejected) this.#pending.reject(quarantineRecord(delivery, stretch));
      if (consumed < delivery.bytes.length) {
        assert(consumed > start || rows > 0 || this.#decoder.rows > 0, 'an empty batch takes at least one record');
        await this.#stage();
      }
      start = consumed;
    }
    if (delivery.fault !== undefined) {
      const end = delivery.bytes.length;
      this.#pending.reject(quarantineRecord(delivery, { start: end, end, reason: delivery.fault }));
    }
    this.#proof?.add(delivery);
    this.#pending.add(delivery);
  }

  async #stage(): Promise<void> {
    if (this.#decoder.rows === 0) return;
    this.#decoder.sort();
    const whole = this.#decoder.batch();
    const batch = this.#task.range === null ? whole : rowsWithin(whole, this.#task.range);
    if (batch.rows > 0) {
      const rollup = batch === whole ? this.#decoder.rollUp(whole) : rollUp(batch);
      this.#pending.staged.push(await this.#store.stage(batch, this.#decoder.newSas(), rollup));
    }
    this.#decoder.reset();
  }

  async #commit(): Promise<void> {
    if (this.#pending.empty) return;
    await this.#stage();
    const pending = this.#pending;
    this.#pending = new PendingCommit();
    const { ranges, deliveries, bytes } = pending;
    const files = await this.#store.finish(pending.staged, ranges, pending.quarantine);
    await this.#channel.ask({
      kind: 'commit',
      commit: { ...files, ranges, deliveries, ...(this.#proof === null ? {} : { read: this.#proof.take() }) },
      bytes,
      fallback: this.#decoder.takeFallback(),
    });
    await pending.ack();
  }
}
