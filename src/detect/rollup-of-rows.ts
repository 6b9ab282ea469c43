import { counted, countsOfRows, identityOfRow, suffixOfRows } from '../store/rollup-of-rows.ts';

/** 1,024 bits, one for each distinct value hashed to it. Rules only unite and count bits, so the hash may be any. */
function bitmap(value: string): string {
  const bit = `set_bit(repeat('0', 1024)::BIT, (hash(${value}) % 1024)::INTEGER, 1)`;
  return `coalesce(bit_or(${bit}) FILTER (${counted} AND ${value} IS NOT NULL), repeat('0', 1024)::BIT)::BLOB`;
}

function bits(value: string, width: number): string {
  const bit = `1::UBIGINT << (hash(${value}) % ${width})::INTEGER`;
  return `coalesce(bit_or(${bit}) FILTER (${counted} AND ${value} IS NOT NULL), 0)::UBIGINT`;
}

/**
 * A SELECT that derives the columns of the store's rollup from log rows, so that a rule's test gives log rows only. The
 * store hashes into bitmaps with its own hash while it writes a segment; everything else is equal.
 *
 * @param rows name of a view with the columns of `storage_log`.
 */
export function rollupOf(rows: string): string {
  const counts = Object.entries(countsOfRows).map(
    ([name, sql]) => `(${sql})::${name.startsWith('bytes_') ? 'BIGINT' : 'UINTEGER'} AS ${name}`,
  );
  return `
SELECT ${[...identityOfRow, ...counts].join(',\n       ')},
       ${bits('container', 63)} AS container_bits,
       ${bits('tool_of(user_agent)', 64)} AS agent_bits,
       ${bitmap('caller_ip')} AS ip_bits,
       ${bitmap('network_of(caller_ipv4, caller_ip)')} AS network_bits,
       ${bitmap('object_key')} AS object_bits,
       ${suffixOfRows} AS suffix,
       min(time) AS min_time, max(time) AS max_time
FROM ${rows}
GROUP BY ALL`;
}
