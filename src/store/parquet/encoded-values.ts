import type { ByteSink } from './byte-sink.ts';
import type { Extremes } from './statistics.ts';

/** Parquet's numbers of encodings. */
export const encodings = { plain: 0, rle: 3, delta: 5, deltaLength: 6, dictionary: 8 } as const;

/** How the values that a column has are written. */
export interface EncodedValues {
  readonly extremes: Extremes | null;
  readonly encoding: number;
  /** Values that codes stand for, written as PLAIN. */
  readonly dictionary: { readonly entries: number; put(sink: ByteSink): void } | null;
  /** False for values that no compression makes smaller. */
  readonly compressible: boolean;
  /** Bytes of each text, as pages are cut by them; null for values of one page. */
  readonly lengths: Uint32Array | null;
  /** Appends the values from one on up to another, as a page has them. */
  put(sink: ByteSink, from: number, to: number): void;
}
