import type { SasSet } from '../../src/core/sas.ts';
import { Catalog, type CatalogOptions } from '../../src/store/catalog.ts';
import { type CompactorOptions, compactLake } from '../../src/store/compactor.ts';
import { LaneStore } from '../../src/store/lane-store.ts';
import { openReader } from '../../src/store/reader.ts';
import { sasTable } from '../../src/store/sas-table.ts';
import { runStepHere } from '../../src/store/step-runner.ts';
import { batchOf, type Row } from './batch-of.ts';

/** Commits each batch as a segment of its own. */
export async function addBatches(
  catalog: Catalog,
  dataDir: string,
  batches: readonly (readonly Row[])[],
  sets: readonly SasSet[] = [],
): Promise<void> {
  const lane = await LaneStore.open(dataDir);
  try {
    let sasSets = sets;
    for (const rows of batches) {
      const from = catalog.position({ source: 'file', partition: 'log' })?.offset ?? 0n;
      const ranges = [{ source: 'file', partition: 'log', from, to: from + BigInt(rows.length) }];
      const files = await lane.finish([await lane.stage(batchOf(rows), sasTable(sasSets))], ranges, []);
      await catalog.commit({ ...files, ranges });
      sasSets = [];
    }
  } finally {
    await lane.close();
  }
}

export async function withCatalog<T>(
  dataDir: string,
  work: (catalog: Catalog) => Promise<T>,
  options: CatalogOptions = {},
): Promise<T> {
  const catalog = await Catalog.open(dataDir, options);
  try {
    return await work(catalog);
  } finally {
    await catalog.close();
  }
}

export const compactorOptions: CompactorOptions = {
  policy: 'full',
  until: null,
  rowsMax: 2_000_000,
  segmentsMax: 1_000,
  hourRowsMax: 16_000_000,
  onlyGain: false,
  splitSparse: true,
  retainedFrom: null,
  cpuShareMax: 1,
  signal: new AbortController().signal,
  // A process a step costs a second to start; compactor-crash.test.ts has them.
  runner: { run: runStepHere, stop: () => {} },
};

export function compact(dataDir: string, options: Partial<CompactorOptions> = {}) {
  return withCatalog(dataDir, (catalog) => compactLake(catalog, dataDir, { ...compactorOptions, ...options }));
}

/** Rows of a query over a lake's views, as JSON values. */
export async function query(dataDir: string, sql: string): Promise<Record<string, unknown>[]> {
  const { connection, close } = await openReader(dataDir);
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJson();
  } finally {
    close();
  }
}
