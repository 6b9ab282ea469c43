import type { PageKernel } from '../../core/page-kernel.ts';
import { kernelOver } from '../kernel-values.ts';
import type { ByteSink } from './byte-sink.ts';
import type { Texts } from './texts.ts';

/** Appends texts with their lengths, as PLAIN has them. @param rows which; null: all. */
export function putPlainTexts(
  sink: ByteSink,
  { lengths, starts, bytes }: Texts,
  rows: Uint32Array<ArrayBuffer> | null,
  kernel: PageKernel | null,
): void {
  const count = rows?.length ?? lengths.length;
  const fast = kernelOver(kernel, starts, bytes, rows ?? bytes);
  if (fast !== null) {
    sink.put(fast.plainTexts(starts.byteOffset, bytes.byteOffset, rows?.byteOffset ?? 0, count));
    return;
  }
  for (let at = 0; at < count; at++) {
    const row = rows === null ? at : (rows[at] ?? 0);
    sink.uint32(lengths[row] ?? 0);
    sink.put(bytes.subarray(starts[row], starts[row + 1]));
  }
}
