import { mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { columns } from '../src/core/columns.ts';
import { DuckDBInstance } from '../src/core/duckdb.ts';
import { Catalog } from '../src/store/catalog.ts';
import { type NewHourFile, noReplacement } from '../src/store/replacement.ts';
import { rollupSpecs } from '../src/store/rollup-columns.ts';
import { literal } from '../src/store/segment-writer.ts';
import { sqlType, type TableColumnSpec } from '../src/store/table.ts';
import { compactHere } from './compact-here.ts';

const firstHour = 1_767_225_600_000_000n;
const hourMicros = 3_600_000_000n;
const fileOptions = 'FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 30720';

/** Tokens of the lake by their names, which DuckDB's `hash` makes the first 64 bits of. */
export const tokenNames = {
  /** In no hour. */
  absent: 'absent',
  /** 60 rows within a quarter of an hour of the first hour. */
  rare: '0:7',
  /** 40 rows in every hour. */
  steady: 'steady:7',
  /** Three rows of a hundred, in every hour. */
  hot: 'hot:7',
} as const;

/**
 * Tokens of one hour by five-minute step, with how many rows each has there: a third of the rows are those of ten hot
 * tokens, a tenth those of tokens that last, the rest those of tokens that live a quarter of an hour.
 */
function steps(hour: number, rows: number): string {
  const kind = (name: string, tokens: number, first: string, spans: number, perStep: number) =>
    `SELECT '${name}:' || i AS name, i, ${first} + s AS step, ${perStep} AS n FROM range(${tokens}) t(i), range(${spans}) u(s)`;
  return `SELECT hash(name) AS token, 'account' || (i % 4)::VARCHAR AS account, i, step, n, md5(name) AS digits FROM (
    ${kind('hot', 10, '0', 12, Math.floor((rows * 0.3) / 120))}
    UNION ALL ${kind('steady', Math.floor(rows * 0.0025), '0', 4, 10)}
    UNION ALL ${kind(String(hour), Math.floor(rows * 0.01), '(i % 4) * 3', 3, 20)})`;
}

function named(values: Readonly<Record<string, string>>, specs: readonly TableColumnSpec[]): string {
  return specs
    .map(
      (spec) => `(${values[spec.name] ?? (spec.type === 'uint32' ? '0' : 'NULL')})::${sqlType(spec)} AS "${spec.name}"`,
    )
    .join(', ');
}

const tokenValues = {
  account: 'account',
  auth_type: `'sas_service'`,
  token: 'token',
  token_hash: `lpad(to_hex(token), 16, '0') || substr(digits, 1, 16)`,
  token_fingerprint: 'hash(digits)',
  sas_id: 'i',
  key_name: `'key1'`,
  key_hash: 'md5(account)',
};

const logValues = {
  ...tokenValues,
  time: 'make_timestamp(from_us + step * 300000000 + r * (300000000 // n))',
  time_tick: '0',
  category: `'StorageRead'`,
  operation_name: `'GetBlob'`,
  operation_class: `'read'`,
  status_code: '200',
  caller_ipv4: '3405803776 + i % 200 + (r % 2) * 256',
  ip_class: `'public'`,
  service: `'blob'`,
  container: `'data'`,
  correlation_id: 'uuid()',
  object_key: `'/' || account || '/data/part-' || (hash(i, r) % 1000000)::VARCHAR`,
  user_agent: `'azsdk-python-storage-blob/12.19.0'`,
  request_header_bytes: '500',
  response_header_bytes: '300',
  request_body_bytes: '0',
  response_body_bytes: '1000 + r',
  content_length: '0',
  operation_count: '0',
  source_id: '1',
};

const sketch = (seed: string) => `unhex(rpad(md5(${seed}), 256, '0'))`;
const rollupValues = {
  ...tokenValues,
  bucket: 'make_timestamp(from_us + step * 300000000)',
  rows: 'n',
  n: 'n',
  ok: 'n',
  public_n: 'n',
  reads: 'n',
  bytes_out: '1000 * n + n * (n - 1) // 2',
  bytes_in: '0',
  container_bits: '1',
  agent_bits: '1',
  ip_bits: sketch(`token || 'ip'`),
  network_bits: sketch(`token || 'network'`),
  object_bits: sketch(`token || step::VARCHAR`),
  min_time: 'make_timestamp(from_us + step * 300000000)',
  max_time: 'make_timestamp(from_us + step * 300000000 + (n - 1) * (300000000 // n))',
};

async function writeHour(
  connection: DuckDBConnection,
  dataDir: string,
  hour: number,
  rows: number,
): Promise<NewHourFile> {
  const start = firstHour + BigInt(hour) * hourMicros;
  const iso = new Date(Number(start / 1_000n)).toISOString();
  const place = `dt=${iso.slice(0, 10)}/hr=${iso.slice(11, 13)}/1.parquet`;
  const [path, rollupPath] = [`lake/${place}`, `lake/rollup/${place}`];
  for (const each of [path, rollupPath]) await mkdir(dirname(join(dataDir, each)), { recursive: true });
  // Made in the order of the file: sorting would cost more than all the rest.
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE step AS SELECT *, ${start} AS from_us FROM (${steps(hour, rows)})`,
  );
  await connection.run(
    `COPY (SELECT ${named(logValues, columns)} FROM (SELECT *, unnest(range(n)) AS r FROM (FROM step ORDER BY account, token, step)))
      TO ${literal(join(dataDir, path))} (${fileOptions})`,
  );
  await connection.run(
    `COPY (SELECT ${named(rollupValues, rollupSpecs)} FROM step ORDER BY token, step) TO ${literal(join(dataDir, rollupPath))} (${fileOptions})`,
  );
  const reader = await connection.runAndReadAll('SELECT sum(n)::INTEGER FROM step');
  return {
    path,
    rollupPath,
    sasPath: null,
    rows: Number(reader.getRows()[0]?.[0]),
    bytes: (await stat(join(dataDir, path))).size,
    minTime: start,
    maxTime: start + hourMicros - 1n,
    // Nobody asks for the digests here.
    compacted: { hour: start, policy: 'full', columnCount: columns.length, sha256: '', rollupSha256: '' },
  };
}

/** Adds the hours from `from` up to `to` with about `rowsPerHour` rows each, laid out as compaction does it, with directories. */
export async function addHours(dataDir: string, from: number, to: number, rowsPerHour: number): Promise<void> {
  const catalog = await Catalog.open(dataDir);
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  try {
    const connection = await instance.connect();
    const added: NewHourFile[] = [];
    for (let hour = from; hour < to; hour++) added.push(await writeHour(connection, dataDir, hour, rowsPerHour));
    await catalog.replace({ ...noReplacement, reason: 'compacted', added });
    // Nothing to compact is left: this makes the token directories.
    await compactHere(catalog, dataDir);
  } finally {
    instance.closeSync();
    await catalog.close();
  }
}
