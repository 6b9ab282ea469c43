import type { Delivery } from '../source.ts';

/** Hands deliveries from receivers that push to a lane that pulls; a full queue makes the receivers wait. */
export class DeliveryQueue implements AsyncIterable<Delivery> {
  readonly #lengthMax: number;
  readonly #waiting: Delivery[] = [];
  readonly #wake: (() => void)[] = [];
  readonly #onEnd: (() => void)[] = [];
  #error: unknown;
  #ended = false;
  #generation = 0;

  constructor(lengthMax: number) {
    this.#lengthMax = lengthMax;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** @returns false where the delivery was not taken: the queue ended, or its receiver was released, meanwhile. */
  async push(delivery: Delivery): Promise<boolean> {
    const generation = this.#generation;
    while (this.#waiting.length >= this.#lengthMax && !this.#ended && generation === this.#generation)
      await this.#change();
    if (this.#ended || generation !== this.#generation) return false;
    this.#waiting.push(delivery);
    this.#signal();
    return true;
  }

  /** Frees every receiver that waits in `push`, without its delivery. */
  release(): void {
    this.#generation++;
    this.#signal();
  }

  /** Ends the iteration; what has been pushed is still handed over. */
  end(): void {
    this.#ended = true;
    this.#signal();
    for (const listener of this.#onEnd.splice(0)) listener();
  }

  fail(error: unknown): void {
    this.#error = error;
    this.end();
  }

  /** Calls `listener` once the queue has ended, at once if it has. */
  onEnd(listener: () => void): void {
    if (this.#ended) listener();
    else this.#onEnd.push(listener);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Delivery> {
    for (;;) {
      const delivery = this.#waiting.shift();
      if (delivery !== undefined) {
        this.#signal();
        yield delivery;
      } else if (this.#ended) {
        if (this.#error !== undefined) throw this.#error;
        return;
      } else {
        await this.#change();
      }
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  #signal(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}
