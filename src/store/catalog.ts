import { access, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, errorText } from '../core/errors.ts';
import type { Finding } from '../core/finding.ts';
import { limits } from '../core/limits.ts';
import type { Partition, PositionRange, ReadStretch, SourcePosition } from '../core/position.ts';
import type { ProcessLock } from '../core/process-lock.ts';
import { type CatalogDatabase, openCatalogDatabase, openFault } from './catalog-database.ts';
import { CatalogState, insertCommit, loadState, loadStretches, type TimeSpan } from './catalog-state.ts';
import { type Commit, type CommitResult, filesOf, isHourFile, type SegmentFile } from './commit.ts';
import { lockData } from './data-lock.ts';
import { makeFolder, syncFile } from './durable-file.ts';
import { evidenceJson, exportFindings, insertFindings } from './finding-table.ts';
import { Graveyard } from './graveyard.ts';
import { type Swept, sweepLake } from './lake-sweep.ts';
import { type Manifest, pruneManifests, publishManifest, readManifest, versionedPath } from './manifest.ts';
import type { Judgement } from './positions.ts';
import { chained, insertReplacement, type Replacement, removedFiles, type SasFile } from './replacement.ts';
import type { TokenFile } from './token-directory.ts';

const manifestsKept = 5;
const manifestGraceMs = 60_000;

/** What opening found and mended; all zero, null and empty after an orderly stop. */
export interface OpenReport extends Swept {
  /** A write-ahead log that could not be replayed and was moved here. */
  readonly walSetAside: string | null;
  /** Segments that the newest manifest had and the catalog had lost. */
  readonly restoredSegments: number;
  /** Committed files that are gone from the lake; their rows cannot be read any more. */
  readonly missingFiles: readonly string[];
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
  readonly #publishIntervalMs: number;
  readonly #lock: ProcessLock;
  #database: CatalogDatabase | null;
  #state: CatalogState;
  #missing = new Set<string>();
  readonly #graveyard: Graveyard;
  #findingsPath: string | null = null;
  #findingsChanged = false;
  #published = 0;
  /** When a commit of rows published last, by the monotonic clock: the first one does. */
  #publishedMs = Number.NEGATIVE_INFINITY;
  #queue: Promise<unknown> = Promise.resolve();
  #report: OpenReport;

