import { bucketMicros, rollupSpecs } from './rollup.ts';
import { classCounters, counterNames, overwriting } from './rollup-counts.ts';
import { literal } from './segment-writer.ts';

const bitmaps = ['ip_bits', 'network_bits', 'object_bits'];
const sums = [...counterNames, 'bytes_out', 'bytes_in'];
const notIdentity = new Set([...sums, ...bitmaps, 'container_bits', 'min_time', 'max_time']);
const identity = rollupSpecs.map(({ name }) => name).filter((name) => !notIdentity.has(name));

const counted = 'operation_count = 0';
// As `rollUp` has it: SMB and NFS write 0 for success, and a status that is not known is neither.
const succeeded = `${counted} AND (status_code BETWEEN 200 AND 299 OR status_code = 304 OR status_code = 0)`;

function condition(counter: string): string {
  const byClass = Object.entries(classCounters).find(([, name]) => name === counter);
  if (byClass !== undefined) return `${succeeded} AND operation_class = ${literal(byClass[0])}`;
  switch (counter) {
    case 'rows':
      return 'true';
    case 'n':
      return counted;
    case 'ok':
      return succeeded;
    case 'errors':
      return `${counted} AND status_code IS NOT NULL AND NOT (${succeeded})`;
    case 'public_n':
      return `${counted} AND ip_class = 'public'`;
    case 'overwrite_candidates':
      return `${succeeded} AND operation_name IN (${[...overwriting].map(literal).join(', ')})`;
    default:
      return `${succeeded} AND operation_class NOT IN (${Object.keys(classCounters).map(literal).join(', ')})`;
  }
}

/** Counters and sums of log rows, to be taken off a rollup: bitmaps stay, since an equal row is still there. */
function takenOff(rows: string): string {
  const columns = identity.map((name) =>
    name === 'bucket' ? `make_timestamp(epoch_us(time) // ${bucketMicros} * ${bucketMicros}) AS bucket` : `"${name}"`,
  );
  const counters = counterNames.map((name) => `-(count(*) FILTER (${condition(name)}))::BIGINT AS "${name}"`);
  return `SELECT ${[...columns, ...counters].join(', ')},
      -coalesce(sum(response_body_bytes) FILTER (${counted}), 0)::BIGINT AS bytes_out,
      -coalesce(sum(request_body_bytes) FILTER (${counted}), 0)::BIGINT AS bytes_in
    FROM ${rows} GROUP BY ALL`;
}

/**
 * SQL of the rollup of some segments without some of their rows: one row per identity and bucket.
 *
 * @param rollups relation of the segments' rollups.
 * @param without relation of log rows that are in the segments and have an equal in the lake.
 */
export function mergedRollup(rollups: string, without: string): string {
  const specs = rollupSpecs.map(({ name, type }) => {
    if (sums.includes(name)) return `sum("${name}")::${type === 'int64' ? 'BIGINT' : 'UINTEGER'} AS "${name}"`;
    if (bitmaps.includes(name)) return `bit_or("${name}"::BIT)::BLOB AS "${name}"`;
    if (name === 'container_bits') return 'bit_or(container_bits) AS container_bits';
    if (name === 'min_time' || name === 'max_time') return `${name.slice(0, 3)}(${name}) AS ${name}`;
    return `"${name}"`;
  });
  const partial = rollupSpecs.map(({ name, type }) =>
    type === 'uint32' ? `"${name}"::BIGINT AS "${name}"` : `"${name}"`,
  );
  return `SELECT ${specs.join(', ')}
    FROM (SELECT ${partial.join(', ')} FROM ${rollups} UNION ALL BY NAME ${takenOff(without)})
    GROUP BY ${identity.map((name) => `"${name}"`).join(', ')} HAVING sum("rows") > 0`;
}
