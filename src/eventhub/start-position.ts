import type { PartitionLog } from './partition-log.ts';
import type { Selector } from './selector.ts';

/**
 * The sequence number a consumer with this selector gets first. A position that retention has passed becomes the
 * oldest event; one that is not there yet is refused.
 *
 * @returns a text that says why, if the position is behind the end of the log.
 */
export function startPosition(log: PartitionLog, selector: Selector): number | string {
  if (selector.by === 'end') return log.nextSequenceNumber;
  // All three are whole numbers, so `> n` is `>= n + 1`.
  const from = selector.inclusive ? selector.value : selector.value + 1;
  if (selector.by === 'enqueuedTimeMs') return log.firstFromTime(from);
  const last = log.last?.[selector.by] ?? -1;
  if (selector.value > last) {
    return `The supplied ${selector.by} '${selector.value}' is invalid. The last ${selector.by} in the system is '${last}'.`;
  }
  if (selector.by === 'offset') return log.firstFromOffset(from);
  return Math.max(from, log.firstSequenceNumber);
}
