import { bitSpec, bitsSpec, rollupSpecs, type SketchName, sketchNames } from './rollup-columns.ts';
import { countsOfRows, identityOfRow, rollupIdentity, sharedSuffix } from './rollup-of-rows.ts';
import { bitsAsBit, placeOfBits } from './rollup-relation.ts';

/** Counters and sums of log rows, to be taken off a rollup: bitmaps and suffixes stay, since an equal row is still there. */
function takenOff(rows: string): string {
  const counts = Object.entries(countsOfRows).map(([name, sql]) => `-(${sql})::BIGINT AS ${name}`);
  return `SELECT ${[...identityOfRow, ...counts, `'' AS suffix`].join(', ')} FROM ${rows} GROUP BY ALL`;
}

const united = (name: SketchName) => `bit_or(${bitsAsBit(name)}) AS ${bitsSpec(name).name}`;

/** What becomes of united bitmaps in a file. */
const placed = sketchNames.map((name) => {
  const { name: bits } = bitsSpec(name);
  return `if(bit_count(${bits}) = 1, NULL, ${bits}::BLOB) AS ${bits}, ${placeOfBits(bits)} AS ${bitSpec(name).name}`;
});

const others = rollupSpecs.filter(({ type }) => type !== 'blob' && type !== 'uint16');

function merged({ name, type }: (typeof others)[number]): string {
  switch (name) {
    case 'container_bits':
    case 'agent_bits':
      return `bit_or(${name}) AS ${name}`;
    case 'min_time':
      return 'min(min_time) AS min_time';
    case 'max_time':
      return 'max(max_time) AS max_time';
    case 'suffix':
      return `if(count(suffix) = count(*), ${sharedSuffix('suffix')}, NULL) AS suffix`;
  }
  if (type === 'int64') return `sum(${name})::BIGINT AS ${name}`;
  // Rollups older than a counter never counted it, so there is nothing to take a duplicate off.
  return type === 'uint32' ? `greatest(sum(${name}), 0)::UINTEGER AS ${name}` : name;
}

/**
 * SQL of the rollup of some segments without some of their rows: one row per identity and bucket.
 *
 * Most rows are the only ones of their identity and pass as they are: only those whose hash another has too are summed up.
 *
 * @param rollups relation of the segments' rollups.
 * @param without relation of log rows that are in the segments and have an equal in the lake; null if there are none.
 */
export function mergedRollup(rollups: string, without: string | null): string {
  const names = rollupSpecs.map(({ name }) => `"${name}"`);
  const signed = rollupSpecs.map(({ name, type }) =>
    type === 'uint32' ? `"${name}"::BIGINT AS "${name}"` : `"${name}"`,
  );
  const hash = `hash(${rollupIdentity.join(', ')})`;
  const less = without === null ? null : takenOff(without);
  return `WITH whole AS MATERIALIZED (SELECT ${names.join(', ')}, ${hash} AS identity FROM ${rollups}),
    less AS MATERIALIZED (${less === null ? 'SELECT * FROM whole WHERE false' : `SELECT *, ${hash} AS identity FROM (${less})`}),
    shared AS (SELECT identity FROM (SELECT identity FROM whole UNION ALL SELECT identity FROM less)
      GROUP BY identity HAVING count(*) > 1)
    SELECT ${names.join(', ')} FROM whole WHERE identity NOT IN (FROM shared)
    UNION ALL BY NAME
    SELECT ${[...others.map(({ name }) => `"${name}"`), ...placed].join(', ')} FROM (
    SELECT ${[...others.map(merged), ...sketchNames.map(united)].join(', ')}
    FROM (SELECT ${signed.join(', ')} FROM whole WHERE identity IN (FROM shared) UNION ALL BY NAME SELECT * EXCLUDE (identity) FROM less)
    GROUP BY ${rollupIdentity.join(', ')} HAVING sum("rows") > 0)`;
}
