import type { PageKernel } from '../../core/page-kernel.ts';
import { kernelOver } from '../kernel-values.ts';
import type { ByteSink } from './byte-sink.ts';

const groupValues = 8;

/**
 * Appends values of `width` bits, 1 to 16, as Parquet's hybrid of runs and bit-packed groups.
 *
 * @see https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE
 */
export function putHybrid(
  sink: ByteSink,
  values: Uint16Array<ArrayBuffer>,
  width: number,
  kernel: PageKernel | null,
): void {
  const fast = kernelOver(kernel, values);
  if (fast === null) putRuns(sink, values, width);
  else sink.put(fast.packCodes(values.byteOffset, values.length, width));
}

/** Appends one value of up to 8 bits so many times, less than 2^30: in front of its upper byte, if that is of more. */
export function putRun(sink: ByteSink, times: number, value: number): void {
  sink.varint(times << 1);
  sink.byte(value);
}

function putRuns(sink: ByteSink, values: Uint16Array, width: number): void {
  let packed = 0;
  for (let at = 0; at < values.length; ) {
    const value = values[at] ?? 0;
    let end = at + 1;
    while (end < values.length && values[end] === value) end++;
    if (end - at < groupValues) {
      at = Math.min(at + groupValues, values.length);
      continue;
    }
    putPacked(sink, values, packed, at, width);
    putRun(sink, end - at, value);
    if (width > 8) sink.byte(value >> 8);
    at = end;
    packed = end;
  }
  putPacked(sink, values, packed, values.length, width);
}

function putPacked(sink: ByteSink, values: Uint16Array, from: number, to: number, width: number): void {
  if (from === to) return;
  const groups = Math.ceil((to - from) / groupValues);
  sink.varint((groups << 1) | 1);
  sink.reserve(groups * width + 1);
  const { bytes } = sink;
  let { length } = sink;
  const end = length + groups * width;
  let bits = 0;
  let held = 0;
  for (let at = from; at < to; at++) {
    bits |= (values[at] ?? 0) << held;
    for (held += width; held >= 8; held -= 8) {
      bytes[length++] = bits;
      bits >>>= 8;
    }
  }
  bytes.fill(0, length, end);
  if (held > 0) bytes[length] = bits;
  sink.length = end;
}

/** Bits a code of a dictionary takes. */
export function codeWidth(entries: number): number {
  return entries < 2 ? 1 : 32 - Math.clz32(entries - 1);
}
