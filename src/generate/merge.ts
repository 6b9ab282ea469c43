import type { LogEvent } from './log-event.ts';

interface Head {
  event: LogEvent;
  readonly stream: Iterator<LogEvent>;
  readonly index: number;
}

const isEarlier = (a: Head, b: Head): boolean =>
  a.event.time < b.event.time || (a.event.time === b.event.time && a.index < b.index);

/** Lets the head at `at` of a binary heap sink to its place. */
function sink(heap: Head[], at: number): void {
  const head = heap[at];
  if (head === undefined) return;
  let hole = at;
  for (;;) {
    const left = heap[2 * hole + 1];
    const right = heap[2 * hole + 2];
    if (left === undefined) break;
    const useRight = right !== undefined && isEarlier(right, left);
    const least = useRight ? right : left;
    if (!isEarlier(least, head)) break;
    heap[hole] = least;
    hole = 2 * hole + (useRight ? 2 : 1);
  }
  heap[hole] = head;
}

/** Merges streams that are each in time order into one in time order; equal times keep the order of `streams`. */
export function* merge(streams: readonly Iterator<LogEvent>[]): Generator<LogEvent, void, undefined> {
  const heap: Head[] = [];
  for (const [index, stream] of streams.entries()) {
    const first = stream.next();
    if (!first.done) heap.push({ event: first.value, stream, index });
  }
  for (let at = heap.length >>> 1; at >= 0; at--) sink(heap, at);
  for (;;) {
    const earliest = heap[0];
    if (earliest === undefined) return;
    yield earliest.event;
    const next = earliest.stream.next();
    if (!next.done) earliest.event = next.value;
    else {
      const last = heap.pop();
      if (last !== undefined && last !== earliest) heap[0] = last;
    }
    sink(heap, 0);
  }
}
