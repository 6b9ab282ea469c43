import { AppError } from '../../core/errors.ts';
import type { SourcePosition } from '../../core/position.ts';
import { filedAround, type Span } from './archive/layout.ts';
import type { FileRange } from './file.ts';
import { type LogFile, LogFinder } from './log-files.ts';
import type { ByteRange } from './range.ts';
import { parseMark } from './range-mark.ts';
import type { LogStore, StoredLog } from './range-work.ts';
import { stdinPath } from './standard-input.ts';

export interface FileStoreOptions {
  readonly paths: readonly string[];
  readonly tail: FileRange['tail'];
  /** Name of this run's standard input as a partition: each run reads another one. */
  readonly stdinName: string;
  /** Time whose records are wanted, in milliseconds since 1970 UTC; null: all. */
  readonly logged: Span | null;
  /** Told once of each file that cannot be read, or cannot be the one that was read. */
  readonly onTrouble?: (text: string) => void;
}

/** A log file as a listing tells of it. */
export interface StoredFile extends StoredLog, LogFile {}

/** Log files on disk and standard input. */
export class FileStore implements LogStore<StoredFile, FileRange> {
  readonly #options: FileStoreOptions;
  readonly #finder = new LogFinder();
  #stdinGiven = false;
  readonly #told = new Set<string>();
  #isListed = false;
  /** Files that were skipped because they hold no logs. */
  skipped: readonly string[] = [];

  constructor(options: FileStoreOptions) {
    this.#options = options;
  }

  /** @throws AppError as `LogFinder.find`; the first time also SOURCE_UNAVAILABLE where a name holds a signature. */
  async list(): Promise<readonly StoredFile[]> {
    const { paths, tail, stdinName, logged } = this.#options;
    const { files, skipped, refused } = await this.#finder.find(paths, logged === null ? null : filedAround(logged));
    const [first] = refused;
    if (first !== undefined && !this.#isListed) throw new AppError('SOURCE_UNAVAILABLE', first);
    for (const why of refused) this.#tell(why);
    this.#isListed = true;
    this.skipped = skipped;
    return files.map((file) =>
      file.path === stdinPath
        ? { ...file, partition: stdinName, version: stdinName, tail: 'take' }
        : { ...file, partition: file.path, version: String(file.bytes), tail },
    );
  }

  work({ path, framing }: StoredFile, range: ByteRange): FileRange {
    return { ...range, kind: 'file', path, ...(framing === undefined ? {} : { framing }) };
  }

  /** Gives standard input to the first who asks. @throws AppError SOURCE_UNAVAILABLE where the lane that had it has failed. */
  async claim({ path }: StoredFile, range: FileRange): Promise<FileRange> {
    if (path !== stdinPath) return range;
    if (this.#stdinGiven) {
      throw new AppError(
        'SOURCE_UNAVAILABLE',
        'Cannot read standard input again after a lane has failed: what was not committed of it is lost. Give all of it once more, to an empty data folder.',
      );
    }
    this.#stdinGiven = true;
    return range;
  }

  unread(file: StoredFile, range: ByteRange, committed: SourcePosition | undefined): boolean {
    if (file.streamed) return !parseMark(committed?.token).ended;
    // A file is known by its name: what is written anew under the same one is not told apart from what was read of it.
    if (committed !== undefined && file.bytes < Number(committed.offset))
      this.#tell(
        `${file.path} is shorter than what was read of it: nothing of it is read again. Give what was written anew another name.`,
      );
    return range.from < Math.min(file.bytes, range.end ?? file.bytes);
  }

  #tell(text: string): void {
    if (this.#told.has(text)) return;
    this.#told.add(text);
    this.#options.onTrouble?.(text);
  }
}
