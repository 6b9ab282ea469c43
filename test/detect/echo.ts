import type { DetectionTest, TestRow } from '../../src/detect/detection.ts';

/** Another object of the same container, so that a rule which counted the record would count one more. */
function beside(row: TestRow): TestRow {
  const key = row['object_key'];
  return typeof key === 'string' ? Object.assign({}, row, { object_key: `${key}~` }) : row;
}

const partOf = (row: TestRow): TestRow => Object.assign({}, beside(row), { operation_count: 1 });

const failed = (row: TestRow): TestRow =>
  Object.assign({}, beside(row), { status_code: 500, status_text: 'InternalError', response_body_bytes: 0 });

/**
 * A test with every row repeated as records that say nothing new: a part of a request that is logged already, and a request
 * that the service failed. Rules but those about what a token grants must find what they find without them.
 */
export function withEchoes(test: DetectionTest): DetectionTest {
  return { ...test, rows: [...test.rows, ...test.rows.map(partOf), ...test.rows.map(failed)] };
}
