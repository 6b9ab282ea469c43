import type { Detection, DetectionTest, TestRow } from '../../src/detect/detection.ts';

/** Rules about the log itself, to which every record counts. */
const countsRecords: ReadonlySet<string> = new Set(['L-GAP-1']);
/** Rules about failures, of whatever kind. */
const countsFailures: ReadonlySet<string> = new Set(['W-ERR-1', 'W-ERR-2']);

/** Another object of the same container and suffix, so that a rule which counted the record would count one more. */
function beside(row: TestRow): TestRow {
  const { object_key: key = '/acct/c/report.csv' } = row;
  return typeof key === 'string' ? Object.assign({}, row, { object_key: key.replace(/[^/]*$/, '~$&') }) : row;
}

const partOf = (row: TestRow): TestRow =>
  Object.assign({}, beside(row), { operation_count: 1, container: `${row['container'] ?? ''}~`, user_agent: 'part/1' });

const partElsewhere = (row: TestRow): TestRow =>
  Object.assign({}, beside(row), { operation_count: 1, caller_ip: '192.0.2.222' });

const failed = (row: TestRow): TestRow =>
  Object.assign({}, beside(row), { status_code: 500, status_text: 'InternalError', response_body_bytes: 0 });

/**
 * A test with every row repeated as records that say nothing new: a part of a request that is logged already, and a request
 * that the service failed.
 */
function withEchoes(code: string, test: DetectionTest): DetectionTest {
  const failures = countsFailures.has(code) ? [] : test.rows.map(failed);
  return {
    ...test,
    rows: [...test.rows, ...test.rows.flatMap((row) => [partOf(row), partElsewhere(row)]), ...failures],
  };
}

interface EchoedTest {
  readonly plain: DetectionTest;
  readonly echoed: DetectionTest;
}

/** Tests at full thresholds have so many rows that four times as many tell nothing more. */
const rowsMax = 5_000;
const rowsOf = ({ rows }: DetectionTest): number => rows.reduce((sum, { repeat = 1 }) => sum + repeat, 0);

/** Whether echoes are added to a test. */
const fires = (test: DetectionTest): boolean => test.expect.length > 0 && rowsOf(test) <= rowsMax;

/** The tests of a rule that fire, with echoes added: it must find what it finds without them. None for rules of posture. */
export function echoesOf({ kind, code, tests }: Detection): EchoedTest[] {
  if (kind === 'posture' || countsRecords.has(code)) return [];
  return tests.filter(fires).map((plain) => ({ plain, echoed: withEchoes(code, plain) }));
}
