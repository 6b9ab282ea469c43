import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Batch } from '../core/batch.ts';
import { DuckDBInstance } from '../core/duckdb.ts';
import { AppError, errorClause, errorText } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import type { PositionRange } from '../core/position.ts';
import type { CommitFiles, QuarantineRecord, SegmentFile, StagedSegment } from './commit.ts';
import { type DurableFile, makeFolder, syncFolder, writeWhole } from './durable-file.ts';
import { EncoderWriter } from './encoder-writer.ts';
import { FillerWriter } from './filler-writer.ts';
import { commitName, hourFolder } from './lake-path.ts';
import { PlainWriter } from './plain-writer.ts';
import { presentColumns } from './present-columns.ts';
import { quarantineLines } from './quarantine-file.ts';
import { rollUp } from './rollup.ts';
import type { SegmentWriter, WriterName } from './segment-writer.ts';
import { spillFolder, stagingFolder } from './spill-folder.ts';
import type { Table } from './table.ts';
import { timeSpan } from './time-span.ts';

const segmentOrder = ['token', 'time'];

/**
 * A lane's own way into the lake: writes batches as Parquet and gives the files their final names when the lane is about
 * to commit. It never opens the catalog; a writer that needs DuckDB has a private one in memory.
 */
export class LaneStore {
  readonly #dataDir: string;
  readonly #writer: SegmentWriter;
  readonly #closeDatabase: () => void;

  private constructor(dataDir: string, writer: SegmentWriter, closeDatabase: () => void) {
    this.#dataDir = dataDir;
    this.#writer = writer;
    this.#closeDatabase = closeDatabase;
  }

  static async open(dataDir: string, writer: WriterName = 'encoder'): Promise<LaneStore> {
    await writing(join(dataDir, stagingFolder), () => makeFolder(join(dataDir, stagingFolder)));
    if (writer === 'encoder') return new LaneStore(dataDir, new EncoderWriter(), () => undefined);
    const instance = await DuckDBInstance.create(':memory:', {
      threads: '1',
      memory_limit: limits.laneMemory,
      temp_directory: spillFolder(dataDir),
    });
    const connection = await instance.connect();
    return new LaneStore(
      dataDir,
      writer === 'filler' ? new FillerWriter(connection) : new PlainWriter(connection),
      () => {
        connection.closeSync();
        instance.closeSync();
      },
    );
  }

  /**
   * Writes a batch as segment, rollup and, if there are any, new SAS sets, under temporary names and fsynced. The
   * buffers of all three may be reused once it resolves.
   *
   * @param rollup of the batch, where something faster than `rollUp` has made it.
   * @throws AppError SINK_WRITE with the path, if the disk refuses; what was written is removed.
   */
  async stage(batch: Batch, sas: Table, rollup: Table = rollUp(batch)): Promise<StagedSegment> {
    const stem = join(this.#dataDir, stagingFolder, randomUUID());
    const path = `${stem}.parquet.tmp`;
    const rollupPath = `${stem}.rollup.parquet.tmp`;
    const sasPath = sas.rows === 0 ? null : `${stem}.sas.parquet.tmp`;
    try {
      const log = await this.#write(presentColumns(batch, segmentOrder), path, segmentOrder);
      const rolledUp = await this.#write(rollup, rollupPath, ['token', 'bucket']);
      const sets = sasPath === null ? null : await this.#write(sas, sasPath, []);
      const digests = { log: log.sha256, rollup: rolledUp.sha256, sas: sets?.sha256 ?? null };
      return { path, rollupPath, sasPath, rows: batch.rows, bytes: log.bytes, ...timeSpan(batch), digests };
    } catch (error) {
      for (const file of [path, rollupPath, sasPath]) if (file !== null) await rm(file, { force: true });
      throw error;
    }
  }

  /**
   * Gives staged files the names that follow from the ranges they hold, and makes the names durable. The same ranges
   * always get the same names, so what is delivered again replaces itself.
   *
   * @returns what to put into the commit, paths relative to the data folder.
   * @throws AppError SINK_WRITE with the path, if the disk refuses.
   */
  async finish(
    staged: readonly StagedSegment[],
    ranges: readonly PositionRange[],
    quarantine: readonly QuarantineRecord[],
  ): Promise<CommitFiles> {
    const name = commitName(
      ranges,
      staged.map(({ rows }) => rows),
    );
    const folders = new Set<string>();
    const segments: SegmentFile[] = [];
    for (const [index, { path, rollupPath, sasPath, ...counts }] of staged.entries()) {
      const place = `${hourFolder(counts.minTime)}/${name}${staged.length > 1 ? `-${index + 1}` : ''}.parquet`;
      const move = (from: string, kind: string) => this.#move(from, `lake/${kind}/${place}`, folders);
      segments.push({
        ...counts,
        path: await move(path, 'l0'),
        rollupPath: await move(rollupPath, 'rollup'),
        sasPath: sasPath === null ? null : await move(sasPath, 'sas'),
      });
    }
    for (const folder of folders) await writing(folder, () => syncFolder(folder));
    const quarantinePath = quarantine.length === 0 ? null : `quarantine/${name}.ndjson`;
    if (quarantinePath !== null) {
      const path = join(this.#dataDir, quarantinePath);
      await writing(path, async () => {
        await makeFolder(dirname(path));
        await writeWhole(path, quarantineLines(quarantine));
      });
    }
    return { segments, quarantinePath, quarantined: quarantine.length };
  }

  async close(): Promise<void> {
    this.#closeDatabase();
  }

  #write(table: Table, path: string, order: readonly string[]): Promise<DurableFile> {
    return writing(path, () => this.#writer.write(table, path, order));
  }

  async #move(from: string, to: string, folders: Set<string>): Promise<string> {
    const path = join(this.#dataDir, to);
    await writing(path, async () => {
      await makeFolder(dirname(path));
      await rename(from, path);
    });
    folders.add(dirname(path));
    return to;
  }
}

async function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new AppError(
      'SINK_WRITE',
      `Could not write ${path}: ${errorClause(cause)}. ${wayOut(cause)}; ` +
        'nothing of it was acknowledged, the next run reads the same rows again.',
      { cause, path },
    );
  }
}

function wayOut(cause: unknown): string {
  return /out of memory/i.test(errorText(cause))
    ? 'Lower ingest.batch_rows_max, so that a lane needs less memory for one segment'
    : 'Free space on that disk or choose another folder with --data';
}
