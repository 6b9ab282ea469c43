import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { query as clickHouse } from 'chdb';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { expect, it } from 'vitest';
import { type ColumnName, columns } from '../../src/core/columns.ts';
import { compactLake } from '../../src/store/compactor.ts';
import { readManifest } from '../../src/store/manifest.ts';
import { sqlType } from '../../src/store/table.ts';
import type { Row } from './batch-of.ts';
import { addBatches, compactorOptions, query, withCatalog } from './lake-of.ts';
import { temporaryFolder } from './temporary-folder.ts';

const start = 1_767_225_600_000_000n;

/** One column of every type, nulls and extremes among them. */
const compared = [
  'time',
  'time_tick',
  'operation_name',
  'status_code',
  'duration_ms',
  'caller_ipv4',
  'caller_port',
  'caller_ip',
  'correlation_id',
  'client_request_id',
  'auth_type',
  'key_hash',
  'token',
  'token_hash',
  'token_fingerprint',
  'sas_id',
  'account',
  'object_key',
  'user_agent',
  'response_body_bytes',
  'content_length',
  'operation_count',
] as const satisfies readonly ColumnName[];

const hex = (text: string) => createHash('md5').update(text).digest('hex');
const number = (text: string) => BigInt(`0x${hex(text).slice(0, 16)}`);

const rows: Row[] = Array.from({ length: 3_000 }, (_, i) => ({
  time: start + BigInt(i) * 3_000_001n,
  time_tick: i % 10,
  operation_name: i % 3 === 0 ? 'GetBlob' : 'PutBlob',
  status_code: i % 7 === 0 ? null : 200 + (i % 300),
  duration_ms: i % 5 === 0 ? null : i / 8,
  caller_ipv4: i % 11 === 0 ? null : 0xc0000200 + (i % 200),
  caller_port: i % 11 === 0 ? null : 1024 + (i % 60_000),
  caller_ip: i % 11 === 0 ? `2001:db8::${i}` : null,
  correlation_id: hex(`request ${i}`),
  client_request_id: i % 2 === 0 ? null : `ключ-${i}-ä`,
  key_hash: hex(`key ${i % 3}`),
  token: i % 13 === 0 ? null : number(`token ${i % 50}`),
  token_hash: i % 13 === 0 ? null : hex(`token ${i % 50}`),
  token_fingerprint: number(`print ${i % 50}`),
  sas_id: number(`sas ${i % 9}`),
  account: i % 4 === 0 ? 'archive' : 'models',
  object_key: `/models/c/${i % 17 === 0 ? '🗝' : ''}${'x'.repeat(i % 30)}/${i}`,
  user_agent: i % 6 === 0 ? null : `tool/${i % 12}`,
  response_body_bytes: BigInt(i) * 1_000_003n,
  content_length: i === 0 ? 9_007_199_254_740_993n : 0n,
  operation_count: i % 2,
}));

/** What an engine says of one column: values, and a digest of their texts in order; numbers have a sum too. */
interface Digest {
  readonly name: string;
  readonly n: number;
  readonly sum: string | null;
  readonly digest: string;
}

const numeric = (name: ColumnName) =>
  !/^(VARCHAR|UUID|TIMESTAMP|DOUBLE)$/.test(sqlType(columns.find((spec) => spec.name === name) ?? columns[0]));

async function filesOf(dataDir: string): Promise<string[]> {
  const manifest = await readManifest(dataDir);
  return (manifest?.segments ?? []).map(({ path }) => join(dataDir, path));
}

