import type { Sender } from 'rhea';
import { onSessionFlow, type SenderInternals, senderInternals } from './sender-internals.ts';

/** Largest frame sent, as the service does it, whatever the client would take. */
export const FRAME_BYTES_MAX = 64 << 10;

const TRANSFER_HEADER_BYTES = 33;
const NOTHING = Buffer.alloc(0);
const PAYLOAD_BYTES_MAX = FRAME_BYTES_MAX - TRANSFER_HEADER_BYTES;

/**
 * Writes encoded messages to a link's socket without a copy: rhea would copy each message twice and keep it until it
 * is settled, which doubles the cost of the whole endpoint.
 *
 * Credit and the session's window are obeyed; a message may pause in the middle for want of window.
 */
export class TransferWriter {
  readonly #link: SenderInternals;
  readonly #settled: boolean;
  #message: Buffer = NOTHING;
  #sentBytes = 0;
  #deliveryId = 0;

  constructor(sender: Sender) {
    this.#link = senderInternals(sender);
    this.#settled = sender.snd_settle_mode === 1;
  }

  /** How many more messages the peer wants. */
  get credit(): number {
    return this.#link.credit;
  }

  /** Bytes that the peer has not taken off the socket yet. */
  get unsentBytes(): number {
    return this.#link.connection.socket.writableLength;
  }

  /** True if nothing but credit and window keeps the next message from being sent. */
  get ready(): boolean {
    const { outgoing } = this.#link.session;
    return outgoing.next_pending_delivery === outgoing.next_delivery_id || this.#sentBytes < this.#message.length;
  }

  /** Calls `listener` whenever the peer has changed its window or its credit; returns the way to stop that. */
  onFlow(listener: () => void): () => void {
    // The flow of a link counts for the session first, and for the credit of the link only then.
    return onSessionFlow(this.#link, () => setImmediate(listener));
  }

  /** Calls `listener` once, when the socket refers to no message sent so far. */
  onceWritten(listener: () => void): void {
    this.#link.connection.socket.write(NOTHING, listener);
  }

  /** Calls `listener` when the socket has room again, or is gone. */
  onceDrained(listener: () => void): void {
    const { socket } = this.#link.connection;
    const done = () => {
      socket.off('drain', done).off('close', done);
      listener();
    };
    socket.on('drain', done).on('close', done);
  }

  /**
   * Starts to send `message`, which the socket borrows until it is written. Call only with credit and after the
   * message before is through.
   *
   * @returns true if it is sent, false if the window closed before its end: call `resume` after the next flow.
   */
  send(message: Buffer): boolean {
    const { outgoing } = this.#link.session;
    this.#message = message;
    this.#sentBytes = 0;
    this.#deliveryId = outgoing.next_delivery_id++;
    outgoing.next_pending_delivery = outgoing.next_delivery_id;
    this.#link.credit -= 1;
    this.#link.delivery_count += 1;
    return this.resume();
  }

  /** Sends what the window kept back of the last message; true if nothing is left of it. */
  resume(): boolean {
    const { socket } = this.#link.connection;
    const { outgoing } = this.#link.session;
    socket.cork();
    while (this.#sentBytes < this.#message.length && this.#window() > 0) {
      const payload = this.#message.subarray(this.#sentBytes, this.#sentBytes + PAYLOAD_BYTES_MAX);
      this.#sentBytes += payload.length;
      socket.write(this.#transferHeader(payload.length, this.#sentBytes < this.#message.length));
      socket.write(payload);
      outgoing.next_transfer_id += 1;
      outgoing.window -= 1;
    }
    socket.uncork();
    return this.#sentBytes === this.#message.length;
  }

  /** Gives unused credit back to a peer that asked for it. */
  drain(sender: Sender): void {
    sender.set_drained(true);
    this.#link.connection._register();
  }

  #window(): number {
    const { remote_window, remote_next_transfer_id = 0, next_transfer_id } = this.#link.session.outgoing;
    return (remote_window ?? 0) - (next_transfer_id - remote_next_transfer_id);
  }

  /**
   * ```
   *  0  size(4) doff type channel(2)
   *  8  00 53 14                       transfer
   * 11  c0 14 06                       list8: 20 bytes, 6 fields
   * 14  70 handle(4)
   * 19  70 delivery-id(4)
   * 24  a0 04 delivery-tag(4)
   * 30  43                             message-format 0
   * 31  41 | 42                        settled
   * 32  41 | 42                        more
   * ```
   */
  #transferHeader(payloadBytes: number, more: boolean): Buffer {
    const header = Buffer.allocUnsafe(TRANSFER_HEADER_BYTES);
    header.writeUInt32BE(TRANSFER_HEADER_BYTES + payloadBytes, 0);
    header.writeUInt16BE(0x0200, 4);
    header.writeUInt16BE(this.#link.session.local.channel, 6);
    header.set([0x00, 0x53, 0x14, 0xc0, 20, 6, 0x70], 8);
    header.writeUInt32BE(this.#link.local.handle, 15);
    header[19] = 0x70;
    header.writeUInt32BE(this.#deliveryId >>> 0, 20);
    header.set([0xa0, 4], 24);
    header.writeUInt32BE(this.#deliveryId >>> 0, 26);
    header.set([0x43, this.#settled ? 0x41 : 0x42, more ? 0x41 : 0x42], 30);
    return header;
  }
}
