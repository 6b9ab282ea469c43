import type { DuckDBConnection } from '@duckdb/node-api';
import type { ColumnPolicy } from '../core/columns.ts';
import { identities, identityHash } from './row-identity.ts';

/** A relation that has `file_index` and `file_row_number` beside the log columns. */
type Relation = string;

const place = 'file_index, file_row_number';

/**
 * Makes the temporary table `duplicate`: the rows of `incoming` that stand in it before, or in files compacted before.
 *
 * Rows whose hash is nobody else's are never looked at again, so where there are no duplicates this costs one grouping of
 * 64-bit numbers; those that share one are compared column by column.
 *
 * @param known relations of files compacted before, by their policy.
 * @returns how many rows the table has.
 */
export async function findDuplicates(
  connection: DuckDBConnection,
  incoming: Relation,
  known: ReadonlyMap<ColumnPolicy, Relation>,
): Promise<number> {
  await connection.run(`CREATE OR REPLACE TEMP TABLE repeated AS SELECT *, 0 AS nth FROM ${incoming} WHERE false`);
  const policies = new Set<ColumnPolicy>(['full', ...known.keys()]);
  for (const policy of policies) await addRepeated(connection, incoming, policy, known.get(policy));
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE duplicate AS SELECT DISTINCT ON (${place}) * EXCLUDE (nth) FROM repeated`,
  );
  await connection.run('DROP TABLE repeated');
  const reader = await connection.runAndReadAll('SELECT count(*) FROM duplicate');
  return Number(reader.getRows()[0]?.[0]);
}

async function addRepeated(
  connection: DuckDBConnection,
  incoming: Relation,
  policy: ColumnPolicy,
  known: Relation | undefined,
): Promise<void> {
  const hash = identityHash(policy);
  const others = known === undefined ? '' : `UNION ALL SELECT ${hash}, 0 FROM ${known}`;
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE shared AS SELECT hash FROM (SELECT ${hash} AS hash, 1 AS incoming FROM ${incoming} ${others})
      GROUP BY hash HAVING count(*) > 1 AND max(incoming) = 1`,
  );
  const suspects = `SELECT *, 1 AS incoming FROM ${incoming} WHERE ${hash} IN (FROM shared)
    ${known === undefined ? '' : `UNION ALL BY NAME SELECT *, 0 AS incoming FROM ${known} WHERE ${hash} IN (FROM shared)`}`;
  const reader = await connection.runAndReadAll('SELECT count(*) FROM shared');
  if (Number(reader.getRows()[0]?.[0]) === 0) return;
  // Two incoming rows are compared in all their columns only; against a file that kept fewer, in those it kept.
  const repeats = policy === 'full' ? 'nth > 1' : 'first = 0';
  for (const { where, by } of identities(policy)) {
    const partition = by.map((name) => `"${name}"`).join(', ');
    await connection.run(
      `INSERT INTO repeated BY NAME SELECT * EXCLUDE (incoming, first) FROM (
        SELECT *, min(incoming) OVER w AS first,
          row_number() OVER (PARTITION BY ${partition} ORDER BY incoming, ${place}) AS nth
        FROM (${suspects}) WHERE ${where} WINDOW w AS (PARTITION BY ${partition}))
      WHERE incoming = 1 AND ${repeats}`,
    );
  }
}
