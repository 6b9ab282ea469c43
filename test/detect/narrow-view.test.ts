import { expect, it } from 'vitest';
import { narrowViewsOf, reading } from '../../src/detect/narrow-view.ts';
import { shippedDetections } from '../../src/detect/shipped.ts';

const rules = await shippedDetections();

it('reads other relations in place of views, and of no longer names', () => {
  const sql = 'SELECT token_day.n FROM token_day, last_token_day JOIN log_row l ON true';
  const relations = new Map([
    ['token_day', 'met_token_day'],
    ['log_row', '(SELECT 1)'],
  ]);
  expect(reading(sql, relations)).toBe(
    'SELECT met_token_day.n FROM met_token_day, last_token_day JOIN (SELECT 1) l ON true',
  );
});

it('leaves nothing out where somebody has made a window longer', () => {
  const narrow = rules.filter((rule) => narrowViewsOf(rule, {}).length > 0);
  expect(narrow.length).toBeGreaterThan(15);
  for (const rule of narrow) expect(narrowViewsOf(rule, { window: '2 days' })).toEqual([]);
});

it('is said of rules only that read these views', () => {
  for (const { needs, sql } of rules) {
    for (const view of needs.only) expect(sql).toMatch(new RegExp(`\\b${view}\\b`));
    if (needs.rows !== undefined) expect(sql).toMatch(/\blog_row\b/);
  }
});
