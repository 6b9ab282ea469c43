import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '../../core/limits.ts';
import type { SourcePosition } from '../../core/position.ts';
import { stdinPath } from './byte-reader.ts';
import { endOfStream, type FileRange } from './file.ts';
import { type FoundFiles, findLogFiles, type LogFile } from './log-files.ts';

export interface FileWorkOptions {
  readonly paths: readonly string[];
  /** Ends when all there is has been handed out; else looks for growth and new files until stopped. */
  readonly once: boolean;
  readonly tail: FileRange['tail'];
  /** Name of this run's standard input as a partition: each run reads another one. */
  readonly stdinName: string;
  /** Up to which byte the catalog has each partition. */
  readonly committed: (partition: string) => SourcePosition | undefined;
}

const lookAgainMs = 500;

/**
 * Hands out the unread ranges of a set of files, each to one lane at a time.
 *
 * A range that has been handed back is offered again, when it has grown, only after everything delivered from it has been
 * committed: two lanes never read the same bytes.
 */
export class FileWork {
  readonly #options: FileWorkOptions;
  /** Every range a lane has or had: still out (null), or handed back and delivered up to a byte. */
  readonly #taken = new Map<string, { readonly lane: number; readonly reached: number | null }>();
  #found: FoundFiles | undefined;
  #stdinTaken = false;
  #stopped = false;
  #waiting: FileRange[] = [];

  constructor(options: FileWorkOptions) {
    this.#options = options;
  }

  /** Files that were skipped because they hold no logs. */
  get skipped(): readonly string[] {
    return this.#found?.skipped ?? [];
  }

  /** Ranges not yet handed out. */
  get pieces(): number {
    return this.#waiting.length;
  }

  /** Looks for files. @throws AppError as `findLogFiles`. */
  async open(): Promise<{ files: number; bytes: number }> {
    this.#found = await findLogFiles(this.#options.paths);
    this.#waiting = this.#unread();
    return { files: this.#found.files.length, bytes: this.#found.files.reduce((sum, file) => sum + file.bytes, 0) };
  }

  /** The next range for a lane; waits for one while following. Null: there is none and there will be none. */
  async next(lane: number, finished: FileRange | null): Promise<FileRange | null> {
    if (finished !== null) this.#taken.set(finished.partition, { lane, reached: finished.reached ?? finished.from });
    while (!this.#stopped) {
      const range = this.#waiting.shift();
      if (range !== undefined) {
        this.#taken.set(range.partition, { lane, reached: null });
        return range;
      }
      if (this.#options.once) return null;
      await sleep(lookAgainMs);
      if (this.#waiting.length === 0) {
        this.#found = await findLogFiles(this.#options.paths);
        this.#waiting = this.#unread();
      }
    }
    return null;
  }

  /** Takes back all that a lane that died had, so that it is read again from the last commit. */
  recover(lane: number): void {
    for (const [partition, taken] of this.#taken) if (taken.lane === lane) this.#taken.delete(partition);
    this.#waiting = this.#unread();
  }

  stop(): void {
    this.#stopped = true;
  }

  #unread(): FileRange[] {
    return (this.#found?.files ?? []).flatMap((file) => (file.path === stdinPath ? this.#stdin() : this.#ranges(file)));
  }

  #stdin(): FileRange[] {
    if (this.#stdinTaken) return [];
    this.#stdinTaken = true;
    return [{ path: stdinPath, partition: this.#options.stdinName, start: 0, end: null, from: 0, tail: 'take' }];
  }

  #ranges(file: LogFile): FileRange[] {
    const count = file.divisible ? Math.max(1, Math.ceil(file.bytes / limits.fileRangeBytes)) : 1;
    const ranges: FileRange[] = [];
    for (let index = 0; index < count; index++) {
      const start = index * limits.fileRangeBytes;
      const end = file.divisible ? start + limits.fileRangeBytes : null;
      const partition = `${file.path}#${index}`;
      const committed = this.#options.committed(partition);
      const from = Number(committed?.offset ?? start);
      const read = file.streamed ? committed?.token === endOfStream : from >= Math.min(file.bytes, end ?? file.bytes);
      if (!read && this.#free(partition, from)) {
        ranges.push({ path: file.path, partition, start, end, from, tail: this.#options.tail });
      }
    }
    return ranges;
  }

  #free(partition: string, committed: number): boolean {
    const taken = this.#taken.get(partition);
    return taken === undefined || (taken.reached === committed && !this.#options.once);
  }
}
