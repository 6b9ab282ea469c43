import { sasParameters } from '../core/sas.ts';
import { type SketchName, sketchNames } from './rollup-columns.ts';
import { placeOfBits } from './rollup-relation.ts';

/** What a rollup row counts that adds up over rows. */
export const counters = [
  'n',
  'ok',
  'errors',
  'public_n',
  'http_n',
  'old_tls_n',
  'reads',
  'lists',
  'metas',
  'writes',
  'copies',
  'deletes',
  'acls',
  'tiers',
  'policies',
  'leases',
  'others',
  'overwrite_candidates',
  'bytes_out',
  'bytes_in',
] as const;

const summed = counters.map((name) => `sum(${name})::BIGINT AS ${name}`).join(', ');
const united = sketchNames.map((name) => `bit_or(${name}_bits::BIT) AS ${name}_bits`).join(', ');
/** What `sas` says of a token. */
export const grants = ['kind', ...sasParameters, 'st_time', 'se_time', 'skt_time', 'ske_time'] as const;
type Grants = readonly (typeof grants)[number][];
const granted = (names: Grants) => names.map((name) => `s."${name}"`).join(', ');

const networkBit = `${placeOfBits('r.network_bits::BIT')} AS network_bit`;

/** What a token's five minutes are made of. */
interface UseParts {
  /** A FROM clause of rollups, as `r`, and what they were granted. */
  readonly from: string;
  /** SQL of what a row was granted. */
  grant(name: Grants[number]): string;
  /** What is told of it. */
  readonly names: Grants;
  /** Further columns, one of them `network_bit`. */
  readonly more: readonly string[];
}

/**
 * A token's five minutes as the rollups have them, unmerged: several rows where several segments hold them.
 *
 * `token_hash` names every token, by 16 zeros and the fingerprint where the log has no hash; `token_key` finds its rows in
 * `storage_log` (`coalesce(token, token_fingerprint)`). `family` are the tokens of one account that were minted alike: kind,
 * scope, permissions, policy, container (but for account SAS) and weeks of life. A service may mint one token an object, so
 * what is usual is asked of the family. `network_bit` is the place of the only bit of `network_bits`, null where there are others.
 * `suffix` is what all names end with that were written, '' where none has a suffix, null where they differ or it is not known.
 */
export function sasUseOf({ from, grant, names, more }: UseParts): string {
  return `SELECT coalesce(r.token_hash, lpad(hex(r.token_fingerprint), 32, '0')::UUID) AS token_hash,
    coalesce(r.token, r.token_fingerprint) AS token_key, r.account, r.bucket, r.bucket::DATE AS day,
    concat_ws('|', r.auth_type, coalesce(${grant('srt')}, ${grant('sr')}), ${grant('sp')}, ${grant('si')},
      if(r.auth_type = 'sas_account', NULL, r.container_bits),
      date_diff('day', ${grant('st_time')}, ${grant('se_time')}) // 7) AS family,
    r.auth_type, r.key_name, r.key_hash, r.sas_id, ${counters.map((name) => `r.${name}`).join(', ')}, r.container_bits,
    r.agent_bits, r.ip_bits, r.network_bits, r.object_bits, r.suffix, r.min_time, r.max_time, ${[...more, ...names.map((name) => `${grant(name)} AS "${name}"`)].join(', ')}
  FROM ${from}
  WHERE r.auth_type LIKE 'sas\\_%' ESCAPE '\\' AND (r.token_hash IS NOT NULL OR r.token_fingerprint IS NOT NULL)`;
}

/** A token's UTC day. `peak_hour_…` are of its busiest clock hour; `hours` has a bit for each hour of use. */
const tokenDay = `SELECT d.*, p.peak_hour_reads, p.peak_hour_bytes_out
  FROM (
    SELECT token_hash, account, day, max(token_key) AS token_key, max(family) AS family, max(auth_type) AS auth_type,
      max(key_name) AS key_name, max(key_hash) AS key_hash, arg_max(sas_id, max_time) AS sas_id, max(se_time) AS se_time, ${summed},
      bit_or(1::UINTEGER << hour(bucket)::INTEGER) AS hours, bit_or(container_bits) AS container_bits,
      bit_or(agent_bits) AS agent_bits, ${united}, min(min_time) AS min_time, max(max_time) AS max_time
    FROM sas_use WHERE ok > 0 GROUP BY token_hash, account, day) d
  JOIN (
    SELECT token_hash, account, day, max(reads)::BIGINT AS peak_hour_reads, max(bytes_out)::BIGINT AS peak_hour_bytes_out
    FROM (
      SELECT token_hash, account, day, hour(bucket) AS hour, sum(reads) AS reads, sum(bytes_out) AS bytes_out
      FROM sas_use WHERE ok > 0 GROUP BY ALL)
    GROUP BY token_hash, account, day) p
  ON p.token_hash = d.token_hash AND p.account = d.account AND p.day = d.day`;

