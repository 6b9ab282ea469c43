const classes = {
  read: 'reads',
  list: 'lists',
  meta: 'metas',
  write: 'writes',
  copy: 'copies',
  delete: 'deletes',
  acl: 'acls',
  tier: 'tiers',
  policy: 'policies',
  lease: 'leases',
  other: 'others',
} as const;

/** Operations that replace an object if there is one of that name. */
const overwriting = ['PutBlob', 'PutBlockList', 'CopyBlob', 'PutPage', 'FlushFile', 'CreateFile', 'PutRange'];

/** 1,024 bits, one for each distinct value hashed to it. Rules only unite and count bits, so the hash may be any. */
function bitmap(value: string): string {
  const bit = `set_bit(repeat('0', 1024)::BIT, (hash(${value}) % 1024)::INTEGER, 1)`;
  return `coalesce(bit_or(${bit}) FILTER (counted AND ${value} IS NOT NULL), repeat('0', 1024)::BIT)::BLOB`;
}

/**
 * A SELECT that derives the columns of the store's rollup from log rows.
 *
 * The store counts the same while it writes a segment, and hashes bitmaps with its own hash; here it is said in SQL, so
 * that a rule's test gives log rows only.
 *
 * @param rows name of a view with the columns of `storage_log`.
 */
export function rollupOf(rows: string): string {
  const byClass = Object.entries(classes).map(
    ([name, column]) => `(count(*) FILTER (ok AND operation_class = '${name}'))::UINTEGER AS ${column}`,
  );
  const operations = overwriting.map((name) => `'${name}'`).join(', ');
  return `
SELECT time_bucket(INTERVAL '5 minutes', time) AS bucket, account, auth_type, token, token_hash,
       min(token_fingerprint) AS token_fingerprint, min(sas_id) AS sas_id, min(key_name) AS key_name,
       min(key_hash) AS key_hash, count(*)::UINTEGER AS rows, (count(*) FILTER (counted))::UINTEGER AS n, (count(*) FILTER (ok))::UINTEGER AS ok,
       (count(*) FILTER (counted AND NOT ok))::UINTEGER AS errors,
       (count(*) FILTER (counted AND ip_class = 'public'))::UINTEGER AS public_n,
       (count(*) FILTER (counted AND upper(protocol) = 'HTTP'))::UINTEGER AS http_n,
       (count(*) FILTER (counted AND upper(tls_version) IN ('TLS 1.0', 'TLS 1.1')))::UINTEGER AS old_tls_n,
       ${byClass.join(',\n       ')},
       (count(*) FILTER (ok AND operation_name IN (${operations})))::UINTEGER AS overwrite_candidates,
       coalesce(sum(response_body_bytes) FILTER (counted), 0)::BIGINT AS bytes_out,
       coalesce(sum(request_body_bytes) FILTER (counted), 0)::BIGINT AS bytes_in,
       coalesce(bit_or(1::UBIGINT << (hash(container) % 63)::INTEGER) FILTER (counted AND container IS NOT NULL), 0)::UBIGINT AS container_bits,
       coalesce(bit_or(1::UBIGINT << (hash(tool_of(user_agent)) % 64)::INTEGER) FILTER (counted AND user_agent IS NOT NULL), 0)::UBIGINT AS agent_bits,
       ${bitmap('caller_ip')} AS ip_bits,
       ${bitmap('network_of(caller_ipv4, caller_ip)')} AS network_bits,
       ${bitmap('object_key')} AS object_bits,
       min(time) AS min_time, max(time) AS max_time
FROM (SELECT *, operation_count = 0 AS counted,
             operation_count = 0 AND coalesce(status_code BETWEEN 200 AND 299 OR status_code = 304, false) AS ok
      FROM ${rows})
GROUP BY ALL`;
}
