import type { PageKernel } from '../../core/page-kernel.ts';
import { kernelOver } from '../kernel-values.ts';
import type { Extremes } from './statistics.ts';
import type { Texts } from './texts.ts';

/** Texts that come first and last when ordered by their bytes; null if there are none. */
export function textExtremes({ lengths, starts, bytes }: Texts, kernel: PageKernel | null): Extremes | null {
  if (lengths.length === 0) return null;
  const fast = kernelOver(kernel, starts, bytes);
  const [least, greatest] =
    fast === null
      ? extremePlaces(starts, bytes, lengths.length)
      : fast.textExtremes(starts.byteOffset, lengths.length, bytes.byteOffset);
  const textAt = (at: number) => bytes.slice(starts[at], starts[at + 1]);
  return { least: textAt(least), greatest: textAt(greatest) };
}

function extremePlaces(starts: Int32Array, bytes: Uint8Array, count: number): readonly [number, number] {
  let [least, greatest] = [0, 0];
  for (let at = 1; at < count; at++) {
    if (precedes(starts, bytes, at, least)) least = at;
    else if (precedes(starts, bytes, greatest, at)) greatest = at;
  }
  return [least, greatest];
}

function precedes(starts: Int32Array, bytes: Uint8Array, a: number, b: number): boolean {
  const endA = starts[a + 1] ?? 0;
  const endB = starts[b + 1] ?? 0;
  let atA = starts[a] ?? 0;
  let atB = starts[b] ?? 0;
  for (; atA < endA && atB < endB; atA++, atB++) {
    const difference = (bytes[atA] ?? 0) - (bytes[atB] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return endA - atA < endB - atB;
}