async function byDuckDb(dataDir: string): Promise<Digest[]> {
  const text = (name: ColumnName) => {
    if (name === 'time') return 'epoch_us(time)::VARCHAR';
    if (name === 'duration_ms') return '(duration_ms * 8)::BIGINT::VARCHAR';
    return `replace("${name}"::VARCHAR, '-', '')`;
  };
  const parts = compared.map(
    (name) => `SELECT '${name}' AS name, count("${name}")::INTEGER AS n,
      ${numeric(name) ? `sum("${name}"::HUGEINT)::VARCHAR` : 'NULL'} AS sum,
      md5(string_agg(${text(name)}, ',' ORDER BY ${text(name)})) AS digest FROM rows`,
  );
  const files = (await filesOf(dataDir)).map((path) => `'${path}'`).join(', ');
  const found = await query(
    dataDir,
    `WITH rows AS (FROM read_parquet([${files}], union_by_name = true, hive_partitioning = false)) ${parts.join(' UNION ALL ')}`,
  );
  return found.map((row) => ({
    name: String(row['name']),
    n: Number(row['n']),
    sum: row['sum'] === null ? null : String(row['sum']),
    digest: String(row['digest']),
  }));
}

async function byClickHouse(dataDir: string): Promise<Digest[]> {
  const text = (name: ColumnName) => {
    if (name === 'time') return 'toString(toUnixTimestamp64Micro(assumeNotNull(time)))';
    if (name === 'duration_ms') return 'toString(toInt64(duration_ms * 8))';
    return `replaceAll(toString(\`${name}\`), '-', '')`;
  };
  const files = await filesOf(dataDir);
  const source = files.map((path) => `SELECT ${compared.join(', ')} FROM file('${path}', Parquet)`).join(' UNION ALL ');
  return compared.map((name) => {
    const sql = `SELECT count(\`${name}\`) AS n, ${numeric(name) ? `toString(sum(toInt128(\`${name}\`)))` : 'NULL'} AS sum,
      lower(hex(MD5(arrayStringConcat(arraySort(groupArray(${text(name)})), ',')))) AS digest FROM (${source})`;
    const row: unknown = JSON.parse(clickHouse(sql, 'JSONEachRow'));
    const { n, sum, digest } = row as { n: number | string; sum: string | null; digest: string };
    return { name, n: Number(n), sum, digest };
  });
}

const parsers = {
  // Not as a Date, which has no microseconds.
  timestampFromMicroseconds: (micros: bigint) => micros,
};

async function byHyparquet(dataDir: string): Promise<Digest[]> {
  const all: Record<string, unknown>[] = [];
  for (const path of await filesOf(dataDir)) {
    const file = await asyncBufferFromFile(path);
    all.push(...(await parquetReadObjects({ file, compressors, columns: [...compared], utf8: false, parsers })));
  }
  const text = (value: unknown): string => {
    if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
    return String(value).replaceAll('-', '');
  };
  return compared.map((name) => {
    const values = all
      .map((row) => row[name])
      .filter((value) => value !== null && value !== undefined)
      // It gives numbers of 32 bits a sign, whatever the file says.
      .map((value) => (name === 'caller_ipv4' ? Number(value) >>> 0 : value));
    const texts = values.map((value) => (name === 'duration_ms' ? String(Number(value) * 8) : text(value)));
    texts.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    return {
      name,
      n: values.length,
      sum: numeric(name) ? String(values.reduce<bigint>((sum, value) => sum + BigInt(String(value)), 0n)) : null,
      digest: createHash('md5').update(texts.join(',')).digest('hex'),
    };
  });
}

async function lake(): Promise<string> {
  const dataDir = await temporaryFolder();
  await withCatalog(dataDir, async (catalog) => {
    await addBatches(catalog, dataDir, [rows.slice(0, 1_000), rows.slice(1_000, 2_000)]);
    await compactLake(catalog, dataDir, compactorOptions);
    await addBatches(catalog, dataDir, [rows.slice(2_000)]);
  });
  return dataDir;
}

it(`gives the same of ${compared.length} columns by DuckDB, ClickHouse and hyparquet, compacted files and segments`, {
  timeout: 60_000,
}, async () => {
  const dataDir = await lake();
  const expected = await byDuckDb(dataDir);
  expect(expected.find(({ name }) => name === 'time')?.n).toBe(rows.length);
  expect(await byClickHouse(dataDir)).toEqual(expected);
  expect(await byHyparquet(dataDir)).toEqual(expected);
});
