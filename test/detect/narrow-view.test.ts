import { expect, it } from 'vitest';
import { narrowViewsOf, reading, under } from '../../src/detect/narrow-view.ts';
import { shippedDetections } from '../../src/detect/shipped.ts';

const rules = await shippedDetections();

it('reads other relations in place of views, and of no longer names', () => {
  const sql = 'SELECT token_day.n FROM token_day, last_token_day';
  const relations = new Map([['token_day', 'met_token_day']]);
  expect(reading(sql, relations)).toBe('SELECT met_token_day.n FROM met_token_day, last_token_day');
});

it('leaves nothing out where somebody has made a window longer', () => {
  const narrow = rules.filter((rule) => rule.kind !== 'posture' && narrowViewsOf(rule, {}).length > 0);
  expect(narrow.length).toBeGreaterThan(15);
  for (const rule of narrow) expect(narrowViewsOf(rule, { window: '2 days' })).toEqual([]);
});

it('shows posture rules the tokens used since the range begins, whatever their thresholds', () => {
  const posture = rules.filter(({ kind, needs }) => kind === 'posture' && needs.only.length > 0);
  expect(posture.map((rule) => narrowViewsOf(rule, { high_above: '2 days' }))).toEqual(
    Array.from({ length: 7 }, () => ['token_life']),
  );
});

it('is said of rules only that read these views', () => {
  for (const { needs, sql } of rules) {
    for (const view of needs.only) expect(sql).toMatch(new RegExp(`\\b${view}\\b`));
    if (needs.rows !== undefined) expect(sql).toMatch(/\blog_row\b/);
  }
});

it('puts relations before the parts of a statement', () => {
  const relations = { log_row: 'SELECT 1 AS a' };
  const first = 'WITH log_row AS NOT MATERIALIZED (SELECT 1 AS a)';
  expect(under(relations, 'FROM log_row')).toBe(`${first}\nFROM log_row`);
  expect(under(relations, 'WITH t AS (FROM log_row)\nFROM t')).toBe(`${first},\nt AS (FROM log_row)\nFROM t`);
  expect(under(relations, 'WITH RECURSIVE t AS (FROM log_row) FROM t')).toMatch(/^WITH RECURSIVE log_row AS/);
});
