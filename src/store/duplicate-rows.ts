import type { DuckDBConnection } from '@duckdb/node-api';
import type { ColumnPolicy } from '../core/columns.ts';
import { countRows } from './count-rows.ts';
import { type Identity, identities } from './row-identity.ts';

/** A relation that has `filename` and `file_row_number` beside the log columns. */
type Relation = string;

const place = 'filename, file_row_number';

/**
 * Makes the temporary table `duplicate`: the rows of `incoming` that stand in it before, or in files compacted before.
 *
 * Rows whose hash is nobody else's are never looked at again, so where there are no duplicates this costs one grouping of
 * 64-bit numbers; those that share one are compared column by column.
 *
 * @param known relations of files compacted before, by their policy.
 * @returns how many rows the table has; it is not made for none.
 */
export async function findDuplicates(
  connection: DuckDBConnection,
  incoming: Relation,
  known: ReadonlyMap<ColumnPolicy, Relation>,
): Promise<number> {
  const policies = new Set<ColumnPolicy>(['full', ...known.keys()]);
  let any = false;
  for (const policy of policies) {
    for (const identity of identities(policy))
      any = (await addRepeated(connection, incoming, policy, identity, known.get(policy))) || any;
  }
  if (!any) return 0;
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE duplicate AS SELECT DISTINCT ON (${place}) * EXCLUDE (nth) FROM repeated`,
  );
  await connection.run('DROP TABLE repeated');
  return countRows(connection, 'duplicate');
}

/** @returns false if no hash is shared. */
async function addRepeated(
  connection: DuckDBConnection,
  incoming: Relation,
  policy: ColumnPolicy,
  { where, by, hashed }: Identity,
  known: Relation | undefined,
): Promise<boolean> {
  const list = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ');
  const hash = `hash(${list(hashed)})`;
  const hashes = [`SELECT ${hash} AS hash, true AS incoming FROM ${incoming} WHERE ${where}`];
  const repeated = ['count(*) > 1'];
  const rows = [`SELECT *, 1 AS incoming FROM ${incoming}`];
  if (known !== undefined) {
    hashes.push(`SELECT ${hash}, false FROM ${known} WHERE ${where}`);
    repeated.push('bool_or(incoming)');
    rows.push(`SELECT *, 0 AS incoming FROM ${known}`);
  }
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE shared AS SELECT hash FROM (${hashes.join(' UNION ALL ')})
      GROUP BY hash HAVING ${repeated.join(' AND ')}`,
  );
  if ((await countRows(connection, 'shared')) === 0) return false;
  const suspects = rows.map((relation) => `${relation} WHERE ${where} AND ${hash} IN (FROM shared)`);
  // Two incoming rows are compared in all their columns only; against a file that kept fewer, in those it kept.
  const repeats = policy === 'full' ? 'nth > 1' : 'first = 0';
  await connection.run(`CREATE TEMP TABLE IF NOT EXISTS repeated AS SELECT *, 0 AS nth FROM ${incoming} WHERE false`);
  await connection.run(
    `INSERT INTO repeated BY NAME SELECT * EXCLUDE (incoming, first) FROM (
      SELECT *, min(incoming) OVER w AS first,
        row_number() OVER (PARTITION BY ${list(by)} ORDER BY incoming, ${place}) AS nth
      FROM (${suspects.join(' UNION ALL BY NAME ')}) WINDOW w AS (PARTITION BY ${list(by)}))
    WHERE incoming = 1 AND ${repeats}`,
  );
  return true;
}
