/** `HEX4[n]` is `n` as four lower-case hex digits; GUIDs are eight look-ups. */
const HEX4: readonly string[] = Array.from({ length: 65_536 }, (_, n) => n.toString(16).padStart(4, '0'));

/** FNV-1a over UTF-16 code units: a stable 32-bit number for a text. Not for adversaries. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** The low 16 bits of `n` as four lower-case hex digits. */
export function hex4(n: number): string {
  return HEX4[n & 0xffff] ?? '0000';
}

/** `n` as eight lower-case hex digits. */
export function hex8(n: number): string {
  return hex4(n >>> 16) + hex4(n);
}

/**
 * A seeded random stream: xoshiro128**, its 128-bit state filled by splitmix32. Same seed and label, same numbers,
 * on every machine. Each activity owns the stream of its own label, so that changing one leaves the others as they were.
 *
 * @see https://prng.di.unimi.it/xoshiro128starstar.c
 */
export class Prng {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(seed: number, label: string) {
    let state = (seed ^ hash32(label)) >>> 0;
    const split = (): number => {
      state = (state + 0x9e3779b9) >>> 0;
      let z = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      return (z ^ (z >>> 15)) | 0;
    };
    this.#a = split();
    this.#b = split();
    this.#c = split();
    this.#d = split() | 1;
  }

  /** Uniform in [0, 2³²). */
  u32(): number {
    const x = Math.imul(this.#b, 5);
    const result = Math.imul((x << 7) | (x >>> 25), 9) >>> 0;
    const t = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= t;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result;
  }

  /** Uniform in [0, 1). */
  unit(): number {
    return this.u32() / 4_294_967_296;
  }

  /** Uniform integer in [min, max], both included. */
  int(min: number, max: number): number {
    return min + Math.floor(this.unit() * (max - min + 1));
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  /** Rank in [0, count), rank r about as likely as 1/(r+1): the usual popularity of files and clients. */
  zipf(count: number): number {
    return Math.min(count - 1, Math.floor((count + 1) ** this.unit()) - 1);
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[Math.floor(this.unit() * items.length)] ?? items[0];
  }

  /** A random GUID, lower case. */
  guid(): string {
    const a = this.u32();
    const b = this.u32();
    const c = this.u32();
    const d = this.u32();
    return `${hex8(a)}-${hex4(b >>> 16)}-${hex4(b)}-${hex4(c >>> 16)}-${hex4(c)}${hex8(d)}`;
  }
}
