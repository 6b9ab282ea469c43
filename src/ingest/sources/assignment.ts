import type { Source } from '../source.ts';
import type { BlobArchiveAssignment, BlobRange } from './archive/blob-archive.ts';
import type { EventHubsAssignment } from './event-hubs.ts';
import type { FileAssignment, FileRange } from './file.ts';

/** What a lane is told to read. One kind per source of this folder, and a module of `workers` for each. */
export type SourceAssignment = FileAssignment | BlobArchiveAssignment | EventHubsAssignment;

/** One piece of work of an assignment whose pieces are handed out one by one. */
export type SourceWork = FileRange | BlobRange;

export interface SourceDeps {
  /** To read logs into instead of memory of its own, `limits.readBytes` long. */
  readonly buffer?: Buffer;
  /** Hands back the finished piece and waits for the next one; null when there is none left. */
  readonly nextWork: (finished: SourceWork | null) => Promise<SourceWork | null>;
}

/** Builds the source of an assignment; opens nothing. */
export type CreateSource = (assignment: SourceAssignment, deps: SourceDeps) => Source;
