import { AppError, errorClause } from '../core/errors.ts';
import type { Finding } from '../core/finding.ts';
import { limits } from '../core/limits.ts';
import type { Partition, PositionRange, ReadStretch, SourcePosition } from '../core/position.ts';
import type { ProcessLock } from '../core/process-lock.ts';
import { type Mended, mendLake } from './catalog-mending.ts';
import { CatalogSession } from './catalog-session.ts';
import type { CatalogState, TimeSpan } from './catalog-state.ts';
import type { Commit, CommitResult, SegmentFile } from './commit.ts';
import { discardFiles, pathsOf, requireFiles } from './commit-files.ts';
import { insertCommit, loadStretches } from './commit-table.ts';
import { lockData } from './data-lock.ts';
import { makeFolder } from './durable-file.ts';
import { revisedFindings } from './finding-revisions.ts';
import { insertFindings } from './finding-table.ts';
import { chained, insertReplacement, type Replacement, removedFiles, type SasFile } from './replacement.ts';
import { Snapshots } from './snapshots.ts';
import type { TokenFile } from './token-directory.ts';

/** What opening found and mended; all zero, null and empty after an orderly stop. */
export interface OpenReport extends Mended {
  /** A write-ahead log that could not be replayed and was moved here. */
  readonly walSetAside: string | null;
  /** Pid of the dead process whose lock was taken over. */
  readonly staleLock: number | null;
}

export interface CatalogOptions {
  readonly clock?: () => Date;
  /** How long replaced files are kept for readers of older snapshots. */
  readonly graceMs?: number;
  /**
   * Shortest time between two snapshots that commits of log rows publish; 0, the default: each does. Readers see what is
   * committed later than that at the next snapshot, at `publish` or at `close`.
   */
  readonly publishIntervalMs?: number;
}

/**
 * The truth about the lake: which files count, how far each source has been read, what was found.
 *
 * One thread of one process has it open; a file without a row here does not exist for readers. After every change a
 * manifest is published, which is all that readers ever look at.
 */
export class Catalog {
  readonly #dataDir: string;
  readonly #clock: () => Date;
  readonly #lock: ProcessLock;
  readonly #session: CatalogSession;
  readonly #snapshots: Snapshots;
  readonly openReport: OpenReport;

  private constructor(
    dataDir: string,
    clock: () => Date,
    parts: { readonly lock: ProcessLock; readonly session: CatalogSession; readonly snapshots: Snapshots },
    mended: Mended,
  ) {
    this.#dataDir = dataDir;
    this.#clock = clock;
    this.#lock = parts.lock;
    this.#session = parts.session;
    this.#snapshots = parts.snapshots;
    this.openReport = { ...mended, walSetAside: parts.session.walSetAside, staleLock: parts.lock.takenFrom };
  }

  /**
   * Opens the data folder, makes it if it is missing, and mends what an earlier process left half done.
   *
   * @throws AppError DATA_IN_USE if any thread of any process has it open, SINK_WRITE if it cannot be read or written.
   */
  static async open(
    dataDir: string,
    { clock = () => new Date(), graceMs = limits.readersGraceMs, publishIntervalMs = 0 }: CatalogOptions = {},
  ): Promise<Catalog> {
    const lock = await makeFolder(dataDir)
      .then(() => lockData(dataDir))
      .catch((cause: unknown) => {
        if (cause instanceof AppError) throw cause;
        throw new AppError(
          'SINK_WRITE',
          `Could not write to the data folder ${dataDir}: ${errorClause(cause)}. Name one that can be written to with --data.`,
          { cause },
        );
      });
    let session: CatalogSession | undefined;
    try {
      const opened = await CatalogSession.open(dataDir, { clock, graceMs });
      session = opened;
      const snapshots = new Snapshots(dataDir, { graceMs, intervalMs: publishIntervalMs });
      const mended = await opened.serially(() => mendLake(dataDir, opened, snapshots, clock));
      return new Catalog(dataDir, clock, { lock, session: opened, snapshots }, mended);
    } catch (error) {
      await session?.close(async () => {});
      await lock.release();
      throw error;
    }
  }

