import type { DuckDBConnection } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import { DuckDBInstance } from '../../src/core/duckdb.ts';
import { createTerms, keptSets, numberTerms } from '../../src/detect/kept-sas.ts';
import { KeptUse } from '../../src/detect/kept-use.ts';
import { attachLasting, showLasting } from '../../src/detect/lasting-tables.ts';
import { TokenLives } from '../../src/detect/token-lives.ts';
import { counters, entityViews } from '../../src/store/entity-views.ts';
import { sketchNames } from '../../src/store/rollup-columns.ts';
import { placeOfBits, storedRollup, wholeBitmaps } from '../../src/store/rollup-relation.ts';
import { sasRelation } from '../../src/store/views.ts';

/**
 * Rows of some tokens, most of them close together, some of a day of their own; half of the tokens are granted for a day. Half of the
 * bitmaps with one bit are stored as they were before there were places.
 */
const someRows = `SELECT *, token % 2 AS sas_id, lpad(token::VARCHAR, 32, '0')::UUID AS token_hash, bucket + INTERVAL 1 SECOND AS min_time,
    bucket + INTERVAL 2 SECOND AS max_time, ${sketchNames.map((name) => `if(place IS NULL, bits, NULL) AS ${name}_bits, place AS ${name}_bit`).join(', ')}
  FROM (SELECT *, if(old, NULL, ${placeOfBits('bits')}) AS place FROM (
    SELECT TIMESTAMP '2026-01-01 23:00:00' + to_minutes(5 * (random() * 30)::INTEGER) AS bucket,
      'a' || (random() * 1.4)::INTEGER AS account, 'sas_service' AS auth_type, (random() * 120)::UBIGINT AS token,
      (random() * 8)::UBIGINT AS container_bits, (random() * 8)::UBIGINT AS agent_bits,
      ${counters.map((name) => `(random() * 3)::UINTEGER AS ${name}`).join(', ')},
      from_binary(lpad(repeat('1', if(random() < 0.3, (random() * 500)::INTEGER, 1))
        || repeat('0', (random() * 500)::INTEGER), 1024, '0'))::BIT AS bits, random() < 0.5 AS old
    FROM range(60)) t) t`;

/** Makes tables of some SAS parameter sets. @param sets a SELECT of what they have. */
async function makeSets(connection: DuckDBConnection, sets: string): Promise<void> {
  await connection.run(`CREATE TABLE sas AS FROM ${sasRelation('.', [])}`);
  await connection.run(`INSERT INTO sas BY NAME ${sets}`);
  await connection.run(createTerms('sas LIMIT 0'));
  await connection.run(numberTerms('sas'));
  await connection.run(`CREATE TABLE kept_sas AS FROM ${keptSets('sas')}`);
}

/** No row names a set that is not there. */
const knowsAll = (ids: readonly bigint[]): Promise<boolean> =>
  Promise.reject(new Error(`sets ${ids.join()} are unknown`));

async function rowsOf(connection: DuckDBConnection, relation: string): Promise<string[]> {
  const result = await connection.runAndReadAll(`SELECT e::VARCHAR FROM (${relation}) e ORDER BY 1`);
  return result.getRows().map(([row]) => String(row));
}

it('has by the day and for life what the views make of all rows, however they came', async () => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  for (const each of [attachLasting, showLasting, 'SELECT setseed(0.25)']) await connection.run(each);
  await makeSets(
    connection,
    `SELECT id AS sas_id, if(id = 0, 'r', NULL) AS sp, '2024-11-04' AS sv, if(id = 1, 'c', NULL) AS sr, TIMESTAMP '2026-01-01' AS st_time,
      TIMESTAMP '2026-01-02' + to_years(id::INTEGER) AS se_time FROM range(2) t(id)`,
  );
  await connection.run(`CREATE TABLE rollup AS FROM ${storedRollup('.', [])}`);
  await connection.run('CREATE TABLE everything AS FROM rollup');
  const [use, lives] = [new KeptUse(connection), new TokenLives(connection)];
  await use.create();
  await lives.create();
  const equal = async () => {
    await use.days();
    for (const [view, name] of [
      ['token_day', 'token_day'],
      ['family_day', 'family_day'],
      ['granted_token_life', 'token_life'],
    ] as const) {
      const slow = `WITH rollup AS (FROM ${wholeBitmaps('everything')}), sas_use AS (${entityViews.sas_use}) SELECT * FROM (${entityViews[name]})`;
      expect(await rowsOf(connection, `FROM ${view}`)).toEqual(await rowsOf(connection, slow));
    }
  };
  for (let time = 0; time < 6; time += 1) {
    await connection.run('DELETE FROM rollup');
    await connection.run(`INSERT INTO rollup BY NAME SELECT * EXCLUDE (bits, old, place) FROM (${someRows})`);
    await connection.run('INSERT INTO everything FROM rollup');
    await use.add(knowsAll);
    await lives.add(use.added);
    if (time % 2 === 0) await equal();
  }
  const lone = await connection.runAndReadAll('SELECT count(*) > 0 FROM kept_sas_use WHERE taken IS NULL');
  expect(lone.getRows()).toEqual([[true]]);
  expect(await use.take("day <= DATE '2026-01-01'")).toBe(true);
  await lives.add(use.added);
  await equal();
  expect(await use.take('true')).toBe(true);
  await lives.add(use.added);
  await equal();
  expect(await use.take('true')).toBe(false);
  connection.closeSync();
  instance.closeSync();
});

