import { expect, it } from 'vitest';
import { partQuery, withPartFrom } from '../../src/detect/statement-part.ts';

const sql = `WITH first AS (
  SELECT 1 AS a WHERE ')' <> '(' -- not this one: )
),
second AS (SELECT (a + 1) AS b FROM first),
third AS MATERIALIZED (
  SELECT b FROM second)
SELECT * FROM third`;

it('cuts a statement behind a part, whatever brackets stand in text and comments', () => {
  expect(partQuery(sql, 'first')).toBe(`${sql.slice(0, sql.indexOf(',\nsecond'))}\nSELECT count(*) > 0 FROM first`);
  expect(partQuery(sql, 'third')).toBe(
    `${sql.slice(0, sql.indexOf('\nSELECT * FROM third'))}\nSELECT count(*) > 0 FROM third`,
  );
});

it('knows no part of another name, nor one that does not end', () => {
  expect(partQuery(sql, 'ird')).toBeUndefined();
  expect(partQuery('WITH first AS (SELECT 1', 'first')).toBeUndefined();
});

it('reads a part from a relation, and leaves a statement without it as it is', () => {
  expect(withPartFrom(sql, 'third', 'held_0')).toBe(
    sql.replace(/MATERIALIZED \([^)]*\)/, 'MATERIALIZED (FROM held_0)'),
  );
  expect(withPartFrom(sql, 'first', 'held_0')).toBe(
    `WITH first AS (FROM held_0)${sql.slice(sql.indexOf(',\nsecond'))}`,
  );
  expect(withPartFrom(sql, 'ird', 'held_0')).toBe(sql);
});