/**
 * The same of rows that are the only ones of their token's day with a success.
 *
 * @param rows a FROM clause of them, with the columns of `sas_use`.
 * @param more further columns.
 * @param bits SQL of a bitmap, a BIT, by the name before `_bits`.
 */
export const tokenDayOfRow = (
  rows = 'sas_use WHERE ok > 0',
  more: readonly string[] = [],
  bits = (name: SketchName) => `${name}_bits::BIT`,
) => `SELECT token_hash, account, day, token_key, family, auth_type, key_name, key_hash, sas_id, se_time,
    ${counters.map((name) => `${name}::BIGINT AS ${name}`).join(', ')}, 1::UINTEGER << hour(bucket)::INTEGER AS hours,
    container_bits, agent_bits, ${sketchNames.map((name) => `${bits(name)} AS ${name}_bits`).join(', ')}, min_time, max_time,
    reads::BIGINT AS peak_hour_reads, bytes_out::BIGINT AS peak_hour_bytes_out ${more.map((name) => `, ${name}`).join('')}
  FROM ${rows}`;

/**
 * A token's UTC day as its family's is made of: totals, and the most of 15 minutes (`span_…`, sliding in steps of five).
 */
const familyToken = `WITH steps AS (
    SELECT account, token_hash, day, bucket, max(family) AS family, sum(reads) AS reads, sum(bytes_out) AS bytes_out,
      sum(deletes) AS deletes, sum(lists) AS lists, sum(overwrite_candidates) AS overwrites, sum(errors) AS errors,
      sum(tiers) AS tiers, bit_or(network_bits::BIT) FILTER (ok > 0) AS network_bits
    FROM sas_use GROUP BY ALL),
  windows AS (
    SELECT account, token_hash, day, family, reads, bytes_out, deletes, lists, network_bits, sum(reads) OVER span AS span_reads,
      sum(bytes_out) OVER span AS span_bytes_out, sum(deletes) OVER span AS span_deletes,
      sum(overwrites) OVER span AS span_overwrites, sum(errors) OVER span AS span_errors, sum(tiers) OVER span AS span_tiers
    FROM steps
    WINDOW span AS (PARTITION BY account, token_hash, day ORDER BY bucket
                    RANGE BETWEEN INTERVAL 10 MINUTES PRECEDING AND CURRENT ROW))
  SELECT account, token_hash, day, max(family) AS family, sum(reads) AS reads, sum(bytes_out) AS bytes_out,
    sum(deletes) AS deletes, sum(lists) AS lists, bit_count(bit_or(network_bits)) AS networks,
    max(span_reads) AS span_reads, max(span_bytes_out) AS span_bytes_out,
    max(span_deletes) AS span_deletes, max(span_overwrites) AS span_overwrites, max(span_errors) AS span_errors,
    max(span_tiers) AS span_tiers
  FROM windows GROUP BY account, token_hash, day`;

/**
 * A family's UTC day: how many tokens, totals, the most that one token did in 15 minutes (`peak_…`) and in the day (`most_…`).
 *
 * @param tokens a SELECT of what tokens did, each once a day.
 */
export function familyDayOf(tokens: string): string {
  return `SELECT account, family, day, count(*)::BIGINT AS tokens, sum(reads)::BIGINT AS reads, sum(bytes_out)::BIGINT AS bytes_out,
    sum(deletes)::BIGINT AS deletes, sum(lists)::BIGINT AS lists, max(span_reads)::BIGINT AS peak_reads, max(span_bytes_out)::BIGINT AS peak_bytes_out,
    max(span_deletes)::BIGINT AS peak_deletes, max(span_overwrites)::BIGINT AS peak_overwrites,
    max(span_errors)::BIGINT AS peak_errors, max(span_tiers)::BIGINT AS peak_tiers, max(reads)::BIGINT AS most_reads,
    max(bytes_out)::BIGINT AS most_bytes_out, max(networks)::BIGINT AS most_networks
  FROM (${tokens}) GROUP BY account, family, day`;
}

/** A token from its first success to its last. */
export const tokenUse = `SELECT token_hash, account, max(token_key) AS token_key, max(family) AS family,
    max(auth_type) AS auth_type, max(key_name) AS key_name, max(key_hash) AS key_hash, arg_max(sas_id, max_time) AS sas_id,
    min(min_time) AS first_seen, max(max_time) AS last_seen, sum(ok)::BIGINT AS requests, sum(public_n)::BIGINT AS public_n,
    sum(http_n)::BIGINT AS http_n, sum(old_tls_n)::BIGINT AS old_tls_n
  FROM sas_use WHERE ok > 0 GROUP BY token_hash, account`;

