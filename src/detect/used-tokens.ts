import { counters } from '../store/entity-views.ts';

/** Relations of tokens: by five minutes, and for life. */
interface TokenRelations {
  readonly use: string;
  readonly life: string;
}

const counts = (sql: (name: string) => string) => counters.map((name) => `${sql(name)}::BIGINT AS ${name}`).join(', ');

const isUsed = `bucket > $from::TIMESTAMP - INTERVAL '5 minutes' AND bucket < $until::TIMESTAMP`;

/** A SELECT of what tokens did that were used since `$from`, on the days judged and the day before; `lone` is false. */
export function usedTokens({ use, life }: TokenRelations): string {
  return `SELECT u.*, coalesce(l.first_seen, TIMESTAMP '1970-01-01') AS first_seen, l.requests, false AS lone
  FROM (
    SELECT token_hash, account, max(auth_type) AS auth_type, ${counts((name) => `sum(${name})`)},
      bit_or(container_bits) AS container_bits, min(min_time) AS min_time, max(max_time) AS max_time, max(sip) AS sip,
      max(st_time) FILTER (si IS NULL) AS st_time, min(se_time) FILTER (si IS NULL) AS se_time
    FROM ${use} s SEMI JOIN (SELECT token_hash FROM ${use} WHERE ${isUsed}) a ON a.token_hash = s.token_hash
    WHERE bucket >= $since::TIMESTAMP - INTERVAL '1 day' AND bucket < $until::TIMESTAMP
    GROUP BY token_hash, account) u
  LEFT JOIN ${life} l ON l.token_hash = u.token_hash AND l.account = u.account`;
}

/**
 * The same of tokens that have one row, which need not be added up: `lone` is true.
 *
 * @param use a relation of such rows.
 */
export const usedLoneTokens = (use: string) => `SELECT token_hash, account, auth_type, ${counts((name) => name)},
    container_bits, min_time, max_time, sip, if(si IS NULL, st_time, NULL) AS st_time, if(si IS NULL, se_time, NULL) AS se_time,
    min_time AS first_seen, ok::BIGINT AS requests, true AS lone
  FROM ${use} WHERE ${isUsed}`;
