import type { ReadStretch, SourcePosition } from '../../core/position.ts';
import { parseMark } from '../../ingest/sources/range-mark.ts';

/** One log as far as it was read: a file, a blob. Positions count decompressed bytes. */
export interface LogRead {
  readonly name: string;
  /** Bytes from its first to the last one read. */
  readonly bytes: number;
  /** Of a blob, when its last bytes were read. */
  readonly etag: string | null;
  /** True where it shrank, was replaced or vanished while it was read. */
  readonly changed: boolean;
  /** What was hashed, in order: one stretch, unless reading was interrupted or the log is read in several ranges. */
  readonly stretches: readonly { readonly first: number; readonly next: number; readonly sha256: string }[];
}

/** The log that a partition is a range of. */
function logName({ partition }: { readonly partition: string }): string {
  return partition.replace(/#\d+$/, '');
}

function byLog<T extends { readonly partition: string }>(parts: readonly T[]): Map<string, T[]> {
  const logs = new Map<string, T[]>();
  for (const part of parts) {
    const name = logName(part);
    const known = logs.get(name);
    if (known === undefined) logs.set(name, [part]);
    else known.push(part);
  }
  return logs;
}

/** Puts together, log by log in order of their names, what a lake was read from. */
export function logsRead(positions: readonly SourcePosition[], stretches: readonly ReadStretch[]): LogRead[] {
  const hashed = byLog(stretches);
  return [...byLog(positions)]
    .map(([name, reached]) => {
      const marks = reached.map(({ token }) => parseMark(token));
      return {
        name,
        bytes: Math.max(...reached.map(({ offset }) => Number(offset))),
        etag: marks.find(({ etag }) => etag !== undefined)?.etag ?? null,
        changed: marks.some(({ replaced }) => replaced === true),
        stretches: (hashed.get(name) ?? [])
          .map(({ first, next, sha256 }) => ({ first: Number(first), next: Number(next), sha256 }))
          .sort((a, b) => a.first - b.first),
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
