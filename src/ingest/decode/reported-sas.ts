import { limits } from '../../core/limits.ts';
import type { SasSet } from '../../core/sas.ts';
import { sasTable } from '../../store/sas-table.ts';
import type { Table } from '../../store/table.ts';

/** Which SAS parameter sets a decoder has met, so that each is handed on once. */
export interface SasRegister {
  meet(set: SasSet | null): void;
  /** Sets met that were not handed on before the last `reset`, as the dimension's columns. */
  fresh(): Table;
  /** Forgets the sets that were handed on; those of a batch nobody took stay for the next one. */
  reset(): void;
}

/** The register in plain TypeScript. */
export class ReportedSas implements SasRegister {
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

  fresh(): Table {
    this.#handedOn = true;
    return sasTable(this.#fresh);
  }

  reset(): void {
    if (this.#handedOn) this.#fresh = [];
    this.#handedOn = false;
  }
}
