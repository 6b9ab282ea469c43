import type { Sender } from 'rhea';
import { errorText } from '../core/errors.ts';
import type { BufferPool } from './buffer-pool.ts';
import { refuseLink } from './link-error.ts';
import type { PartitionLog } from './partition-log.ts';
import { withRuntimeMetrics } from './runtime-metrics.ts';
import { TransferWriter } from './transfer-writer.ts';

const READ_EVENTS = 1024;
/** Bytes left in a socket above which a consumer counts as slow and is not read for. */
const UNSENT_BYTES_MAX = 4 << 20;

/**
 * Sends one consumer the events of one partition, from `nextSequenceNumber` on, as fast as its credit, its session's
 * window and its socket allow.
 */
export class ConsumerLink {
  readonly #sender: Sender;
  readonly #log: PartitionLog;
  readonly #pool: BufferPool;
  readonly #writer: TransferWriter;
  readonly #runtimeMetrics: boolean;
  readonly #stopListening: readonly (() => void)[];
  #nextSequenceNumber: number;
  #state: 'attaching' | 'idle' | 'sending' | 'closed' = 'attaching';
  #windowClosed = false;

  constructor(
    sender: Sender,
    log: PartitionLog,
    pool: BufferPool,
    { nextSequenceNumber, runtimeMetrics }: { nextSequenceNumber: number; runtimeMetrics: boolean },
  ) {
    this.#sender = sender;
    this.#log = log;
    this.#pool = pool;
    this.#nextSequenceNumber = nextSequenceNumber;
    this.#runtimeMetrics = runtimeMetrics;
    this.#writer = new TransferWriter(sender);
    this.#stopListening = [log.onAppend(() => this.#wake()), this.#writer.onFlow(() => this.#wake())];
    sender.on('sender_close', () => this.close());
    // A flow can come right behind the attach: transfers written then would be on the wire before our own attach.
    setImmediate(() => {
      if (this.#state === 'attaching') this.#state = 'idle';
      this.#wake();
    });
  }

  close(): void {
    this.#state = 'closed';
    for (const stop of this.#stopListening) stop();
  }

  #wake(): void {
    if (this.#state !== 'idle') return;
    this.#state = 'sending';
    void this.#send().catch((error: unknown) => {
      this.close();
      refuseLink(this.#sender, { condition: 'amqp:internal-error', description: errorText(error) });
    });
  }

  async #send(): Promise<void> {
    while (this.#sendable()) {
      if (this.#writer.unsentBytes > UNSENT_BYTES_MAX) {
        await new Promise<void>((resolve) => this.#writer.onceDrained(resolve));
        continue;
      }
      await this.#sendSome();
    }
    if (this.#state === 'sending') this.#state = 'idle';
    if (this.#writer.credit > 0 && !this.#windowClosed) this.#writer.drain(this.#sender);
  }

  async #sendSome(): Promise<void> {
    this.#nextSequenceNumber = Math.max(this.#nextSequenceNumber, this.#log.firstSequenceNumber);
    const buffer = this.#pool.take();
    const count = Math.min(this.#writer.credit, READ_EVENTS);
    for (const message of await this.#log.read(this.#nextSequenceNumber, count, buffer)) {
      if (!this.#sendable()) break;
      const outgoing = this.#runtimeMetrics ? withRuntimeMetrics(message, this.#log) : message;
      this.#windowClosed = !this.#writer.send(outgoing);
      this.#nextSequenceNumber += 1;
    }
    // A message that waits for window still refers to the buffer, which is then left to the garbage collector.
    if (!this.#windowClosed) this.#writer.onceWritten(() => this.#pool.give(buffer));
  }

  #sendable(): boolean {
    if (this.#state !== 'sending' || !this.#sender.is_open()) return false;
    if (this.#windowClosed) this.#windowClosed = !this.#writer.resume();
    return (
      !this.#windowClosed &&
      this.#writer.ready &&
      this.#writer.credit > 0 &&
      this.#nextSequenceNumber < this.#log.nextSequenceNumber
    );
  }
}
