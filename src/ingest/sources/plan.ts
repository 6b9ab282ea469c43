import type { SourcePosition } from '../../core/position.ts';
import type { SourceAssignment, SourceWork } from './assignment.ts';
import { type FileRange, fileSource } from './file.ts';
import { FileStore, type FileStoreOptions, type StoredFile } from './file-store.ts';
import { RangeWork, type Unread } from './range-work.ts';

/** How one source is shared among lanes: the coordinator's side of a source. */
export interface SourcePlan {
  /** How many of the lanes at hand this source can use. */
  lanesFor(lanes: number): number;
  /** What a lane reads, from the last commit on; null where nothing is left for it. */
  assignment(lane: number): SourceAssignment | null;
  /** The next pieces for a lane, for assignments that are handed out piece by piece; none where there are none left. */
  nextWork(lane: number, finished: readonly SourceWork[]): Promise<readonly SourceWork[]>;
  /** A lane died: what it had and had not committed must be read again. */
  recover(lane: number): void;
  /** Hand out nothing more. */
  stop(): void;
}

/** What opening a plan of stored logs found. */
export interface FoundLogs {
  /** Logs there are, and their bytes as stored. */
  readonly files: number;
  readonly bytes: number;
  /** Files without logs. */
  readonly skipped: readonly string[];
  readonly unread: Unread;
}

/** Looks up how far a partition has been committed. */
export type Committed = (source: string, partition: string) => SourcePosition | undefined;

export interface FilePlanOptions extends FileStoreOptions {
  /** Ends when all there is has been handed out; else looks for growth and new files until stopped. */
  readonly once: boolean;
}

const lookAgainMs = 500;

/** Log files: every lane takes the next unread range when it has finished one. */
export class FilePlan implements SourcePlan {
  readonly #store: FileStore;
  readonly #work: RangeWork<StoredFile, FileRange>;
  readonly #once: boolean;

  constructor({ once, ...options }: FilePlanOptions, committed: Committed) {
    this.#once = once;
    this.#store = new FileStore(options);
    this.#work = new RangeWork({
      store: this.#store,
      once,
      lookAgainMs,
      ahead: true,
      committed: (partition) => committed(fileSource, partition),
    });
  }

  /** Finds the files. @returns how many hold logs, their bytes on disk, and the others. @throws AppError as `LogFinder.find`. */
  async open(): Promise<FoundLogs> {
    const files = await this.#work.open();
    return {
      files: files.length,
      bytes: files.reduce((sum, file) => sum + file.bytes, 0),
      skipped: this.#store.skipped,
      unread: this.#work.unread,
    };
  }

  lanesFor(lanes: number): number {
    return this.#once ? Math.max(1, Math.min(lanes, this.#work.waiting.length)) : lanes;
  }

  assignment(): SourceAssignment {
    return { kind: 'file' };
  }

  nextWork(lane: number, finished: readonly SourceWork[]): Promise<readonly SourceWork[]> {
    return this.#work.next(lane, finished);
  }

  recover(lane: number): void {
    this.#work.recover(lane);
  }

  stop(): void {
    this.#work.stop();
  }
}
