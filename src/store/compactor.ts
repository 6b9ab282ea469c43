import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, errorText } from '../core/errors.ts';
import type { Catalog } from './catalog.ts';
import { type CompactionOptions, type CompactionStep, planStep } from './compaction-plan.ts';
import { type StepResult, stagedPath } from './compaction-step.ts';
import { makeFolder, syncFolder } from './durable-file.ts';
import { noReplacement } from './replacement.ts';
import { type HoursByPath, SegmentHours } from './segment-hours.ts';
import { closedSegments } from './sparse-segments.ts';
import { stagingFolder } from './spill-folder.ts';
import { StepProcess, type StepRunner } from './step-runner.ts';
import { type DirectoryStep, planDirectory } from './token-directory.ts';

/** What compaction has done so far. */
export interface CompactionTotals {
  readonly steps: number;
  readonly files_before: number;
  readonly files_after: number;
  readonly rows: number;
  /** Rows that were there twice. */
  readonly duplicates: number;
  /** Of the log files, without rollups. */
  readonly bytes_before: number;
  readonly bytes_after: number;
  /** Of the compaction process. */
  readonly cpu_s: number;
  /** Segments left as they are, too sparse to be split. */
  readonly sparse_files: number;
}

export const noCompaction: CompactionTotals = {
  steps: 0,
  files_before: 0,
  files_after: 0,
  rows: 0,
  duplicates: 0,
  bytes_before: 0,
  bytes_after: 0,
  cpu_s: 0,
  sparse_files: 0,
};

export interface CompactorOptions extends CompactionOptions {
  /** Share of one core: after each step it rests in proportion. */
  readonly cpuShareMax: number;
  readonly onStep?: (totals: CompactionTotals) => void;
  /** Ends the step under way, whose work is lost, and all after it. */
  readonly signal: AbortSignal;
  /** Of this lake, for who compacts it again and again. */
  readonly hours?: SegmentHours;
  /** Who does the steps; a process of its own, unless told otherwise. */
  readonly runner?: StepRunner;
}

/**
 * Compacts a lake step by step until nothing is left to do, in a process of its own, so that no commit waits for it.
 *
 * Each step is one transaction: killed at any moment, the lake holds the old files or the new ones, and the next call
 * goes on from there.
 *
 * @throws AppError SINK_WRITE or WORKER_CRASHED, retryable, of the step that failed; the steps before it stay.
 */
export async function compactLake(
  catalog: Catalog,
  dataDir: string,
  options: CompactorOptions,
): Promise<CompactionTotals> {
  let totals = noCompaction;
  const { runner = new StepProcess(), hours = new SegmentHours(resolve(dataDir)) } = options;
  const stop = () => runner.stop();
  options.signal.addEventListener('abort', stop, { once: true });
  try {
    for (;;) {
      const seeming = closedSegments(catalog.segments(), new Map(), options).sparse;
      const known = await hours.of(seeming).catch((cause: unknown) => {
        throw compactionFault(errorText(cause));
      });
      const step = options.signal.aborted ? null : nextStep(catalog, known, options);
      if (step === null) {
        return { ...totals, sparse_files: closedSegments(catalog.segments(), known, options).sparse.length };
      }
      const started = performance.now();
      const cpuS = await runOne(catalog, resolve(dataDir), step, options, runner, (done) => {
        if (!isDirectory(step)) totals = add(totals, step, done);
      }).catch((error: unknown) => {
        if (options.signal.aborted) return 0;
        throw error;
      });
      totals = { ...totals, cpu_s: totals.cpu_s + cpuS };
      if (!isDirectory(step)) options.onStep?.(totals);
      const restMs = (performance.now() - started) * (1 / options.cpuShareMax - 1);
      await sleep(restMs, undefined, { signal: options.signal }).catch(() => {});
    }
  } finally {
    options.signal.removeEventListener('abort', stop);
    runner.stop();
  }
}

/** Hour files come first; directories are made of what is left when these are done. */
function nextStep(
  catalog: Catalog,
  hours: HoursByPath,
  options: CompactionOptions,
): CompactionStep | DirectoryStep | null {
  const [segments, sasFiles] = [catalog.segments(), catalog.sasFiles()];
  return planStep({ segments, sasFiles, hours }, options) ?? planDirectory(segments, catalog.tokenFiles());
}

function compactionFault(problem: string): AppError {
  return new AppError('SINK_WRITE', `Could not compact: ${problem}. The lake is as it was.`, { retryable: true });
}

function isDirectory(step: CompactionStep | DirectoryStep): step is DirectoryStep {
  return 'directories' in step;
}

async function runOne(
  catalog: Catalog,
  dataDir: string,
  step: CompactionStep | DirectoryStep,
  options: CompactorOptions,
  runner: StepRunner,
  onDone: (result: StepResult) => void,
): Promise<number> {
  const folder = join(dataDir, stagingFolder, `compaction-${randomUUID()}`);
  await makeFolder(folder);
  try {
    // The order to stop has ended a runner that had nothing to do yet.
    options.signal.throwIfAborted();
    const { policy, hourRowsMax } = options;
    const request = { dataDir, folder, number: catalog.version };
    const reply = await runner.run(
      isDirectory(step)
        ? { ...request, directory: step, counting: new Set(catalog.segments().map(({ path }) => path)) }
        : { ...request, step, options: { policy, hourRowsMax } },
    );
    if (!reply.ok) {
      throw compactionFault(reply.message);
    }
    const { result, cpuS } = reply;
    await moveInto(dataDir, folder, result);
    const { added, sasAdded, merged, duplicates, tokenFile } = result;
    await catalog.replace(
      isDirectory(step)
        ? {
            ...noReplacement,
            reason: 'indexed',
            tokenRemoved: step.directories,
            tokenAdded: tokenFile === null ? [] : [tokenFile],
          }
        : {
            ...noReplacement,
            reason: 'compacted',
            removed: [...step.segments, ...merged],
            added,
            sasRemoved: sasAdded.length === 0 ? [] : step.sasFiles,
            sasAdded,
            duplicates,
          },
    );
    onDone(result);
    return cpuS;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Gives the files of a step their final names, durably. */
async function moveInto(dataDir: string, folder: string, { added, sasAdded, tokenFile }: StepResult): Promise<void> {
  const folders = new Set<string>();
  const others = tokenFile === null ? sasAdded : [...sasAdded, tokenFile];
  const paths = [...added.flatMap(({ path, rollupPath }) => [path, rollupPath]), ...others.map(({ path }) => path)];
  for (const path of paths) {
    const target = join(dataDir, path);
    if (!folders.has(dirname(target))) await makeFolder(dirname(target));
    folders.add(dirname(target));
    await rename(stagedPath(folder, path), target);
  }
  for (const each of folders) await syncFolder(each);
}

function add(
  totals: CompactionTotals,
  step: CompactionStep,
  { added, merged, duplicates }: StepResult,
): CompactionTotals {
  const removed = [...step.segments, ...merged];
  const sum = (files: readonly { readonly rows: number; readonly bytes: number }[], key: 'rows' | 'bytes') =>
    files.reduce((total, file) => total + file[key], 0);
  return {
    ...totals,
    steps: totals.steps + 1,
    files_before: totals.files_before + removed.length,
    files_after: totals.files_after + added.length,
    rows: totals.rows + sum(added, 'rows'),
    duplicates: totals.duplicates + duplicates,
    bytes_before: totals.bytes_before + sum(removed, 'bytes'),
    bytes_after: totals.bytes_after + sum(added, 'bytes'),
  };
}