  get #state(): CatalogState {
    return this.#session.state;
  }

  /** How far each partition has been committed; of one source, or of all. */
  async positions(source?: string): Promise<SourcePosition[]> {
    return this.#state.positions.list(source);
  }

  /** How far one partition has been committed, as of now; undefined before its first commit. */
  position(partition: Partition): SourcePosition | undefined {
    return this.#state.positions.get(partition);
  }

  /** The bytes that were read and hashed, by partition and first byte. */
  stretchesRead(): Promise<ReadStretch[]> {
    return this.#session.serially(() => loadStretches(this.#session.connection));
  }

  /** A finding as last revised. */
  finding(id: string): Finding | undefined {
    return this.#state.findings.get(id);
  }

  /** All findings in the order they were first put, each as last revised. */
  async findings(): Promise<Finding[]> {
    return [...this.#state.findings.values()];
  }

  /** Event time of the rows that came after the last judgement, up to the newest row of the lake; null if none did. */
  unjudged(): TimeSpan | null {
    return this.#state.unjudgedSpan();
  }

  /** Segments and hour files as committed now. */
  segments(): SegmentFile[] {
    return [...this.#state.segments.values()];
  }

  /** SAS files of compacted segments. */
  sasFiles(): SasFile[] {
    return [...this.#state.sasFiles.values()];
  }

  /** Token directories, of which each covers some hour files. One that is gone is made anew of the rollups. */
  tokenFiles(): TokenFile[] {
    return [...this.#state.tokenFiles.values()].filter(({ path }) => !this.#snapshots.missing.has(path));
  }

  /** Grows with every change; a number of its own for the files of the next swap. */
  get version(): number {
    return Math.max(this.#state.version, this.#snapshots.version);
  }

  /**
   * Makes a batch visible: files, positions and counters in one transaction, then a manifest.
   *
   * Ranges that are already committed change nothing, and their files are removed unless they are the committed ones. A
   * gap before a range is recorded as a hole.
   *
   * @throws AppError SINK_WRITE, retryable, if the ranges overlap committed ones or the disk refuses; then the batch
   * never happened.
   */
  commit(commit: Commit): Promise<CommitResult> {
    return this.#session.serially(async () => {
      const holes = await this.#holesBefore(commit);
      if (holes === null) return { status: 'duplicate' };
      await requireFiles(this.#dataDir, pathsOf(commit));
      const version = this.version + 1;
      const details = { at: this.#clock(), holes, newSources: this.#state.positions.unknown(commit.ranges) };
      await this.#session.transaction(
        (connection) => insertCommit(connection, version, commit, details),
        (state) => state.apply(version, commit, holes),
      );
      await this.#snapshots.publishDue(this.#session.connection, this.#state, this.#clock());
      return { status: 'committed' };
    });
  }

  /** Gaps before a batch that is new; null for one that was committed before. The files of any other are removed. */
  async #holesBefore(commit: Commit): Promise<readonly PositionRange[] | null> {
    let holes: readonly PositionRange[] | null = null;
    try {
      const judgement = this.#state.positions.judge(commit.ranges);
      if (judgement.status === 'new') holes = judgement.holes;
      return holes;
    } finally {
      if (holes === null) await discardFiles(this.#dataDir, commit, this.#state.paths());
    }
  }

  /**
   * Swaps files of the lake for others in one transaction. The old ones are deleted when no reader can still be at them.
   *
   * @throws AppError SINK_WRITE, retryable, if a removed file does not count any more, an added one is not there, or the
   * disk refuses; then nothing has changed.
   */
  replace(replacement: Replacement): Promise<void> {
    return this.#session.serially(async () => {
      const gone = replacement.removed.find(({ path }) => !this.#state.segments.has(path));
      if (gone !== undefined) {
        throw new AppError('SINK_WRITE', `Could not replace ${gone.path}: it has been replaced before.`, {
          retryable: true,
        });
      }
      await requireFiles(this.#dataDir, addedPaths(replacement));
      const version = this.version + 1;
      const at = this.#clock();
      const added = chained(this.#state.chain, replacement.added);
      await this.#session.transaction(
        (connection) => insertReplacement(connection, { version, at }, { ...replacement, added }),
        (state) => state.replace(version, replacement, added),
      );
      await this.#tryPublish();
      this.#snapshots.graveyard.add(removedFiles(replacement, at.getTime()));
    });
  }

  /**
   * Keeps findings: new ids are added, known ids are revised where something differs.
   *
   * @returns how many ids were new.
   */
  putFindings(findings: readonly Finding[]): Promise<{ added: number }> {
    return this.#session.serially(async () => {
      const changed = revisedFindings(findings, this.#state.findings);
      if (changed.length === 0) return { added: 0 };
      const added = new Set(changed.map(({ id }) => id).filter((id) => !this.#state.findings.has(id))).size;
      const version = this.version + 1;
      await this.#session.transaction(
        (connection) => insertFindings(connection, version, changed),
        (state) => state.revise(version, changed),
      );
      this.#snapshots.noteFindings();
      await this.#tryPublish();
      return { added };
    });
  }

  /** Notes that the rules have judged all that has been committed so far. */
  markJudged(): Promise<void> {
    return this.#session.serially(() =>
      this.#session.transaction(
        async (connection) => {
          await connection.run('INSERT INTO judgement VALUES ($1)', [this.#state.version]);
        },
        (state) => {
          state.unjudged = null;
        },
      ),
    );
  }

  /** Shows readers everything committed so far. @throws the disk's error. */
  publish(): Promise<void> {
    return this.#session.serially(() => this.#publishRest());
  }

  /** Waits for what is under way, publishes what could not be published yet, and gives the folder free. */
  async close(): Promise<void> {
    try {
      await this.#session.close(() => this.#publishRest());
    } finally {
      await this.#lock.release();
    }
  }

  async #publishRest(): Promise<void> {
    if (this.#snapshots.version < this.#state.version) await this.#publish();
  }

  /** What has been committed is committed: a snapshot that fails is made up for by the next. */
  async #tryPublish(): Promise<void> {
    await this.#publish().catch(() => undefined);
  }

  #publish(): Promise<void> {
    return this.#snapshots.publish(this.#session.connection, this.#state, this.#clock());
  }
}

function addedPaths({ added, sasAdded, tokenAdded }: Replacement): string[] {
  const hourFiles = added.flatMap(({ path, rollupPath }) => [path, rollupPath]);
  return [...hourFiles, ...[...sasAdded, ...tokenAdded].map(({ path }) => path)];
}
