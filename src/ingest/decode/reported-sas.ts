import { limits } from '../../core/limits.ts';
import type { SasSet } from '../../core/sas.ts';

/** Which SAS parameter sets a decoder has met, so that each is handed on once. */
export class ReportedSas {
  /** Emptied when full: a set is then reported again, which changes nothing in a dimension keyed by it. */
  readonly #reported = new Set<bigint>();
  readonly #fresh = new Map<bigint, SasSet>();

  meet(set: SasSet | null): void {
    if (set !== null && !this.#reported.has(set.sasId)) this.#fresh.set(set.sasId, set);
  }

  /** Sets met that were not handed on before the last `reset`. */
  fresh(): readonly SasSet[] {
    if (this.#reported.size + this.#fresh.size > limits.cacheEntriesMax) this.#reported.clear();
    for (const sasId of this.#fresh.keys()) this.#reported.add(sasId);
    return [...this.#fresh.values()];
  }

  /** Forgets the sets that were handed on; those of a batch nobody took stay for the next one. */
  reset(): void {
    for (const sasId of this.#fresh.keys()) if (this.#reported.has(sasId)) this.#fresh.delete(sasId);
  }
}
