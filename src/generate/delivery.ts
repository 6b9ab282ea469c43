import type { Prng } from './prng.ts';
import type { DeliveryRates } from './scenario-plan.ts';
import { hourMs, minuteMs } from './timeline.ts';

interface Held {
  readonly text: string;
  /** UTC milliseconds at which it is delivered. */
  readonly due: number;
}

/** Texts held back at most; beyond that the earliest due goes out at once, so that memory stays bounded. */
const heldMax = 20_000;
/** Records that change places at most, where an export writes several files side by side. */
const shuffleMax = 8;

/**
 * Delivers records as Azure Monitor may: nearly in order, a few twice within the hour, very few one to 48 hours late.
 *
 * @see https://learn.microsoft.com/azure/azure-monitor/essentials/resource-logs
 */
export class Delivery {
  readonly #prng: Prng;
  readonly #rates: DeliveryRates;
  readonly #held: Held[] = [];
  readonly #near: string[] = [];
  /** Records delivered a second time so far. */
  duplicates = 0;

  constructor(prng: Prng, rates: DeliveryRates) {
    this.#prng = prng;
    this.#rates = rates;
  }

  /** @param time of the record, UTC milliseconds; never before that of the call before. */
  *add(text: string, time: number): Generator<string> {
    const { duplicates, late } = this.#rates;
    if (duplicates === 0 && late === 0) {
      yield text;
      return;
    }
    while ((this.#held[0]?.due ?? Number.POSITIVE_INFINITY) <= time || this.#held.length > heldMax) {
      const first = this.#held.shift();
      if (first !== undefined) yield first.text;
    }
    if (this.#prng.chance(duplicates)) {
      this.duplicates++;
      this.#hold(text, time + this.#prng.unit() * hourMs);
    }
    if (this.#prng.chance(late)) {
      const hours = 1 + 47 * this.#prng.unit() ** 4;
      this.#hold(text, time + hours * hourMs + minuteMs);
      return;
    }
    this.#near.push(text);
    if (this.#near.length >= shuffleMax) yield this.#takeNear();
  }

  /** Everything not delivered yet. */
  *end(): Generator<string> {
    while (this.#near.length > 0) yield this.#takeNear();
    for (const { text } of this.#held) yield text;
    this.#held.length = 0;
  }

  #takeNear(): string {
    const at = this.#prng.int(0, this.#near.length - 1);
    const [text = ''] = this.#near.splice(at, 1);
    return text;
  }

  #hold(text: string, due: number): void {
    let low = 0;
    let high = this.#held.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#held[middle]?.due ?? 0) <= due) low = middle + 1;
      else high = middle;
    }
    this.#held.splice(low, 0, { text, due });
  }
}
