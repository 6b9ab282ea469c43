import { createHash } from 'node:crypto';
import type { DuckDBConnection, Json } from '@duckdb/node-api';
import { DuckDBInstance } from '../core/duckdb.ts';
import { AppError, errorText } from '../core/errors.ts';
import { dayMicros, startOfDay } from '../core/utc-day.ts';
import type { Detection, DetectionTest } from './detection.ts';
import { withNeedsMet } from './needs.ts';
import { bindParameters } from './parameter.ts';
import { RuleFaults } from './rule-faults.ts';
import { plainViews } from './rule-views.ts';
import { TestEntities } from './test-entities.ts';
import { createTestViews, fillTestLog, readBenignRow } from './test-log.ts';

/** What became of one test in a rule's header. */
export interface TestOutcome {
  readonly code: string;
  readonly test: string;
  readonly passed: boolean;
  /** What was expected and what came instead; null if the test passed. */
  readonly difference: string | null;
}

type Row = Record<string, Json>;

/** The whole UTC days that hold the test's rows; a day at the epoch if there are none. */
async function daysOfRows(connection: DuckDBConnection): Promise<{ since: bigint; until: bigint }> {
  const result = await connection.runAndReadAll(
    'SELECT epoch_us(min(time)) AS first, epoch_us(max(time)) AS last FROM storage_log',
  );
  const [row] = result.getRowObjects();
  const first = typeof row?.['first'] === 'bigint' ? row['first'] : 0n;
  const last = typeof row?.['last'] === 'bigint' ? row['last'] : 0n;
  return { since: startOfDay(first), until: startOfDay(last) + dayMicros };
}

/** True if every column the expectation names has its value; a name as `A` stands for its 128 bits. */
function matches(actual: Row, expected: DetectionTest['expect'][number]): boolean {
  return Object.entries(expected).every(([name, value]) => {
    const isName = name === 'token_hash' && typeof value === 'string' && !value.includes('-');
    const text = isName ? namedHash(value) : value;
    const found = actual[name];
    if (found === undefined) return false;
    return Array.isArray(text) ? JSON.stringify(found) === JSON.stringify(text) : String(found) === String(text);
  });
}

/** How the rows a rule returned differ from what a test expects, in any order; null if they do not. */
export function differenceOf(actual: readonly Row[], { expect }: DetectionTest): string | null {
  const left = [...actual];
  const missing = expect.filter((expected) => {
    const at = left.findIndex((row) => matches(row, expected));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  if (missing.length === 0 && left.length === 0) return null;
  return `expected ${JSON.stringify(expect)}, found ${JSON.stringify(actual)}`;
}

/** A name as `A` stands for 128 bits: those that test rows are written with. */
function namedHash(name: string): string {
  const hex = createHash('md5').update(name).digest('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/**
 * Runs a rule's own tests, one after another in an in-memory database that holds nothing but a test's rows.
 *
 * @throws AppError DETECTION_INVALID if a test row or the statement is not valid SQL for the views.
 */
export async function checkDetection(detection: Detection): Promise<TestOutcome[]> {
  const bench = await TestBench.open();
  try {
    const outcomes: TestOutcome[] = [];
    for (const test of detection.tests) {
      await bench.fill(test);
      outcomes.push(await bench.run(detection, test));
    }
    return outcomes;
  } finally {
    bench.close();
  }
}

/** A database with the views a rule reads; filled with the rows of one test at a time. */
export class TestBench {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #benign: Awaited<ReturnType<typeof readBenignRow>>;
  readonly #entities: TestEntities;
  #range = { since: 0n, until: 0n };

  private constructor(
    instance: DuckDBInstance,
    connection: DuckDBConnection,
    benign: Awaited<ReturnType<typeof readBenignRow>>,
  ) {
    this.#instance = instance;
    this.#connection = connection;
    this.#entities = new TestEntities(connection);
    this.#benign = benign;
  }

  static async open(): Promise<TestBench> {
    const benign = await readBenignRow();
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const connection = await instance.connect();
    await createTestViews(connection);
    return new TestBench(instance, connection, benign);
  }

  /** @throws AppError DETECTION_INVALID if a test row does not fit the views. */
  async fill(test: DetectionTest): Promise<void> {
    await this.#entities.reset();
    await fillTestLog(this.#connection, test, this.#benign);
    this.#range = await daysOfRows(this.#connection);
  }

  /** Runs a rule over the rows of the test the bench was filled with. @throws AppError DETECTION_INVALID */
  async run(detection: Detection, test: DetectionTest): Promise<TestOutcome> {
    const rows = await this.rows(detection, test);
    const difference =
      rows.length > 0 && !(await this.#needsMet(detection, test))
        ? `the rule would not be run: no row of the test meets its \`needs\``
        : differenceOf(rows, test);
    return { code: detection.code, test: test.name, passed: difference === null, difference };
  }

  async #needsMet(detection: Detection, { params }: DetectionTest): Promise<boolean> {
    const faults = new RuleFaults();
    const tuning = new Map([[detection.code, params]]);
    const met = await withNeedsMet({ views: plainViews(this.#connection), range: this.#range, tuning, faults }, [
      detection,
    ]);
    for (const [, fault] of faults) throw fault;
    return met.length > 0;
  }

  /** What a rule returns for the rows of the test the bench was filled with, in no order. @throws AppError DETECTION_INVALID */
  async rows(detection: Detection, test: DetectionTest): Promise<Record<string, Json>[]> {
    try {
      await this.#entities.keepFor(detection.sql);
      const result = await this.#connection.runAndReadAll(bindParameters(detection, this.#range, test.params));
      return result.getRowObjectsJson();
    } catch (cause) {
      throw new AppError(
        'DETECTION_INVALID',
        `${detection.file}: the statement fails in the test "${test.name}": ${errorText(cause)}`,
        { cause },
      );
    }
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
}
