import type { ByteSink } from './byte-sink.ts';
import type { Extremes } from './statistics.ts';

/** Parquet's numbers of encodings. */
export const encodings = { plain: 0, rle: 3, delta: 5, deltaLength: 6, deltaText: 7, dictionary: 8 } as const;

/** How the values that a column has are written. */
export interface EncodedValues {
  readonly extremes: Extremes | null;
  readonly encoding: number;
  /** Values that codes stand for, written as PLAIN. */
  readonly dictionary: { readonly entries: number; put(sink: ByteSink): void } | null;
  /** False for values that no compression makes smaller. */
  readonly compressible: boolean;
  /** Where each text begins and the last ends, as pages are cut by that; null for values of one page. */
  readonly starts: Int32Array | null;
  /** Appends the values from one on up to another, as a page has them. */
  put(sink: ByteSink, from: number, to: number): void;
}