/**
 * The same of rows that are the only ones of their token with a success.
 *
 * @param names what to tell of its grant.
 * @param rows a FROM clause of them, with the columns of `sas_use`.
 */
export const tokenUseOfRow = (
  names: Grants,
  rows: string,
) => `SELECT token_hash, account, token_key, family, auth_type, key_name, key_hash, sas_id, min_time AS first_seen,
    max_time AS last_seen, ok::BIGINT AS requests, public_n::BIGINT AS public_n, http_n::BIGINT AS http_n,
    old_tls_n::BIGINT AS old_tls_n, ${names.join(', ')}
  FROM ${rows}`;

/** The rows of a relation that has a `sas_id`, with what it grants. */
export function withGrants(relation: string, names: Grants = grants): string {
  return `SELECT t.*, ${granted(names)} FROM (${relation}) t LEFT JOIN sas s ON t.sas_id = s.sas_id`;
}

/** An account's UTC day by kind of authentication; only what succeeded, but for `n` and `errors`. */
const accountDay = `SELECT account, auth_type, bucket::DATE AS day, ${summed}, bit_or(container_bits) AS container_bits,
    bit_or(container_bits) FILTER (ok > 0) AS container_bits_ok, min(min_time) AS min_time, max(max_time) AS max_time
  FROM rollup GROUP BY ALL`;

/** An account's five minutes by kind of authentication. */
const accountStep = `SELECT account, auth_type, bucket, sum(n)::BIGINT AS n, sum(copies)::BIGINT AS copies, min(min_time) AS min_time,
    max(max_time) AS max_time
  FROM rollup GROUP BY ALL`;

/** An account key's UTC day: successful requests signed with it, be it by key or by SAS. */
const keyDay = `SELECT account, key_name, key_hash, bucket::DATE AS day, sum(ok)::BIGINT AS ok, min(min_time) AS min_time,
    max(max_time) AS max_time
  FROM rollup WHERE key_hash IS NOT NULL AND starts_with(key_name, 'key') AND ok > 0 GROUP BY ALL`;

/**
 * What names end with, in small letters, that were written in an account on a UTC day, two at least in five minutes and none with
 * another: a service that mints a token an object would fill it.
 */
const suffixDay = `SELECT account, lower(suffix) AS suffix, bucket::DATE AS day, sum(writes + copies)::BIGINT AS written
  FROM rollup WHERE suffix <> '' AND writes + copies > 1 GROUP BY ALL`;

const span = 'min(min_time) AS min_time, max(max_time) AS max_time';

/** A SELECT list, grouped by all, that adds up several rows of an entity's day to one. */
export const mergedParts = {
  account_day: `SELECT account, auth_type, day, ${summed}, bit_or(container_bits) AS container_bits,
    bit_or(container_bits_ok) AS container_bits_ok, ${span}`,
  account_step: `SELECT account, auth_type, bucket, sum(n)::BIGINT AS n, sum(copies)::BIGINT AS copies, ${span}`,
  key_day: `SELECT account, key_name, key_hash, day, sum(ok)::BIGINT AS ok, ${span}`,
  suffix_day: 'SELECT account, suffix, day, sum(written)::BIGINT AS written',
} as const;

/**
 * Address ranges of lists that the user supplies, each with the time it was true for. Rules that need one stay silent
 * without it. `list` is tor, threat, hosting or geo.
 */
const feed = `SELECT NULL::VARCHAR AS list, NULL::VARCHAR AS label, NULL::VARCHAR AS network,
    NULL::UHUGEINT AS address_first, NULL::UHUGEINT AS address_last, NULL::VARCHAR AS country, NULL::UINTEGER AS asn, NULL::TIMESTAMP AS valid_from,
    NULL::TIMESTAMP AS valid_until WHERE false`;

/** The columns of `storage_log` that rules read. */
const logRowColumns = `time, time_tick, account, container, object_key, operation_class, operation_name, operation_count, status_code,
  status_text, caller_ipv4, caller_port, ip_class, auth_type, token, token_hash, token_fingerprint, key_name, correlation_id,
  user_agent, response_body_bytes, request_body_bytes, content_length, conditions_used, access_tier, requester_object_id,
  copy_source_account, copy_source_fingerprint, resource_id, uri_query, extra`;

/**
 * The log as rules read it: without the SAS parameters, which `sas_use` has, and with few columns, so that a statement is
 * planned in a quarter of the time.
 *
 * `caller_ip_other` has addresses that are not IPv4: with `caller_ipv4` it tells as much as `caller_ip`, and no text is made.
 *
 * @param relation a FROM clause with the stored columns, or with those of `storage_log`.
 * @param ip, uri SQL for the whole of either.
 */
