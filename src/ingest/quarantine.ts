import { limits } from '../core/limits.ts';
import type { QuarantineRecord } from '../store/commit.ts';
import type { Rejected } from './decode/decoder.ts';
import type { Delivery } from './source.ts';

/**
 * A stretch no parser accepts, with its place and reason, in bytes of its own: the delivery's are only borrowed.
 *
 * Keeps at most `quarantineRecordBytesMax` of it; the byte range always tells the whole.
 */
export function quarantineRecord({ bytes, from }: Delivery, { start, end, reason }: Rejected): QuarantineRecord {
  const kept = Math.min(end, start + limits.quarantineRecordBytesMax);
  return {
    source: from.source,
    partition: from.partition,
    offset: from.offset,
    start,
    end,
    reason,
    bytes: Uint8Array.from(bytes.subarray(start, kept)),
  };
}
