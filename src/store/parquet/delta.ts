import type { PageKernel } from '../../core/page-kernel.ts';
import { kernelOver } from '../kernel-values.ts';
import type { ByteSink } from './byte-sink.ts';

const blockValues = 128;
const miniblocks = 4;
const miniblockValues = blockValues / miniblocks;
const deltas = new Int32Array(blockValues);

/**
 * Appends whole numbers from 0 to 2^30 as DELTA_BINARY_PACKED.
 *
 * @see https://parquet.apache.org/docs/file-format/data-pages/encodings/#DELTAENC
 */
export function putDeltas(sink: ByteSink, values: Uint32Array<ArrayBuffer>, kernel: PageKernel | null): void {
  const fast = kernelOver(kernel, values);
  if (fast === null) putBlocks(sink, values);
  else sink.put(fast.packDeltas(values.byteOffset, 4, values.length).bytes);
}

function putBlocks(sink: ByteSink, values: Uint32Array): void {
  const count = values.length;
  sink.varint(blockValues);
  sink.varint(miniblocks);
  sink.varint(count);
  putZigzag(sink, values[0] ?? 0);
  for (let at = 1; at < count; at += blockValues) putBlock(sink, values, at, Math.min(at + blockValues, count));
}

function putZigzag(sink: ByteSink, value: number): void {
  sink.varint(((value << 1) ^ (value >> 31)) >>> 0);
}

function putBlock(sink: ByteSink, values: Uint32Array, from: number, to: number): void {
  const count = to - from;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const delta = (values[from + i] ?? 0) - (values[from + i - 1] ?? 0);
    deltas[i] = delta;
    if (delta < least) least = delta;
  }
  putZigzag(sink, least);
  const widths = sink.length;
  sink.put(new Uint8Array(miniblocks));
  for (let start = 0; start < count; start += miniblockValues) {
    const end = Math.min(start + miniblockValues, count);
    let bits = 0;
    for (let i = start; i < end; i++) bits |= (deltas[i] ?? 0) - least;
    const width = 32 - Math.clz32(bits);
    sink.bytes[widths + start / miniblockValues] = width;
    putMiniblock(sink, start, end, least, width);
  }
}

function putMiniblock(sink: ByteSink, start: number, end: number, least: number, width: number): void {
  const length = (miniblockValues * width) / 8;
  sink.reserve(length);
  const { bytes } = sink;
  bytes.fill(0, sink.length, sink.length + length);
  let bit = sink.length * 8;
  for (let i = start; i < end; i++) {
    let rest = (deltas[i] ?? 0) - least;
    for (let left = width; left > 0; ) {
      const shift = bit & 7;
      const taken = Math.min(8 - shift, left);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (rest << shift);
      rest >>>= taken;
      left -= taken;
      bit += taken;
    }
  }
  sink.length += length;
}
