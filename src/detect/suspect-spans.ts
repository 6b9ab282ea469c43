import { dayMicros } from '../core/utc-day.ts';
import type { SegmentFile } from '../store/commit.ts';
import type { LogTokens } from './log-tokens.ts';
import type { EventRange } from './run.ts';

/** What one reader reads of the log, and its bit. */
export interface ReaderLog {
  readonly log: LogTokens;
  readonly bit: bigint;
}

/** From when until when rows of a token are read, and a bit for each reader of it. */
export interface Span extends EventRange {
  readonly readers: bigint;
}

/** What holds all that is read of each token, by its number. @param until none is read from then on, UTC microseconds. */
export function spansOf(readers: readonly ReaderLog[], until: bigint): Map<bigint, Span> {
  const spans = new Map<bigint, Span>();
  const add = (number: bigint, span: Span) => {
    const known = spans.get(number) ?? span;
    spans.set(number, {
      since: span.since < known.since ? span.since : known.since,
      until: span.until > known.until ? span.until : known.until,
      readers: span.readers | known.readers,
    });
  };
  for (const { log, bit } of readers) {
    const { tokens, fingerprints, since, days } = log;
    if (days === null) for (const number of [...tokens, ...fingerprints]) add(number, { since, until, readers: bit });
    for (const [number, day] of days ?? []) {
      const start = BigInt(day) * dayMicros;
      add(number, { since: start, until: start + dayMicros, readers: bit });
    }
  }
  return spans;
}

/** The tokens whose spans touch each segment; those touched by none are left out. Segments of which the same are asked share a set. */
export function askedOf(
  segments: readonly SegmentFile[],
  spans: ReadonlyMap<bigint, EventRange>,
): Map<SegmentFile, ReadonlySet<bigint>> {
  const stretches = new Map<string, EventRange & { readonly numbers: bigint[] }>();
  for (const [number, { since, until }] of spans) {
    const key = `${since} ${until}`;
    const stretch = stretches.get(key) ?? { since, until, numbers: [] };
    stretch.numbers.push(number);
    stretches.set(key, stretch);
  }
  const sets = new Map<string, ReadonlySet<bigint>>();
  const asked = new Map<SegmentFile, ReadonlySet<bigint>>();
  for (const segment of segments) {
    const touched = [...stretches].filter(
      ([, { since, until }]) => segment.maxTime >= since && segment.minTime < until,
    );
    const key = touched.map(([name]) => name).join();
    const set = sets.get(key) ?? new Set(touched.flatMap(([, { numbers }]) => numbers));
    sets.set(key, set);
    if (set.size > 0) asked.set(segment, set);
  }
  return asked;
}
