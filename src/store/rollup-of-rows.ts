import { bucketMicros, identitySpecs, suffixBytesMax } from './rollup-columns.ts';
import { type ClassCounter, type CounterName, classCounters, counterNames, overwriting } from './rollup-counters.ts';
import { literal } from './segment-writer.ts';
import { startOfStretch } from './stretch-start.ts';

/** What one row of a rollup is about: equal in all of them, two rows are one. */
export const rollupIdentity = ['bucket', ...identitySpecs.map(({ name }) => name)] as const;

/** SQL of the identity of a log row. */
export const identityOfRow: readonly string[] = rollupIdentity.map((name) =>
  name === 'bucket' ? `make_timestamp(${startOfStretch('time', bucketMicros)}) AS bucket` : name,
);

/** Of the rows of one request, the one that counters, sums and bitmaps count. */
export const counted = 'operation_count = 0';
// As `rollUp` has it: SMB and NFS write 0 for success, and a status that is not known is neither.
const succeeded = `${counted} AND (status_code BETWEEN 200 AND 299 OR status_code = 304 OR status_code = 0)`;

const byClass = Object.fromEntries(
  Object.entries(classCounters).map(([name, counter]) => [
    counter,
    `${succeeded} AND operation_class = ${literal(name)}`,
  ]),
) as Record<ClassCounter, string>;

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

/** SQL of what all of some suffixes are that are not ''; '' where there are none, null where they differ. */
export function sharedSuffix(suffix: string): string {
  return `if(min(nullif(${suffix}, '')) IS NOT DISTINCT FROM max(nullif(${suffix}, '')), max(${suffix}), NULL)`;
}

const written = `${succeeded} AND operation_class IN ('write', 'copy')`;
const suffixOfRow = `coalesce(if(${written}, regexp_extract(object_key, '\\.([^./]+)$', 1), ''), '')`;

/** SQL of the suffix over the log rows of one identity. */
export const suffixOfRows = `if(max(strlen(${suffixOfRow})) <= ${suffixBytesMax}, ${sharedSuffix(suffixOfRow)}, NULL)`;

/** SQL of each counter and sum over the log rows of one identity, as `rollUp` counts them. */
export const countsOfRows: Readonly<Record<CounterName | 'bytes_out' | 'bytes_in', string>> = {
  ...(Object.fromEntries(counterNames.map((name) => [name, `count(*) FILTER (${conditions[name]})`])) as Record<
    CounterName,
    string
  >),
  bytes_out: `coalesce(sum(response_body_bytes) FILTER (${counted}), 0)`,
  bytes_in: `coalesce(sum(request_body_bytes) FILTER (${counted}), 0)`,
};
