import { resourceUsage } from 'node:process';
import { DuckDBInstance } from '../src/core/duckdb.ts';
import { parquetOptions } from '../src/store/segment-writer.ts';
import { readJsonQuery } from './read-json-query.ts';

/** The peer of the ingest bench as a program of its own: `read-json-peer.js GLOB FILE.parquet`, two threads, the lake's own Parquet options. */
const [logs, file] = process.argv.slice(2);
if (logs === undefined || file === undefined) throw new Error('usage: read-json-peer GLOB FILE.parquet');

const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
const connection = await instance.connect();
const started = performance.now();
const cpuAtStart = process.cpuUsage();
const result = await connection.run(
  `COPY (${readJsonQuery(logs)}) TO '${file.replaceAll("'", "''")}' (${parquetOptions})`,
);
const { user, system } = process.cpuUsage(cpuAtStart);
const summary = {
  rows: result.rowsChanged,
  cpu_s: (user + system) / 1e6,
  wall_s: (performance.now() - started) / 1e3,
  peak_rss_bytes: resourceUsage().maxRSS * 1024,
};
connection.closeSync();
instance.closeSync();
process.stdout.write(`${JSON.stringify(summary)}\n`);
