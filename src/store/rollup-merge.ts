import { bucketMicros, rollupSpecs } from './rollup.ts';
import { type ClassCounter, type CounterName, classCounters, counterNames, overwriting } from './rollup-counts.ts';
import { literal } from './segment-writer.ts';

type RollupColumn = (typeof rollupSpecs)[number]['name'];

/** What one row of a rollup is about: equal in all of them, two rows are one. */
const identity = [
  'bucket',
  'account',
  'auth_type',
  'token',
  'token_hash',
  'token_fingerprint',
  'sas_id',
  'key_name',
  'key_hash',
] as const satisfies readonly RollupColumn[];

const counted = 'operation_count = 0';
// As `rollUp` has it: SMB and NFS write 0 for success, and a status that is not known is neither.
const succeeded = `${counted} AND (status_code BETWEEN 200 AND 299 OR status_code = 304 OR status_code = 0)`;

const byClass = Object.fromEntries(
  Object.entries(classCounters).map(([name, counter]) => [
    counter,
    `${succeeded} AND operation_class = ${literal(name)}`,
  ]),
) as Record<ClassCounter, string>;

/** Which rows each counter counts, as `rollupCounts` has it. */
const conditions: Readonly<Record<CounterName, string>> = {
  rows: 'true',
  n: counted,
  ok: succeeded,
  errors: `${counted} AND status_code IS NOT NULL AND NOT (${succeeded})`,
  public_n: `${counted} AND ip_class = 'public'`,
  http_n: `${counted} AND upper(protocol) = 'HTTP'`,
  old_tls_n: `${counted} AND upper(tls_version) IN ('TLS 1.0', 'TLS 1.1')`,
  ...byClass,
  others: `${succeeded} AND operation_class NOT IN (${Object.keys(classCounters).map(literal).join(', ')})`,
  overwrite_candidates: `${succeeded} AND operation_name IN (${[...overwriting].map(literal).join(', ')})`,
};

/** Counters and sums of log rows, to be taken off a rollup: bitmaps stay, since an equal row is still there. */
function takenOff(rows: string): string {
  const columns = identity.map((name) =>
    name === 'bucket' ? `make_timestamp(epoch_us(time) // ${bucketMicros} * ${bucketMicros}) AS bucket` : `"${name}"`,
  );
  const counters = counterNames.map((name) => `-(count(*) FILTER (${conditions[name]}))::BIGINT AS "${name}"`);
  return `SELECT ${[...columns, ...counters].join(', ')},
      -coalesce(sum(response_body_bytes) FILTER (${counted}), 0)::BIGINT AS bytes_out,
      -coalesce(sum(request_body_bytes) FILTER (${counted}), 0)::BIGINT AS bytes_in
    FROM ${rows} GROUP BY ALL`;
}

function merged({ name, type }: (typeof rollupSpecs)[number]): string {
  switch (name) {
    case 'container_bits':
    case 'agent_bits':
      return `bit_or(${name}) AS ${name}`;
    case 'ip_bits':
    case 'network_bits':
    case 'object_bits':
      return `bit_or(${name}::BIT)::BLOB AS ${name}`;
    case 'min_time':
      return 'min(min_time) AS min_time';
    case 'max_time':
      return 'max(max_time) AS max_time';
  }
  if (type === 'int64') return `sum(${name})::BIGINT AS ${name}`;
  // Rollups older than a counter never counted it, so there is nothing to take a duplicate off.
  return type === 'uint32' ? `greatest(sum(${name}), 0)::UINTEGER AS ${name}` : name;
}

/**
 * SQL of the rollup of some segments without some of their rows: one row per identity and bucket.
 *
 * @param rollups relation of the segments' rollups.
 * @param without relation of log rows that are in the segments and have an equal in the lake.
 */
export function mergedRollup(rollups: string, without: string): string {
  const partial = rollupSpecs.map(({ name, type }) => (type === 'uint32' ? `${name}::BIGINT AS ${name}` : name));
  return `SELECT ${rollupSpecs.map(merged).join(', ')}
    FROM (SELECT ${partial.join(', ')} FROM ${rollups} UNION ALL BY NAME ${takenOff(without)})
    GROUP BY ${identity.join(', ')} HAVING sum("rows") > 0`;
}
