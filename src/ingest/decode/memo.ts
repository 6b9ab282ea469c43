import { limits } from '../../core/limits.ts';

/** Remembers what was computed for a key; emptied when full, so hostile input costs time but no memory. */
export class Memo<T> {
  readonly #compute: (key: string) => T;
  readonly #known = new Map<string, T>();

  constructor(compute: (key: string) => T) {
    this.#compute = compute;
  }

  get(key: string): T {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const value = this.#compute(key);
    if (this.#known.size >= limits.cacheEntriesMax) this.#known.clear();
    this.#known.set(key, value);
    return value;
  }
}
