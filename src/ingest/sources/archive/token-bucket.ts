import { setTimeout as sleep } from 'node:timers/promises';

/** Lets `perSecond` through a second: one second's worth at once, then evenly. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #now: () => number;
  /** When the next one may pass, in milliseconds of the clock; up to a second in the past while nobody comes. */
  #nextMs: number;

  /** @param now a monotonic clock in milliseconds. */
  constructor(perSecond: number, now: () => number = () => performance.now()) {
    this.#perSecond = perSecond;
    this.#now = now;
    this.#nextMs = now() - 1_000;
  }

  /** Milliseconds the caller has to wait before it passes; its place is taken. */
  reserve(): number {
    const now = this.#now();
    this.#nextMs = Math.max(this.#nextMs, now - 1_000) + 1_000 / this.#perSecond;
    return Math.max(0, this.#nextMs - now);
  }

  /** Waits for its turn, or until the signal aborts. */
  async take(signal: AbortSignal): Promise<void> {
    const waitMs = this.reserve();
    if (waitMs > 0) await sleep(waitMs, undefined, { signal }).catch(() => {});
  }
}
