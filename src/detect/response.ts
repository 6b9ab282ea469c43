import type { DuckDBConnection } from '@duckdb/node-api';
import type { Detection } from './detection.ts';
import { textLiteral } from './parameter.ts';

/** What the lake says about a token that decides how to stop it. */
export interface TokenFacts {
  readonly account: string;
  /** sas_account, sas_service or sas_user_delegation. */
  readonly authType: string;
  readonly family: string;
  readonly keyName: string | null;
  /** First 128 bits of the signing key's hash, 32 upper-case hex digits. */
  readonly keyHash: string | null;
  /** Stored access policy. */
  readonly policy: string | null;
  /** Entra object that signed a user delegation SAS. */
  readonly signer: string | null;
  /** Tokens signed with the same key within 30 days before this token's last use, itself excluded. */
  readonly others: number;
  /** Up to five of them, the busiest first. */
  readonly otherTokens: readonly string[];
}

const othersShown = 5;

/**
 * Looks up the facts about some tokens in one statement.
 *
 * @returns by token hash and account, joined by a line break.
 */
export async function readTokenFacts(
  connection: DuckDBConnection,
  wanted: readonly { readonly tokenHash: string; readonly account: string }[],
): Promise<ReadonlyMap<string, TokenFacts>> {
  if (wanted.length === 0) return new Map();
  const values = wanted.map(({ tokenHash, account }) => `(${textLiteral(tokenHash)}::UUID, ${textLiteral(account)})`);
  const result = await connection.runAndReadAll(`
WITH wanted(token_hash, account) AS (SELECT DISTINCT * FROM (VALUES ${values.join(', ')})),
facts AS (
  SELECT * FROM token_life t SEMI JOIN wanted w ON t.token_hash = w.token_hash AND t.account = w.account),
others AS (
  SELECT f.token_hash, f.account, count(*)::INTEGER AS others, min(ROW(-o.requests, o.token_hash), ${othersShown}) AS busiest
  FROM facts f JOIN token_life o ON o.account = f.account AND o.key_hash = f.key_hash AND o.key_name = f.key_name
    AND o.token_hash <> f.token_hash AND o.first_seen <= f.last_seen AND o.last_seen > f.last_seen - INTERVAL '30 days'
  WHERE f.auth_type <> 'sas_user_delegation' AND f.si IS NULL
  GROUP BY ALL)
SELECT f.token_hash, f.account, f.auth_type, f.family, f.key_name,
       upper(replace(f.key_hash::VARCHAR, '-', '')) AS key_hash, f.si, f.skoid, coalesce(o.others, 0) AS others,
       coalesce([upper(replace(other[2]::VARCHAR, '-', '')) FOR other IN o.busiest], []) AS other_tokens
FROM facts f LEFT JOIN others o ON f.token_hash = o.token_hash AND f.account = o.account`);
  // Whoever writes a log can put a line break into a name, and with it a step into the response.
  const text = (value: unknown): string | null => (typeof value === 'string' ? value.replaceAll(/\s+/g, ' ') : null);
  return new Map(
    result.getRowObjectsJson().map((row) => [
      `${row['token_hash']}\n${row['account']}`,
      {
        account: text(row['account']) ?? '',
        authType: String(row['auth_type']),
        family: String(row['family']),
        keyName: text(row['key_name']),
        keyHash: text(row['key_hash']),
        policy: text(row['si']),
        signer: text(row['skoid']),
        others: Number(row['others']),
        otherTokens: Array.isArray(row['other_tokens']) ? row['other_tokens'].map(String) : [],
      },
    ]),
  );
}

function revoke({ account, authType, keyName, keyHash, policy, signer, others, otherTokens }: TokenFacts): string[] {
  if (authType === 'sas_user_delegation') {
    return [
      `Revoke the user delegation keys of ${account}: every user delegation SAS of the account ends with them.`,
      `Disable or re-role the signer${signer === null ? '' : ` ${signer}`} (skoid), or it signs the next one.`,
    ];
  }
  if (policy !== null) {
    return [
      `Set the container's access policies again without the stored policy "${policy}": its tokens end within 30 seconds.`,
      'Give the rightful users tokens under a policy of another name.',
    ];
  }
  const key = `${keyName ?? 'the signing key'}${keyHash === null ? '' : ` (key hash ${keyHash}…)`}`;
  const list =
    otherTokens.length < others
      ? `${otherTokens.join(', ')} and ${others - otherTokens.length} more`
      : otherTokens.join(', ');
  return [
    `The token is signed with ${key} of ${account}. Nothing but rotating that key ends it.`,
    others === 0
      ? 'No other token of that key was in use in the 30 days before: rotation breaks nothing the log knows of.'
      : `Rotation also ends ${others} other token${others === 1 ? '' : 's'} of that key, in use in the 30 days before: ${list}.`,
    'Move their applications to the other key, then rotate.',
    'Watch until the old key hash has no success any more: that proves the revocation.',
  ];
}

/** What to do about a finding: how this kind of token is revoked, what stops it at once, what the rule adds. */
export function responseText(detection: Pick<Detection, 'response'>, facts: TokenFacts | undefined): string {
  if (facts === undefined) return detection.response ?? 'Follow the runbook of the rule: `docs/rules.md`.';
  const stopGap =
    facts.authType === 'sas_user_delegation'
      ? 'Until then, deny its networks in the storage firewall.'
      : 'Until then, deny its networks in the storage firewall, or set allowSharedKeyAccess to false.';
  const steps = [...revoke(facts), stopGap, ...(detection.response === undefined ? [] : [detection.response])];
  return steps.map((step, index) => `${index + 1}. ${step}`).join('\n');
}
