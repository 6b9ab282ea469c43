import { limits } from '../../core/limits.ts';
import { parseSas, type SasSet, tokenFingerprint } from '../../core/sas.ts';

export interface KnownSas {
  readonly account: string;
  readonly set: SasSet;
  /** Of the set in the account. */
  readonly fingerprint: bigint;
}

/** The SAS of each query, with its fingerprint in the account it was last used in; emptied when full. */
export class SasMemo {
  readonly #known = new Map<string, KnownSas | null>();

  /** @returns null if there is no SAS in the query. */
  get(account: string, query: string): KnownSas | null {
    const known = this.#known.get(query);
    if (known === null || known?.account === account) return known;
    const set = known?.set ?? parseSas(query);
    const read = set === null ? null : { account, set, fingerprint: tokenFingerprint(account, set) };
    if (this.#known.size >= limits.cacheEntriesMax) this.#known.clear();
    this.#known.set(query, read);
    return read;
  }
}
