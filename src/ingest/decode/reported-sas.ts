import { limits } from '../../core/limits.ts';
import type { SasSet } from '../../core/sas.ts';

/** Which SAS parameter sets a decoder has met, so that each is handed on once. */
export class ReportedSas {
  /** Emptied when full: a set is then reported again, which changes nothing in a dimension keyed by it. */
  readonly #met = new Set<bigint>();
  #fresh: SasSet[] = [];
  #handedOn = false;

  meet(set: SasSet | null): void {
    if (set === null || this.#met.has(set.sasId)) return;
    if (this.#met.size >= limits.cacheEntriesMax) this.#met.clear();
    this.#met.add(set.sasId);
    this.#fresh.push(set);
  }

  /** Sets met that were not handed on before the last `reset`. */
  fresh(): readonly SasSet[] {
    this.#handedOn = true;
    return this.#fresh;
  }

  /** Forgets the sets that were handed on; those of a batch nobody took stay for the next one. */
  reset(): void {
    if (this.#handedOn) this.#fresh = [];
    this.#handedOn = false;
  }
}
