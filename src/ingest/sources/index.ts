import type { Source } from '../source.ts';
import type { BlobArchiveAssignment, BlobRange } from './archive/blob-archive.ts';
import type { EventHubsAssignment } from './event-hubs.ts';
import type { FileAssignment, FileRange } from './file.ts';

/** What a lane is told to read. One kind per source of this folder. */
export type SourceAssignment = FileAssignment | BlobArchiveAssignment | EventHubsAssignment;

/** One piece of work of an assignment whose pieces are handed out one by one. */
export type SourceWork = FileRange | BlobRange;

export interface SourceDeps {
  /** Hands back the finished piece and waits for the next one; null when there is none left. */
  readonly nextWork: (finished: SourceWork | null) => Promise<SourceWork | null>;
}

/**
 * Builds the source of an assignment; opens nothing.
 *
 * Loads the module of that kind only: Azure's SDKs cost each thread 40 MB and half a CPU-second.
 */
export async function createSource(assignment: SourceAssignment, deps: SourceDeps): Promise<Source> {
  switch (assignment.kind) {
    case 'file': {
      const { FileSource } = await import('./file.ts');
      return new FileSource(deps);
    }
    case 'blob-archive': {
      const { BlobArchiveSource } = await import('./archive/blob-archive.ts');
      return new BlobArchiveSource(assignment, deps);
    }
    case 'event-hubs': {
      const { EventHubsSource } = await import('./event-hubs.ts');
      return new EventHubsSource(assignment);
    }
  }
}