export function logRow(relation: string, ip: string, uri: string): string {
  return `SELECT ${logRowColumns}, ${ip} AS caller_ip, if(caller_ipv4 IS NULL, caller_ip, NULL) AS caller_ip_other, ${uri} AS uri FROM ${relation}`;
}

/** What rules read beside the log: tokens, families and keys, by five minutes, by day and for life. */
export const entityViews = {
  sas_use: sasUseOf({
    from: 'rollup r LEFT JOIN sas s ON r.sas_id = s.sas_id',
    grant: (name) => `s."${name}"`,
    names: grants,
    more: [networkBit],
  }),
  token_day: tokenDay,
  family_day: familyDayOf(familyToken),
  token_life: withGrants(tokenUse),
  account_day: accountDay,
  account_step: accountStep,
  key_day: keyDay,
  suffix_day: suffixDay,
  feed,
} as const;

/** Those that tell of a token alone. */
export const tokenViews = { sas_use: entityViews.sas_use, token_life: entityViews.token_life } as const;

/**
 * `network_of(caller_ipv4, caller_ip)`: the network of an address, `192.0.2.0/24` or `2001:db8:0:1::/64`.
 * `tool_of(user_agent)`: the product a user agent begins with, without its version.
 * `address_of(caller_ipv4, caller_ip)`: an address as a number of 128 bits, IPv4 as IPv6 maps it; null for what is none.
 * `address_first_of(network)`, `address_last_of(network)`: of an address or prefix; a prefix has one bit at least.
 * `ipv4_first_of(network)`: the IPv4 address before the slash.
 */
export const entityMacros = [
  `CREATE OR REPLACE MACRO ipv6_groups(head, tail) AS list_concat(
    list_filter(string_split(head, ':'), lambda g: g <> ''),
    list_concat(list_transform(range(greatest(0, 8 - len(list_filter(string_split(head, ':'), lambda g: g <> ''))
      - len(list_filter(string_split(tail, ':'), lambda g: g <> '')))), lambda i: '0'),
      list_filter(string_split(tail, ':'), lambda g: g <> '')))`,
  `CREATE OR REPLACE MACRO network_of(ipv4, ip) AS if(ipv4 IS NOT NULL,
    (ipv4 >> 24) || '.' || ((ipv4 >> 16) & 255) || '.' || ((ipv4 >> 8) & 255) || '.0/24',
    if(contains(ip, ':'), array_to_string(list_transform(ipv6_groups(split_part(ip, '::', 1), split_part(ip, '::', 2))[1:4],
      lambda g: coalesce(nullif(ltrim(lower(g), '0'), ''), '0')), ':') || '::/64', ip))`,
  `CREATE OR REPLACE MACRO tool_of(agent) AS coalesce(nullif(lower(regexp_extract(agent, '^[^/ ;(]+')), ''), '-')`,
  `CREATE OR REPLACE MACRO ipv4_first_of(network) AS if(
    regexp_full_match(split_part(network, '/', 1), '[0-9]{1,3}([.][0-9]{1,3}){3}'),
    TRY_CAST(list_reduce(TRY_CAST(string_split(split_part(network, '/', 1), '.') AS UBIGINT[]),
      lambda sum, part: sum * 256 + part) AS UINTEGER), NULL)`,
  `CREATE OR REPLACE MACRO ipv6_value(groups) AS if(len(groups) = 8, list_reduce(
    list_transform(groups, lambda g: TRY_CAST('0x' || g AS UINTEGER)::UHUGEINT),
    lambda sum, part: sum * 65536::UHUGEINT + part), NULL)`,
  `CREATE OR REPLACE MACRO address_of(ipv4, ip) AS if(ipv4 IS NOT NULL, 281470681743360::UHUGEINT + ipv4,
    if(regexp_full_match(ip, '([0-9a-fA-F]{0,4}:){2,8}[0-9a-fA-F]{0,4}'),
      ipv6_value(ipv6_groups(split_part(ip, '::', 1), split_part(ip, '::', 2))), NULL))`,
  `CREATE OR REPLACE MACRO block_of(network) AS 1::UHUGEINT << (if(contains(network, ':'), 128, 32)
    - greatest(coalesce(TRY_CAST(split_part(network, '/', 2) AS INTEGER), if(contains(network, ':'), 128, 32)), 1))::UHUGEINT`,
  `CREATE OR REPLACE MACRO address_first_of(network) AS
    address_of(ipv4_first_of(network), split_part(network, '/', 1)) // block_of(network) * block_of(network)`,
  `CREATE OR REPLACE MACRO address_last_of(network) AS address_first_of(network) + (block_of(network) - 1::UHUGEINT)`,
] as const;
