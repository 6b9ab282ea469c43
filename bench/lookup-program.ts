import { readFileSync } from 'node:fs';
import { DuckDBInstance } from '../src/core/duckdb.ts';
import { openTokenReader } from '../src/store/reader.ts';

/**
 * What the lookup bench measures in a process of its own: `lookup-program.js WAY DATA TOKEN`. WAY is `rollups` (through the
 * store), `log` (DuckDB over the files of the log), or `nothing` (opens an empty database). TOKEN is a number of 64 bits.
 */
const [way, dataDir = '', token = '0'] = process.argv.slice(2);

/** Bytes the process has read so far, from files and pipes. */
function bytesRead(): number {
  return Number(/^rchar: (\d+)/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1] ?? Number.NaN);
}

const asked = `SELECT count(*)::INTEGER, count(DISTINCT caller_ipv4)::INTEGER, count(DISTINCT object_key)::INTEGER,
  coalesce(sum(response_body_bytes), 0)::BIGINT, min(time), max(time)`;

async function look(): Promise<number> {
  if (way === 'rollups') {
    const wanted = { first: BigInt(token), last: BigInt(token) };
    const part = await openTokenReader(dataDir, { hashed: wanted, unhashed: null, fingerprint: null });
    if (part === null) return 0;
    const { connection, close } = part;
    const reader = await connection.runAndReadAll(`${asked}, (SELECT sum(requests)::INTEGER FROM tokens) FROM log_row`);
    close();
    const [rows = 0, , , , , , requests] = reader.getRows()[0] ?? [];
    if (Number(rows) !== Number(requests ?? 0)) throw new Error(`rollups count ${requests} rows, the log ${rows}`);
    return Number(rows);
  }
  const instance = await DuckDBInstance.create(':memory:', { autoinstall_known_extensions: 'false' });
  const connection = await instance.connect();
  const files = `read_parquet('${dataDir}/lake/dt=*/*/*.parquet', hive_partitioning = false)`;
  const sql = way === 'log' ? `${asked} FROM ${files} WHERE token = ${token}::UBIGINT` : 'SELECT 0';
  const reader = await connection.runAndReadAll(sql);
  instance.closeSync();
  return Number(reader.getRows()[0]?.[0]);
}

const before = { cpu: process.cpuUsage(), bytes: bytesRead(), ms: performance.now() };
const rows = await look();
const { user, system } = process.cpuUsage(before.cpu);
const summary = {
  rows,
  cpu_s: (user + system) / 1e6,
  wall_s: (performance.now() - before.ms) / 1e3,
  peak_rss_bytes: process.resourceUsage().maxRSS * 1024,
  bytes_read: bytesRead() - before.bytes,
};
process.stdout.write(`${JSON.stringify(summary)}\n`);
