import type { PageKernel } from '../../core/page-kernel.ts';
import { kernelOver } from '../kernel-values.ts';
import type { ByteSink } from './byte-sink.ts';
import { putDeltas } from './delta.ts';
import type { Texts } from './texts.ts';

/** What each text shares with the beginning of the one before, in bytes. */
export interface SharedPrefixes {
  readonly prefixes: Uint32Array<ArrayBuffer>;
  /** What each has beside. */
  readonly suffixes: Uint32Array<ArrayBuffer>;
  /** Sum of the prefixes. */
  readonly shared: number;
}

export function sharedPrefixes({ starts, bytes, lengths }: Texts, kernel: PageKernel | null): SharedPrefixes {
  const fast = kernelOver(kernel, starts, bytes);
  if (fast !== null) return fast.sharedPrefixes(starts.byteOffset, lengths.length, bytes.byteOffset);
  const prefixes = new Uint32Array(lengths.length);
  let shared = 0;
  for (let at = 1; at < lengths.length; at++) {
    const [before, start] = [starts[at - 1] ?? 0, starts[at] ?? 0];
    const most = Math.min(lengths[at - 1] ?? 0, lengths[at] ?? 0);
    let prefix = 0;
    while (prefix < most && bytes[before + prefix] === bytes[start + prefix]) prefix++;
    prefixes[at] = prefix;
    shared += prefix;
  }
  return { prefixes, suffixes: lengths.map((length, at) => length - (prefixes[at] ?? 0)), shared };
}

/**
 * Appends the texts from one on up to another as DELTA_BYTE_ARRAY; the first of a page shares nothing with any before.
 *
 * @see https://parquet.apache.org/docs/file-format/data-pages/encodings/#DELTABYTEARRAY
 */
export function putSuffixes(
  sink: ByteSink,
  { starts, bytes, lengths }: Texts,
  { prefixes, suffixes }: SharedPrefixes,
  { from, to }: { readonly from: number; readonly to: number },
  kernel: PageKernel | null,
): void {
  prefixes[from] = 0;
  suffixes[from] = lengths[from] ?? 0;
  const ends = suffixes.subarray(from, to);
  putDeltas(sink, prefixes.subarray(from, to), kernel);
  putDeltas(sink, ends, kernel);
  const fast = kernelOver(kernel, starts, bytes, ends);
  if (fast !== null) {
    sink.put(fast.joinSuffixes(starts.byteOffset + 4 * from, ends.byteOffset, to - from, bytes.byteOffset));
    return;
  }
  for (let at = from; at < to; at++) {
    const end = starts[at + 1] ?? 0;
    sink.put(bytes.subarray(end - (suffixes[at] ?? 0), end));
  }
}
