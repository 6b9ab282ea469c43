import type { DuckDBConnection } from '@duckdb/node-api';
import { dayMicros } from '../core/utc-day.ts';
import { textLiteral, timestampLiteral } from './parameter.ts';

/** A token, and when it was last seen with the key that signed it. */
export interface KeyUse {
  /** As DuckDB writes a UUID. */
  readonly tokenHash: string;
  readonly account: string;
  readonly keyName: string;
  /** As DuckDB writes a UUID. */
  readonly keyHash: string;
  /** UTC microseconds. */
  readonly lastSeen: bigint;
  /** Whether it had not expired by then. */
  readonly isValid: boolean;
}

const shown = 5;
const backMicros = 30n * dayMicros;
/** Where no more are asked of one key, to join each with all others costs less than to count. */
const pairsMax = 16;
const stepMicros = 10_000_000;
/** Most tokens have their busiest others among so many of their key. */
const busiestMax = 100;

const busiestOf = (token: string, count: number) => `min(ROW(-${token}.requests, ${token}.token_hash), ${count})`;

function asked(tokens: readonly KeyUse[]): string {
  const rows = tokens.map(
    ({ tokenHash, account, keyName, keyHash, lastSeen, isValid }) =>
      `(${textLiteral(tokenHash)}::UUID, ${textLiteral(account)}, ${textLiteral(keyHash)}::UUID, ${textLiteral(keyName)}, ${timestampLiteral(lastSeen)}, ${isValid})`,
  );
  return `asked(token_hash, account, key_hash, key_name, moment, is_valid) AS (VALUES ${rows.join(', ')})`;
}

const isOther = (other: string, token: string) => `${other}.token_hash <> ${token}.token_hash
    AND ${other}.first_seen <= ${token}.moment AND ${other}.last_seen > ${token}.moment - INTERVAL '30 days'
    AND (${other}.se_time IS NULL OR ${other}.se_time > ${token}.moment)`;

const momentsOf = (tokens: readonly KeyUse[]) => tokens.map(({ lastSeen }) => lastSeen);
const least = (moments: readonly bigint[]) => moments.reduce((min, moment) => (moment < min ? moment : min));
const greatest = (moments: readonly bigint[]) => moments.reduce((max, moment) => (moment > max ? moment : max));

/** What is true of every other token of any of them: asked of each life, it spares the join a quarter to two fifths. */
function isOfAny(other: string, tokens: readonly KeyUse[]): string {
  const listed = (texts: readonly string[]) => [...new Set(texts)].map(textLiteral).join(', ');
  const accounts = listed(tokens.map(({ account }) => account));
  const keys = listed(tokens.map(({ keyHash }) => keyHash));
  const moments = momentsOf(tokens);
  const first = least(moments);
  return `${other}.account IN (${accounts}) AND ${other}.key_hash IN (${keys})
    AND ${other}.first_seen <= ${timestampLiteral(greatest(moments))} AND ${other}.last_seen > ${timestampLiteral(first - backMicros)}
    AND (${other}.se_time IS NULL OR ${other}.se_time > ${timestampLiteral(first)})`;
}

/** Every token with all others of its key that were in use within 30 days and have not expired. */
export function othersByPair(tokens: readonly KeyUse[]): string {
  return `WITH ${asked(tokens)}
SELECT a.token_hash, a.account, count(*) AS others, ${busiestOf('o', shown)} AS busiest
FROM asked a JOIN token_life o ON o.account = a.account AND o.key_hash = a.key_hash AND o.key_name = a.key_name
  AND ${isOther('o', 'a')}
WHERE ${isOfAny('o', tokens)}
GROUP BY ALL`;
}

/**
 * The same without a pair for each of them: the tokens of a key in use are counted from moment to moment, those first seen and no
 * longer than 30 days not seen nor expired, in steps of ten seconds where nobody asks for a moment in between; and each token finds its busiest
 * others among the busiest of the key, if it has five there.
 */
