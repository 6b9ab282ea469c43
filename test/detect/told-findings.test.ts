import { expect, it } from 'vitest';
import { DuckDBInstance } from '../../src/core/duckdb.ts';
import { ToldFindings } from '../../src/detect/told-findings.ts';
import { findingOf, minute } from './finding-of.ts';

const told = new ToldFindings();
const day = minute(0);
const nextDay = minute(1_440);
told.add([
  findingOf({ entity: '0123456789ABCDEF0123456789ABCDEF' }),
  findingOf({ entity: '00000000000000ff', account: "o'neil", from: 1 }),
  findingOf({ entity: '198.51.100.0/24', entityKind: 'network', from: 2 }),
  findingOf({ entity: 'FEDCBA98765432100123456789ABCDEF', rule: 'W-DEL-1', from: 3 }),
]);

it('leaves out what a rule has told of a token on a day, by account', async () => {
  const connection = await (await DuckDBInstance.create()).connect();
  const result = await connection.runAndReadAll(`SELECT name FROM (VALUES
    ('told', '01234567-89ab-cdef-0123-456789abcdef'::UUID, 'acct', DATE '2026-01-01'),
    ('next day', '01234567-89ab-cdef-0123-456789abcdef'::UUID, 'acct', DATE '2026-01-02'),
    ('other account', '01234567-89ab-cdef-0123-456789abcdef'::UUID, 'other', DATE '2026-01-01'),
    ('told, by fingerprint', '00000000-0000-0000-0000-0000000000ff'::UUID, 'o''neil', DATE '2026-01-01'),
    ('told by another rule', 'fedcba98-7654-3210-0123-456789abcdef'::UUID, 'acct', DATE '2026-01-01')
  ) suspects(name, token_hash, account, day) WHERE ${told.untold('W-EXF-1', day)}`);
  connection.closeSync();
  expect(result.getRows().flat()).toEqual(['next day', 'other account', 'told by another rule']);
});

it('asks nothing where a rule has told nothing of the days', () => {
  expect(told.untold('W-EXF-1', nextDay)).toBeUndefined();
  expect(told.untold('W-OVR-1', day)).toBeUndefined();
});
