import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DuckDBConnection } from '@duckdb/node-api';
import { parse } from 'yaml';
import { AppError, errorText } from '../core/errors.ts';
import { sasParameters } from '../core/sas.ts';
import type { Manifest } from '../store/manifest.ts';
import { createViews } from '../store/views.ts';
import type { TestRow } from './detection.ts';
import { textLiteral } from './parameter.ts';
import { rollupOf } from './rollup-of-rows.ts';

type Scalar = TestRow[string];
type Row = Readonly<Record<string, Scalar>>;

const emptyLake: Manifest = {
  version: 0,
  publishedAt: new Date(0).toISOString(),
  segments: [],
  findingsPath: null,
  sources: [],
  holes: [],
  counters: { commits: 0, rows: 0, bytes: 0, deliveries: 0, quarantined: 0 },
};

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

function insertSql(row: TestRow, benign: Row): string {
  const { repeat = 1, every = '0 seconds', ...differences } = row;
  const values = { ...benign, ...differences };
  const names = Object.keys(values);
  const list = names.map((name) => {
    const value = valueSql(name, values[name]);
    return name === 'time' ? `${value}::TIMESTAMP + i * INTERVAL ${textLiteral(every)}` : value;
  });
  return `INSERT INTO test_row (${names.map((name) => `"${name}"`).join(', ')}) SELECT ${list.join(', ')} FROM range(${repeat}) AS copies(i)`;
}

const sasText = sasParameters.map((name) => `'${name}', sas_${name}`).join(', ');

/** What the store derives when it writes and reads a row: the token's numbers, the IPv4 address, typed SAS times. */
const storageLog = `
CREATE TABLE test_log AS
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

/**
 * Makes the store's views on an empty lake, then lets `storage_log`, `sas` and `rollup` show a rule's test rows; `tokens`
 * follows from these.
 *
 * @param connection of a private in-memory database.
 * @throws AppError DETECTION_INVALID if a row names a column that does not exist or a value that does not fit it.
 */
export async function createTestViews(
  connection: DuckDBConnection,
  rows: readonly TestRow[],
  benign: Row,
): Promise<void> {
  await createViews(connection, '.', emptyLake);
  await connection.run('CREATE TABLE test_row AS SELECT * FROM storage_log');
  for (const row of rows) {
    try {
      await connection.run(insertSql(row, benign));
    } catch (cause) {
      throw new AppError(
        'DETECTION_INVALID',
        `The test row ${JSON.stringify(row)} does not fit storage_log: ${errorText(cause)}`,
        { cause },
      );
    }
  }
  await connection.run(storageLog);
  const views = { storage_log: 'FROM test_log', sas, rollup: rollupOf('storage_log') };
  for (const [name, sql] of Object.entries(views)) await connection.run(`CREATE OR REPLACE VIEW ${name} AS ${sql}`);
}
