import { isBriefFrom } from './expired-tokens.ts';

/**
 * An estate that mints a token an object has one row of most of them. Where such a token was granted for a day at most, its row of
 * `kept_sas_use` tells of its day and its life too, and no table but that has it: `taken` is null. Of other rows it is the
 * number of the time at which the tables of days and lives took them in, and 0 of those of a token that is forgotten.
 */
export const isLone = 'taken IS NULL';

/** FROM clauses of such rows, and of the others. */
export const loneRows = `kept_sas_use WHERE ${isLone}`;
export const busyRows = 'kept_sas_use WHERE taken IS NOT NULL';

/** Of a token that was granted for longer there is something to tell when its row is dropped. */
const mayBeLone = `ok > 0 AND ${isBriefFrom('min_time')}`;

/** The columns `arrival` and `taken` of rows that come. @param arrival the number of this time. */
export const taking = (arrival: number) =>
  `${arrival}::UINTEGER AS arrival, if(${mayBeLone}, NULL, ${arrival})::UINTEGER AS taken`;

/** The same where none is to be lone. */
export const takingAll = (arrival: number) => `${arrival}::UINTEGER AS arrival, ${arrival}::UINTEGER AS taken`;

/** Takes rows that were lone. @param rows a condition over them. @param arrival the number of this time. */
export const takeLone = (rows: string, arrival: number) =>
  `UPDATE kept_sas_use SET taken = ${arrival} WHERE ${isLone} AND ${rows}`;

/** Of a relation with a condition, be it one that all meet, DuckDB expects fewer rows, and has these in memory and not the others. */
const allFresh = 'SELECT token_key FROM fresh WHERE steps > 0';

/**
 * A condition that is true of lone rows whose token has another row, be it of failures, since rows came with a number. By half of the
 * hash: to take a row that is alone changes nothing that is told.
 */
export const isMetAgain = (arrival: number) => `rowid IN (
  WITH fresh AS MATERIALIZED (SELECT token_key, count(*) AS steps FROM kept_sas_use WHERE arrival = ${arrival} GROUP BY token_key),
  earlier AS MATERIALIZED (
    SELECT rowid AS number, token_key FROM kept_sas_use SEMI JOIN (${allFresh}) USING (token_key) WHERE arrival < ${arrival}),
  again AS MATERIALIZED (
    SELECT token_key FROM fresh WHERE steps > 1
    UNION ALL SELECT token_key FROM earlier
    UNION ALL SELECT token_key FROM kept_token_life SEMI JOIN (${allFresh}) USING (token_key))
  SELECT number FROM earlier
  UNION ALL SELECT rowid FROM kept_sas_use SEMI JOIN again USING (token_key) WHERE ${isLone} AND arrival = ${arrival})`;
