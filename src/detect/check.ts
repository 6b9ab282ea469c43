import { type DuckDBConnection, DuckDBInstance, type Json } from '@duckdb/node-api';
import { AppError, errorText } from '../core/errors.ts';
import type { Detection, DetectionTest } from './detection.ts';
import { bindParameters } from './parameter.ts';
import { createTestViews, readBenignRow } from './test-log.ts';

/** What became of one test in a rule's header. */
export interface TestOutcome {
  readonly code: string;
  readonly test: string;
  readonly passed: boolean;
  /** What was expected and what came instead; null if the test passed. */
  readonly difference: string | null;
}

type Row = Record<string, Json>;

const dayMicros = 86_400_000_000n;

/** The whole UTC days that hold the test's rows; a day at the epoch if there are none. */
async function daysOfRows(connection: DuckDBConnection): Promise<{ since: bigint; until: bigint }> {
  const result = await connection.runAndReadAll(
    'SELECT epoch_us(min(time)) AS first, epoch_us(max(time)) AS last FROM storage_log',
  );
  const [row] = result.getRowObjects();
  const first = typeof row?.['first'] === 'bigint' ? row['first'] : 0n;
  const last = typeof row?.['last'] === 'bigint' ? row['last'] : 0n;
  return { since: first - (first % dayMicros), until: last - (last % dayMicros) + dayMicros };
}

/** True if every column the expectation names has its value; a name as `A` stands for its 128 bits. */
function matches(actual: Row, expected: DetectionTest['expect'][number], hashes: ReadonlyMap<string, string>): boolean {
  return Object.entries(expected).every(([name, value]) => {
    const text = typeof value === 'string' ? (hashes.get(value) ?? value) : value;
    const found = actual[name];
    if (found === undefined) return false;
    return Array.isArray(text) ? JSON.stringify(found) === JSON.stringify(text) : String(found) === String(text);
  });
}

function compare(
  actual: readonly Row[],
  { expect }: DetectionTest,
  hashes: ReadonlyMap<string, string>,
): string | null {
  const left = [...actual];
  const missing = expect.filter((expected) => {
    const at = left.findIndex((row) => matches(row, expected, hashes));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  if (missing.length === 0 && left.length === 0) return null;
  return `expected ${JSON.stringify(expect)}, found ${JSON.stringify(actual)}`;
}

async function tokenNames(connection: DuckDBConnection, test: DetectionTest): Promise<Map<string, string>> {
  const names = test.expect.flatMap(({ token_hash }) => (typeof token_hash === 'string' ? [token_hash] : []));
  const hashes = new Map<string, string>();
  for (const name of names.filter((candidate) => !candidate.includes('-'))) {
    const result = await connection.runAndReadAll('SELECT md5($name)::UUID::VARCHAR', { name });
    hashes.set(name, String(result.getRowsJson()[0]?.[0]));
  }
  return hashes;
}

async function runTest(
  detection: Detection,
  test: DetectionTest,
  benign: Awaited<ReturnType<typeof readBenignRow>>,
): Promise<TestOutcome> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    await createTestViews(connection, test.rows, benign);
    const range = await daysOfRows(connection);
    const sql = bindParameters(detection, range, test.params);
    const result = await connection.runAndReadAll(sql);
    const difference = compare(result.getRowObjectsJson(), test, await tokenNames(connection, test));
    return { code: detection.code, test: test.name, passed: difference === null, difference };
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError(
      'DETECTION_INVALID',
      `${detection.file}: the statement fails in the test "${test.name}": ${errorText(cause)}`,
      { cause },
    );
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/**
 * Runs a rule's own tests, each against an in-memory database that holds nothing but the test's rows.
 *
 * @throws AppError DETECTION_INVALID if a test row or the statement is not valid SQL for the views.
 */
export async function checkDetection(detection: Detection): Promise<TestOutcome[]> {
  const benign = await readBenignRow();
  const outcomes: TestOutcome[] = [];
  for (const test of detection.tests) outcomes.push(await runTest(detection, test, benign));
  return outcomes;
}