export function othersByMoment(tokens: readonly KeyUse[]): string {
  const moments = momentsOf(tokens);
  const [first, last] = [least(moments), greatest(moments)];
  return `WITH ${asked(tokens)},
keys AS MATERIALIZED (
  SELECT *, (row_number() OVER ())::UINTEGER AS key FROM (SELECT DISTINCT account, key_hash, key_name FROM asked)),
tokens AS MATERIALIZED (
  SELECT a.token_hash, a.account, a.moment, a.is_valid, k.key FROM asked a JOIN keys k USING (account, key_hash, key_name)),
lives AS NOT MATERIALIZED (
  SELECT k.key, o.token_hash, o.requests, o.first_seen, o.last_seen, o.se_time,
         least(epoch_us(o.last_seen) + ${backMicros}, epoch_us(o.se_time)) AS last_moment
  FROM token_life o JOIN keys k ON k.account = o.account AND k.key_hash = o.key_hash AND k.key_name = o.key_name
  WHERE o.first_seen <= ${timestampLiteral(last)} AND o.last_seen > ${timestampLiteral(first - backMicros)}
    AND (o.se_time IS NULL OR o.se_time > greatest(o.first_seen, ${timestampLiteral(first)}))),
steps AS MATERIALIZED (SELECT DISTINCT epoch_us(moment) // ${stepMicros} AS step FROM tokens),
changes AS (
  SELECT key, if(moment // ${stepMicros} IN (SELECT step FROM steps), moment, moment // ${stepMicros} * ${stepMicros}) AS moment,
         sum(change) AS change
  FROM (
    SELECT key, greatest(epoch_us(first_seen), ${first}) AS moment, 1 AS change FROM lives
    UNION ALL SELECT key, last_moment, -1 FROM lives WHERE last_moment <= ${last}
    UNION ALL SELECT DISTINCT key, epoch_us(moment), 0 FROM tokens)
  GROUP BY ALL),
counts AS (SELECT key, moment, sum(change) OVER (PARTITION BY key ORDER BY moment)::BIGINT AS tokens FROM changes),
busy AS (
  SELECT key, unnest(min(ROW(-requests, token_hash, first_seen, last_seen, se_time), ${busiestMax})) AS life FROM lives GROUP BY key),
busiest AS (
  SELECT key, -life[1] AS requests, life[2] AS token_hash, life[3] AS first_seen, life[4] AS last_seen, life[5] AS se_time FROM busy),
near AS MATERIALIZED (
  SELECT t.token_hash, t.account, t.key, t.moment, c.tokens - t.is_valid::INTEGER AS others,
         coalesce(${busiestOf('b', shown)} FILTER (${isOther('b', 't')}), []) AS busiest
  FROM tokens t JOIN counts c ON c.key = t.key AND c.moment = epoch_us(t.moment) JOIN busiest b ON b.key = t.key
  GROUP BY ALL),
rest AS (
  SELECT n.token_hash, n.account, ${busiestOf('l', shown)} AS busiest
  FROM (FROM near WHERE len(busiest) < least(${shown}, others)) n JOIN lives l ON l.key = n.key AND ${isOther('l', 'n')}
  GROUP BY ALL)
SELECT n.token_hash, n.account, n.others, coalesce(r.busiest, n.busiest) AS busiest
FROM near n LEFT JOIN rest r ON r.token_hash = n.token_hash AND r.account = n.account
WHERE n.others > 0`;
}

function mostOfOneKey(tokens: readonly KeyUse[]): number {
  const counts = new Map<string, number>();
  for (const { account, keyHash } of tokens) {
    const key = `${account}\n${keyHash}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return Math.max(...counts.values());
}

/** The other tokens of a token's key in use within 30 days before its last use, that had not expired by then. */
export interface OtherTokens {
  readonly others: number;
  /** Up to five, the busiest first: 32 upper-case hex digits. */
  readonly otherTokens: readonly string[];
}

/**
 * Looks up the other tokens of the keys of some tokens.
 *
 * @param connection has `token_life`.
 * @param tokens each once.
 * @returns by token hash and account, joined by a line break; nothing of a token whose key has no other.
 */
export async function readOtherTokens(
  connection: DuckDBConnection,
  tokens: readonly KeyUse[],
): Promise<ReadonlyMap<string, OtherTokens>> {
  if (tokens.length === 0) return new Map();
  const found = await connection.runAndReadAll(
    `SELECT token_hash, account, others, [upper(replace(other[2]::VARCHAR, '-', '')) FOR other IN busiest] AS other_tokens
     FROM (${mostOfOneKey(tokens) > pairsMax ? othersByMoment(tokens) : othersByPair(tokens)})`,
  );
  return new Map(
    found.getRowObjectsJson().map((row) => [
      `${row['token_hash']}\n${row['account']}`,
      {
        others: Number(row['others']),
        otherTokens: Array.isArray(row['other_tokens']) ? row['other_tokens'].map(String) : [],
      },
    ]),
  );
}
