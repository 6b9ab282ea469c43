import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { columns } from '../src/core/columns.ts';
import { DuckDBInstance } from '../src/core/duckdb.ts';
import { readManifest } from '../src/store/manifest.ts';
import { literal } from '../src/store/segment-writer.ts';
import type { BenchOptions, BenchResult } from './bench.ts';
import { runChild } from './child-run.ts';
import { bytesBelow, type Contender, compete, perMillion, ratio, standingsTable } from './contender.ts';
import { fewHours, withDataset } from './dataset.ts';

const program = new URL('./compact-program.js', import.meta.url);
const laneProgram = new URL('./lane-program.js', import.meta.url);

/** One hash of all rows of some files, whatever the order of rows and columns. */
async function rowsDigest(files: string): Promise<string> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const names = columns.map(({ name }) => `"${name}"`).join(', ');
  const reader = await connection.runAndReadAll(
    `SELECT count(*)::VARCHAR, bit_xor(hash(r))::VARCHAR
      FROM (SELECT ${names} FROM read_parquet(${literal(files)}, hive_partitioning = false)) r`,
  );
  instance.closeSync();
  return String(reader.getRows()[0]);
}

function contender(name: string, way: string, lake: string, output: string): Contender {
  return {
    name,
    run: async (folder) => {
      const data = join(folder, 'data');
      await cp(lake, data, { recursive: true });
      const run = await runChild(program, [way, data], folder);
      const manifest = await readManifest(data);
      const compacted = (manifest?.segments ?? []).reduce((sum, { bytes }) => sum + bytes, 0);
      return { ...run, storedBytes: way === 'copy' ? await bytesBelow(join(data, 'copy')) : compacted };
    },
    digest: (folder) => rowsDigest(join(folder, 'data', output)),
  };
}

/** Segments to sorted hour files, duplicates looked for, rollups united, digests and commits, beside a plain sorted COPY. */
export function compactBench(options: BenchOptions): Promise<BenchResult> {
  return withDataset(
    options,
    async ({ root, logs, description }) => {
      const { rounds, note } = options;
      const lake = join(root, 'lake');
      await runChild(laneProgram, [logs, lake, '1'], root);
      const before = await readManifest(lake);
      const contenders = [
        contender('saswatch compact', 'saswatch', lake, 'lake/dt=*/*/*.parquet'),
        contender('DuckDB COPY, sorted', 'copy', lake, 'copy/*.parquet'),
      ];
      const standings = await compete(contenders, { rounds, root, note });
      const [ours, peer] = standings;
      const parts: BenchResult['parts'] = [
        `${description} Ingested by one lane: ${before?.segments.length} segments, ` +
          `${((before?.counters.bytes ?? 0) / (before?.counters.rows ?? 1)).toFixed(1)} B/row.`,
        standingsTable(standings),
        ours === undefined || peer === undefined
          ? ''
          : `saswatch / COPY: ${ratio(ours, peer, ({ cpuS, rows }) => perMillion(cpuS, rows))} × the CPU. COPY writes one file of the ` +
            'same order, compression and row groups; compaction also looks for duplicates, splits by hour, unites rollups, syncs, ' +
            'hashes and commits. Bytes are of log files; both hold the same rows (one hash over all). One thread and 600 MB for ' +
            'DuckDB each.',
      ];
      return { title: 'compact: segments to hour files', parts };
    },
    fewHours,
  );
}