  private constructor(
    dataDir: string,
    { clock, graceMs, publishIntervalMs }: Required<CatalogOptions>,
    lock: ProcessLock,
    database: CatalogDatabase,
  ) {
    this.#dataDir = dataDir;
    this.#clock = clock;
    this.#publishIntervalMs = publishIntervalMs;
    this.#graveyard = new Graveyard(dataDir, graceMs);
    this.#lock = lock;
    this.#database = database;
    this.#state = new CatalogState();
    this.#report = {
      orphanFiles: 0,
      temporaryFiles: 0,
      walSetAside: database.walSetAside,
      restoredSegments: 0,
      missingFiles: [],
      staleLock: lock.takenFrom,
    };
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
    await makeFolder(dataDir);
    const lock = await lockData(dataDir);
    let database: CatalogDatabase | undefined;
    try {
      database = await openCatalogDatabase(dataDir, clock);
      const catalog = new Catalog(dataDir, { clock, graceMs, publishIntervalMs }, lock, database);
      await catalog.#start(database);
      return catalog;
    } catch (error) {
      database?.close();
      await lock.release();
      throw error;
    }
  }

  get openReport(): OpenReport {
    return this.#report;
  }

  async #start(database: CatalogDatabase): Promise<void> {
    this.#state = await this.#load(database);
    const manifest = await readManifest(this.#dataDir);
    const restoredSegments = manifest === null ? 0 : await this.#restore(database, manifest);
    const committed = new Set(this.#state.paths());
    for (const path of committed) {
      await access(join(this.#dataDir, path)).catch(() => this.#missing.add(path));
    }
    this.#findingsChanged = this.#state.findings.size > 0;
    await this.#publish(database);
    const removed = this.#state.removed.splice(0);
    this.#graveyard.add(removed);
    await this.#graveyard.clear(this.#clock());
    const swept = await sweepLake(this.#dataDir, new Set([...committed, ...this.#graveyard.paths()]));
    this.#report = { ...this.#report, ...swept, restoredSegments, missingFiles: [...this.#missing] };
  }

  /** Every row is read here: a block that is damaged shows now, not when it is needed. */
  async #load({ connection }: CatalogDatabase): Promise<CatalogState> {
    try {
      return await loadState(connection, new Date(this.#clock().getTime() - this.#graveyard.graceMs));
    } catch (error) {
      throw openFault(join(this.#dataDir, 'catalog.duckdb'), error);
    }
  }

  /** Takes from the manifest what the catalog has lost: the manifest is as durable as the catalog and written later. */
  async #restore(database: CatalogDatabase, manifest: Manifest): Promise<number> {
    this.#published = manifest.version;
    if (manifest.version <= this.#state.version) return 0;
    const lost = manifest.segments.filter(({ path }) => !this.#state.segments.has(path));
    const published = new Set(manifest.segments.map(({ path }) => path));
    const sasPublished = new Set(manifest.sasFiles.map(({ path }) => path));
    const tokenPublished = new Set(manifest.tokenFiles.map(({ path }) => path));
    const removed = [...this.#state.segments.values()].filter(({ path }) => !published.has(path));
    const ranges: PositionRange[] = manifest.sources.map(({ source, partition, offset, token }) => ({
      source,
      partition,
      from: offset,
      to: offset,
      ...(token === undefined ? {} : { token }),
    }));
    const known = this.#state.holes.length;
    const commit: Commit = {
      ranges,
      segments: lost.filter((file) => !isHourFile(file)),
      quarantinePath: null,
      quarantined: 0,
    };
    const replacement = {
      reason: 'compacted' as const,
      removed,
      added: lost.filter(isHourFile),
      sasRemoved: [...this.#state.sasFiles.values()].filter(({ path }) => !sasPublished.has(path)),
      sasAdded: manifest.sasFiles.filter(({ path }) => !this.#state.sasFiles.has(path)),
      tokenRemoved: [...this.#state.tokenFiles.values()].filter(({ path }) => !tokenPublished.has(path)),
      tokenAdded: manifest.tokenFiles.filter(({ path }) => !this.#state.tokenFiles.has(path)),
      duplicates: Math.max(0, manifest.counters.duplicates - this.#state.counters.duplicates),
    };
    await this.#transaction(database, async () => {
      await insertCommit(database.connection, manifest.version, commit, {
        at: this.#clock(),
        holes: manifest.holes.slice(known),
        newSources: ranges.filter((range) => !this.#state.positions.has(range)),
      });
      const { added, tokenRemoved, tokenAdded } = replacement;
      if (removed.length + added.length + tokenRemoved.length + tokenAdded.length > 0) {
        await insertReplacement(database.connection, { version: manifest.version, at: this.#clock() }, replacement);
      }
      if (manifest.findingsPath !== null) {
        await database.connection.run(
          'INSERT INTO finding BY NAME SELECT $version AS version, f.* FROM read_parquet($path) f',
          { version: manifest.version, path: join(this.#dataDir, manifest.findingsPath) },
        );
      }
    });
    this.#state = await this.#load(database);
    return lost.length;
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
    return this.#serially(({ connection }) => loadStretches(connection));
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
    const { unjudged, segments } = this.#state;
    if (unjudged === null) return null;
    let { last } = unjudged;
    for (const { maxTime } of segments.values()) if (maxTime > last) last = maxTime;
    return { first: unjudged.first, last };
  }

  /** Notes that the rules have judged all that has been committed so far. */
  markJudged(): Promise<void> {
    return this.#serially(async (database) => {
      await this.#transaction(database, async () => {
        await database.connection.run('INSERT INTO judgement VALUES ($1)', [this.#state.version]);
      });
      this.#state.unjudged = null;
    });
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
    return this.#serially((database) => this.#commit(database, commit));
  }

  async #commit(database: CatalogDatabase, commit: Commit): Promise<CommitResult> {
    const { status, holes } = await this.#judge(commit);
    if (status === 'duplicate') return { status };
    await this.#requireFiles(pathsOf(commit));
    const version = this.#nextVersion();
    const newSources = this.#state.positions.unknown(commit.ranges);
    const at = this.#clock();
    const survived = await this.#transaction(database, () =>
      insertCommit(database.connection, version, commit, { at, holes, newSources }),
    );
    if (survived) this.#state.apply(version, commit, holes);
    if (performance.now() - this.#publishedMs >= this.#publishIntervalMs) {
      await this.#publish(this.#database ?? database).catch(() => undefined);
      this.#publishedMs = performance.now();
    }
    return { status: 'committed' };
  }

  /** Shows readers everything committed so far. @throws the disk's error. */
  publish(): Promise<void> {
    return this.#serially(async (database) => {
      if (this.#published < this.#state.version) await this.#publish(database);
    });
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
    return [...this.#state.tokenFiles.values()].filter(({ path }) => !this.#missing.has(path));
  }

  /** Grows with every change; a number of its own for the files of the next swap. */
  get version(): number {
    return Math.max(this.#state.version, this.#published);
  }

  /**
   * Swaps files of the lake for others in one transaction. The old ones are deleted when no reader can still be at them.
   *
   * @throws AppError SINK_WRITE, retryable, if a removed file does not count any more, an added one is not there, or the
   * disk refuses; then nothing has changed.
   */
  replace(replacement: Replacement): Promise<void> {
    return this.#serially(async (database) => {
      const gone = replacement.removed.find(({ path }) => !this.#state.segments.has(path));
      if (gone !== undefined) {
        throw new AppError('SINK_WRITE', `Could not replace ${gone.path}: it has been replaced before.`, {
          retryable: true,
        });
      }
      await this.#requireFiles([
        ...replacement.added.flatMap(({ path, rollupPath }) => [path, rollupPath]),
        ...[...replacement.sasAdded, ...replacement.tokenAdded].map(({ path }) => path),
      ]);
      const version = this.#nextVersion();
      const at = this.#clock();
      const added = chained(this.#state.chain, replacement.added);
      const survived = await this.#transaction(database, () =>
        insertReplacement(database.connection, { version, at }, { ...replacement, added }),
      );
      if (survived) this.#state.replace(version, replacement, added);
      await this.#publish(this.#database ?? database).catch(() => undefined);
      this.#graveyard.add(removedFiles(replacement, at.getTime()));
    });
  }

  async #judge(commit: Commit): Promise<Judgement> {
    let judgement: Judgement | undefined;
    try {
      judgement = this.#state.positions.judge(commit.ranges);
      return judgement;
    } finally {
      if (judgement?.status !== 'new') await this.#discard(commit);
    }
  }

  /**
   * Keeps findings: new ids are added, known ids are revised where something differs.
   *
   * @returns how many ids were new.
   */
  putFindings(findings: readonly Finding[]): Promise<{ added: number }> {
    return this.#serially(async (database) => {
      const changed = findings.filter((finding) => {
        const known = this.#state.findings.get(finding.id);
        return known === undefined || canonical(known) !== canonical(finding);
      });
      if (changed.length === 0) return { added: 0 };
      const known = new Set(this.#state.findings.keys());
      const version = this.#nextVersion();
      const survived = await this.#transaction(database, () => insertFindings(database.connection, version, changed));
      if (survived) {
        this.#state.version = version;
        for (const finding of changed) this.#state.findings.set(finding.id, finding);
      }
      this.#findingsChanged = true;
      await this.#publish(this.#database ?? database).catch(() => undefined);
      return { added: new Set(changed.filter(({ id }) => !known.has(id)).map(({ id }) => id)).size };
    });
  }

  /** Waits for what is under way, publishes what could not be published yet, and gives the folder free. */
  async close(): Promise<void> {
    await this.#queue.catch(() => undefined);
    try {
      if (this.#database !== null && this.#published < this.#state.version) await this.#publish(this.#database);
    } finally {
      this.#database?.close();
      this.#database = null;
      await this.#lock.release();
    }
  }

  #nextVersion(): number {
    return Math.max(this.#state.version, this.#published) + 1;
  }

  #serially<T>(work: (database: CatalogDatabase) => Promise<T>): Promise<T> {
    const result = this.#queue.then(async () => work(this.#database ?? (await this.#reopen())));
    this.#queue = result.catch(() => undefined);
    return result;
  }

  /** After a fatal fault DuckDB refuses everything; the file itself is sound and says what was committed. */
  async #reopen(): Promise<CatalogDatabase> {
    const database = await openCatalogDatabase(this.#dataDir, this.#clock);
    this.#state = await this.#load(database);
    this.#database = database;
    return database;
  }

  /**
   * Runs `work` in a transaction.
   *
   * @returns false if it was committed although DuckDB reported a fault (a checkpoint that failed after the commit); the
   * state has then been loaded anew.
   */
  async #transaction(database: CatalogDatabase, work: () => Promise<void>): Promise<boolean> {
    const { connection } = database;
    const before = this.#state.version;
    try {
      await connection.run('BEGIN');
      await work();
      await connection.run('COMMIT');
      return true;
    } catch (error) {
      database.close();
      this.#database = null;
      const fault = new AppError(
        'SINK_WRITE',
        `Could not commit to ${join(this.#dataDir, 'catalog.duckdb')}: ${errorText(error)}. Nothing was acknowledged; ` +
          'free space on that disk if it is full, the same rows are committed again by themselves.',
        { cause: error, retryable: true },
      );
      await this.#reopen().catch(() => {
        throw fault;
      });
      if (this.#state.version > before) return false;
      throw fault;
    }
  }

  async #publish(database: CatalogDatabase): Promise<void> {
    const { version } = this.#state;
    if (this.#findingsChanged) {
      const path = versionedPath(version, 'findings-', 'parquet');
      const temporary = join(this.#dataDir, `${path}.tmp`);
      await makeFolder(join(this.#dataDir, 'manifest'));
      await exportFindings(database.connection, temporary);
      await syncFile(temporary);
      await rename(temporary, join(this.#dataDir, path));
      this.#findingsPath = path;
      this.#findingsChanged = false;
    }
    const manifest = this.#state.manifest(this.#clock(), this.#findingsPath);
    await publishManifest(this.#dataDir, {
      ...manifest,
      segments: manifest.segments.filter((file) => !filesOf(file).some((path) => this.#missing.has(path))),
      tokenFiles: this.tokenFiles(),
    });
    this.#published = version;
    const now = this.#clock();
    await this.#graveyard.clear(now);
    const keepSince = new Date(now.getTime() - manifestGraceMs);
    await pruneManifests(this.#dataDir, { keep: manifestsKept, keepSince, findingsPath: this.#findingsPath });
  }

  /** A row that names a missing file would break every reader. */
  async #requireFiles(paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      await access(join(this.#dataDir, path)).catch((cause: unknown) => {
        throw new AppError(
          'SINK_WRITE',
          `Could not commit ${path}: the file is not in ${this.#dataDir}. Read its rows from the source again.`,
          { cause, retryable: true },
        );
      });
    }
  }

  /** Removes the files of a batch that was not committed, except those that an earlier commit of the same rows named. */
  async #discard(commit: Commit): Promise<void> {
    const committed = new Set(this.#state.paths());
    for (const path of pathsOf(commit)) {
      if (!committed.has(path)) await rm(join(this.#dataDir, path), { force: true });
    }
  }
}

function pathsOf({ segments, quarantinePath }: Commit): string[] {
  return [...segments.flatMap(filesOf), ...(quarantinePath === null ? [] : [quarantinePath])];
}

function canonical(finding: Finding): string {
  return JSON.stringify({ ...finding, evidence: evidenceJson(finding.evidence) }, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
}