it('tells nothing more of a token that was told of by a row alone once it is forgotten', async () => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  for (const each of [attachLasting, showLasting]) await connection.run(each);
  await makeSets(
    connection,
    `SELECT i::UBIGINT AS sas_id, 'p' || i AS si, TIMESTAMP '2026-01-01' AS st_time,
      TIMESTAMP '2026-01-01' + to_hours(i::INTEGER) AS se_time FROM (VALUES (8), (9), (90)) t(i)`,
  );
  await connection.run(`CREATE TABLE rollup AS FROM ${storedRollup('.', [])}`);
  const [use, lives] = [new KeptUse(connection), new TokenLives(connection)];
  await use.create();
  await lives.create();
  await connection.run(`INSERT INTO rollup BY NAME SELECT i::UBIGINT AS token, lpad(i::VARCHAR, 32, '0')::UUID AS token_hash,
      'sas_service' AS auth_type, 'a' AS account, sas::UBIGINT AS sas_id, 1 AS n, 1 AS ok, TIMESTAMP '2026-01-01 07:00:00' AS bucket,
      TIMESTAMP '2026-01-01 07:00:00' + to_hours(later) AS min_time, min_time AS max_time
    FROM (VALUES (1, 8, 0), (2, 9, 0), (3, 8, 2), (4, 90, 0)) t(i, sas, later)`);
  await use.add(knowsAll);
  await lives.add(use.added);
  const told = async (view: string) => {
    await use.days();
    const result = await connection.runAndReadAll(`SELECT right(token_hash::VARCHAR, 1) FROM ${view} ORDER BY 1`);
    return result.getRows().flat().join('');
  };
  for (const view of ['token_life', 'token_day']) expect(await told(view)).toBe('1234');
  await use.forget(BigInt(Date.parse('2026-01-01T09:00:00Z')) * 1000n);
  for (const view of ['token_life', 'token_day']) expect(await told(view)).toBe('234');
  expect(await told('sas_use')).toBe('1234');
  // What is dropped later is not taken in by the tables.
  expect(await use.take('sas_id = 8')).toBe(true);
  await lives.add(use.added);
  for (const view of ['token_life', 'token_day']) expect(await told(view)).toBe('234');
  // Terms stay for as long as a set or a row has them.
  await connection.run('DELETE FROM kept_sas WHERE sas_id < 90');
  await connection.run('DELETE FROM kept_sas_use WHERE sas_id = 8');
  await use.forget(0n);
  expect(await rowsOf(connection, 'SELECT si FROM sas_terms')).toEqual(["{'si': p90}", "{'si': p9}"]);
  connection.closeSync();
  instance.closeSync();
});

it('takes rows in with sets that have been forgotten, and once where there is no such set', async () => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  for (const each of [attachLasting, showLasting]) await connection.run(each);
  await makeSets(connection, "SELECT 1 AS sas_id, 'r' AS sp");
  await connection.run('CREATE TABLE forgotten AS FROM kept_sas');
  await connection.run('DELETE FROM kept_sas');
  await connection.run(`CREATE TABLE rollup AS FROM ${storedRollup('.', [])}`);
  const [use, lives] = [new KeptUse(connection), new TokenLives(connection)];
  await use.create();
  await lives.create();
  await connection.run(`INSERT INTO rollup BY NAME SELECT i::UBIGINT AS token, lpad(i::VARCHAR, 32, '0')::UUID AS token_hash,
      'sas_service' AS auth_type, 'a' AS account, i::UBIGINT AS sas_id, 1 AS n, 1 AS ok, TIMESTAMP '2026-01-01 07:00:00' AS bucket
    FROM range(1, 3) t(i)`);
  const asked: (readonly bigint[])[] = [];
  await use.add(async (ids) => {
    asked.push([...ids].sort());
    return (await connection.runAndReadAll('INSERT INTO kept_sas FROM forgotten')).rowsChanged > 0;
  });
  expect(asked).toEqual([[1n, 2n]]);
  expect(await rowsOf(connection, 'SELECT token_key, sp FROM sas_use')).toEqual([
    "{'token_key': 1, 'sp': r}",
    "{'token_key': 2, 'sp': NULL}",
  ]);
  await use.add(async () => false);
  expect(await rowsOf(connection, 'SELECT count(*) AS n FROM sas_use')).toEqual(["{'n': 4}"]);
  connection.closeSync();
  instance.closeSync();
});
