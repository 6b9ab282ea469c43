import type { DuckDBConnection, Json } from '@duckdb/node-api';
import type { Detection } from './detection.ts';
import { isBrief } from './expired-tokens.ts';
import { type KeyUse, type OtherTokens, readOtherTokens } from './other-tokens.ts';
import { textLiteral } from './parameter.ts';

/** What the lake says about a token that decides how to stop it. */
export interface TokenFacts extends OtherTokens {
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
  /** When a token granted for a day was over, UTC microseconds; null of others. */
  readonly briefUntil: bigint | null;
}

interface Token {
  readonly tokenHash: string;
  readonly account: string;
}

async function readLives(connection: DuckDBConnection, life: string, wanted: readonly Token[]) {
  const values = wanted.map(({ tokenHash, account }) => `(${textLiteral(tokenHash)}::UUID, ${textLiteral(account)})`);
  const result = await connection.runAndReadAll(`
WITH wanted(token_hash, account) AS (VALUES ${values.join(', ')})
SELECT t.token_hash, t.account, t.auth_type, t.family, t.key_name, t.key_hash, t.si, t.skoid, epoch_us(t.last_seen) AS last_seen,
  t.se_time IS NULL OR t.se_time > t.last_seen AS is_valid,
  if(${isBrief}, epoch_us(greatest(t.se_time, t.last_seen)), NULL) AS brief_until
FROM ${life} t SEMI JOIN wanted w ON t.token_hash = w.token_hash AND t.account = w.account`);
  return result.getRowObjectsJson();
}

/**
 * Looks up the facts about some tokens.
 *
 * @param lives relations with the columns of `token_life`; each is asked for what those before it have not.
 * @returns by token hash and account, joined by a line break.
 */
export async function readTokenFacts(
  connection: DuckDBConnection,
  wanted: readonly Token[],
  lives: readonly string[] = ['token_life'],
): Promise<ReadonlyMap<string, TokenFacts>> {
  const missing = new Map(wanted.map((token) => [`${token.tokenHash}\n${token.account}`, token]));
  const rows: Readonly<Record<string, Json>>[] = [];
  for (const life of lives) {
    if (missing.size === 0) break;
    const found = await readLives(connection, life, [...missing.values()]);
    for (const row of found) missing.delete(`${row['token_hash']}\n${row['account']}`);
    rows.push(...found);
  }
  const others = await readOtherTokens(connection, rows.flatMap(signedByKey));
  // Whoever writes a log can put a line break into a name, and with it a step into the response.
  const text = (value: unknown): string | null => (typeof value === 'string' ? value.replaceAll(/\s+/g, ' ') : null);
  return new Map(
    rows.map((row) => {
      const id = `${row['token_hash']}\n${row['account']}`;
      const facts = {
        account: text(row['account']) ?? '',
        authType: String(row['auth_type']),
        family: String(row['family']),
        keyName: text(row['key_name']),
        keyHash: text(row['key_hash'])?.replaceAll('-', '').toUpperCase() ?? null,
        policy: text(row['si']),
        signer: text(row['skoid']),
        briefUntil: row['brief_until'] === null ? null : BigInt(String(row['brief_until'])),
        ...(others.get(id) ?? { others: 0, otherTokens: [] }),
      };
      return [id, facts];
    }),
  );
}

/** A token that nothing but a new key ends. */
function signedByKey(row: Readonly<Record<string, Json>>): KeyUse[] {
  const {
    token_hash: tokenHash,
    account,
    key_name: keyName,
    key_hash: keyHash,
    auth_type,
    si,
    last_seen,
    is_valid,
  } = row;
  if (auth_type === 'sas_user_delegation' || si !== null) return [];
  if (typeof tokenHash !== 'string' || typeof account !== 'string') return [];
  if (typeof keyName !== 'string' || typeof keyHash !== 'string') return [];
  return [{ tokenHash, account, keyName, keyHash, lastSeen: BigInt(String(last_seen)), isValid: is_valid === true }];
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
      ? 'No other token of that key was in use in the 30 days before and is still valid: rotation breaks nothing the log knows of.'
      : `Rotation also ends ${others} other token${others === 1 ? '' : 's'} of that key, in use in the 30 days before and not expired: ${list}.`,
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
