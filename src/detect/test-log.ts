import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DuckDBConnection } from '@duckdb/node-api';
import { parse } from 'yaml';
import { AppError, errorText } from '../core/errors.ts';
import { sasParameters } from '../core/sas.ts';
import { logRow } from '../store/entity-views.ts';
import { emptyManifest } from '../store/manifest.ts';
import { createViews } from '../store/views.ts';
import type { DetectionTest, TestRow } from './detection.ts';
import { textLiteral } from './parameter.ts';
import { rollupOf } from './rollup-of-rows.ts';

type Scalar = TestRow[string];
type Row = Readonly<Record<string, Scalar>>;

/** The columns in which `A` may stand for 128 bits. */
const named: ReadonlySet<string> = new Set(['token_hash', 'key_hash', 'correlation_id']);
const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** SQL of one column's value in copy number `i`; `{i}` in text counts the copies from 0. */
function valueSql(name: string, value: Scalar | undefined): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = value.includes('{i}') ? `replace(${textLiteral(value)}, '{i}', i::VARCHAR)` : textLiteral(value);
  return named.has(name) && !uuidPattern.test(value) ? `md5(${text})::UUID` : text;
}

function rowsSql(row: TestRow, benign: Row): string {
  const { repeat = 1, every = '0 seconds', ...differences } = row;
  const values = { ...benign, ...differences };
  const names = Object.keys(values);
  const list = names.map((name) => {
    const value = valueSql(name, values[name]);
    return name === 'time' ? `${value}::TIMESTAMP + i * INTERVAL ${textLiteral(every)}` : value;
  });
  return `SELECT ${list.map((sql, at) => `${sql} AS "${names[at]}"`).join(', ')} FROM range(${repeat}) AS copies(i)`;
}

const sasText = sasParameters.map((name) => `'${name}', sas_${name}`).join(', ');

/** What the store derives when it writes and reads a row: the token's numbers, the IPv4 address, typed SAS times. */
const storageLog = `
SELECT * REPLACE (
    coalesce(token, ('0x' || left(replace(token_hash::VARCHAR, '-', ''), 16))::UBIGINT) AS token,
    coalesce(token_fingerprint, hash(token_hash)) AS token_fingerprint,
    if(sas_kind IS NULL, NULL, hash(concat_ws('|', sas_kind, ${sasText}))) AS sas_id,
    if(contains(caller_ip, ':'), NULL,
       list_reduce(string_split(caller_ip, '.')::UBIGINT[], lambda sum, part: sum * 256 + part))::UINTEGER AS caller_ipv4,
    ${['st', 'se', 'skt', 'ske'].map((name) => `TRY_CAST(sas_${name} AS TIMESTAMP) AS sas_${name}_time`).join(', ')})
FROM test_row`;

const sas = `
SELECT DISTINCT sas_id, sas_kind AS kind, ${sasParameters.map((name) => `sas_${name} AS ${name}`).join(', ')},
       sas_st_time AS st_time, sas_se_time AS se_time, sas_skt_time AS skt_time, sas_ske_time AS ske_time
FROM storage_log WHERE sas_id IS NOT NULL`;

/** The row that test rows are told apart from: `test/fixtures/benign.yaml` of the package. */
export async function readBenignRow(): Promise<Row> {
  const path = join(dirname(fileURLToPath(import.meta.resolve('#package'))), 'test/fixtures/benign.yaml');
  try {
    const row: unknown = parse(await readFile(path, 'utf8'));
    return Object.fromEntries(Object.entries(row ?? {}));
  } catch (cause) {
    throw new AppError('DETECTION_INVALID', `Cannot read the benign row ${path}, which rule tests differ from.`, {
      cause,
    });
  }
}

/** The columns of the view `feed`, which a test's `feeds` fill. */
const feedColumns = ['list', 'label', 'network', 'country', 'asn', 'valid_from', 'valid_until'] as const;

/**
 * Makes the store's views on an empty lake, then lets `storage_log`, `sas`, `rollup` and `feed` show test rows; the other
 * views follow from these. `fillTestLog` puts the rows of one test in place of those of the one before.
 *
 * @param connection of a private in-memory database.
 */
export async function createTestViews(connection: DuckDBConnection): Promise<void> {
  await createViews(connection, '.', emptyManifest);
  await connection.run('CREATE TABLE test_row AS SELECT * FROM storage_log');
  await connection.run(`CREATE TABLE test_log AS ${storageLog}`);
  await connection.run('CREATE TABLE test_feed AS SELECT * FROM feed');
  const views = {
    storage_log: 'FROM test_log',
    log_row: logRow('test_log', 'caller_ip', 'uri'),
    sas,
    rollup: rollupOf('storage_log'),
    feed: 'FROM test_feed',
  };
  for (const [name, sql] of Object.entries(views)) await connection.run(`CREATE OR REPLACE VIEW ${name} AS ${sql}`);
}

/** @throws AppError DETECTION_INVALID if a row names a column that does not exist or a value that does not fit it. */
export async function fillTestLog(
  connection: DuckDBConnection,
  { rows, feeds }: { readonly rows: readonly TestRow[]; readonly feeds: DetectionTest['feeds'] },
  benign: Row,
): Promise<void> {
  const fill = async (row: object, table: string, sql: string) => {
    try {
      await connection.run(sql);
    } catch (cause) {
      throw new AppError(
        'DETECTION_INVALID',
        `The test row ${JSON.stringify(row)} does not fit ${table}: ${errorText(cause)}`,
        { cause },
      );
    }
  };
  for (const table of ['test_row', 'test_log', 'test_feed']) await connection.run(`DELETE FROM ${table}`);
  const insert = (some: readonly TestRow[]) =>
    `INSERT INTO test_row BY NAME ${some.map((row) => rowsSql(row, benign)).join(' UNION ALL BY NAME ')}`;
  // All at once, as planning a statement costs more than its rows; one by one only to find the one that does not fit.
  if (rows.length > 0) {
    await connection.run(insert(rows)).catch(async () => {
      for (const row of rows) await fill(row, 'storage_log', insert([row]));
    });
  }
  await connection.run(`INSERT INTO test_log ${storageLog}`);
  for (const feed of feeds) {
    const values = feedColumns.map((name) => valueSql(name, feed[name]));
    await fill(feed, 'feed', `INSERT INTO test_feed (${feedColumns.join(', ')}) VALUES (${values.join(', ')})`);
  }
  await connection.run(
    'UPDATE test_feed SET address_first = address_first_of(network), address_last = address_last_of(network)',
  );
}
