import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DuckDBInstance } from '../src/core/duckdb.ts';
import { limits } from '../src/core/limits.ts';
import { Catalog } from '../src/store/catalog.ts';
import { logRelation } from '../src/store/log-relation.ts';
import { readManifest } from '../src/store/manifest.ts';
import { literal } from '../src/store/segment-writer.ts';
import { compactHere } from './compact-here.ts';

/**
 * What the compact bench measures as a program of its own: `compact-program.js WAY DATA`. WAY is `saswatch`, or `copy`: DuckDB
 * writes the same rows as one file of the same order and options, and nothing else.
 */
const [way, dataDir = ''] = process.argv.slice(2);

async function compact(): Promise<number> {
  const catalog = await Catalog.open(dataDir);
  const { rows } = await compactHere(catalog, dataDir);
  await catalog.close();
  return rows;
}

async function copy(): Promise<number> {
  const manifest = await readManifest(dataDir);
  const folder = join(dataDir, 'copy');
  await mkdir(folder);
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '1',
    memory_limit: limits.compactionMemory,
    temp_directory: join(dataDir, 'spill'),
  });
  const connection = await instance.connect();
  const result = await connection.run(
    `COPY (FROM ${logRelation(resolve(dataDir), manifest?.segments ?? [])} ORDER BY account, token, time)
      TO ${literal(join(folder, 'all.parquet'))} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 30720)`,
  );
  const { rowsChanged } = result;
  instance.closeSync();
  return rowsChanged;
}

const before = { cpu: process.cpuUsage(), ms: performance.now() };
const rows = way === 'copy' ? await copy() : await compact();
const { user, system } = process.cpuUsage(before.cpu);
const summary = {
  rows,
  cpu_s: (user + system) / 1e6,
  wall_s: (performance.now() - before.ms) / 1e3,
  peak_rss_bytes: process.resourceUsage().maxRSS * 1024,
};
process.stdout.write(`${JSON.stringify(summary)}\n`);
