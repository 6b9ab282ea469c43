import { createHash } from 'node:crypto';
import type { DuckDBValue, Json } from '@duckdb/node-api';
import { DuckDBTimestampValue } from '../core/duckdb.ts';
import { AppError } from '../core/errors.ts';
import { type Finding, type Level, levels } from '../core/finding.ts';
import { dayMicros, startOfDay } from '../core/utc-day.ts';
import type { Detection } from './detection.ts';
import { bindParameters, type ParameterValues, textLiteral, timestampLiteral } from './parameter.ts';

/** What every rule's row says besides its evidence. */
export interface Hit {
  /**
   * Of a token, `token_id` of the view `tokens`: 32 digits of the signature hash, or 16 of the fingerprint where there is
   * no hash. Of anything else, the column `entity`.
   */
  readonly entity: string;
  /** The column `token_hash` as the rule returned it; a fingerprint behind 16 zeros where the log has no hash. */
  readonly tokenHash: string | null;
  readonly account: string;
  /** UTC microseconds. */
  readonly windowStart: bigint;
  readonly firstSeen: bigint;
  readonly lastSeen: bigint;
  readonly level: Level;
  readonly evidence: Readonly<Record<string, Json>>;
}

function isLevel(text: unknown): text is Level {
  return levels.some((level) => level === text);
}

const noHash = '00000000-0000-0000-';

function tokenId(tokenHash: string): string {
  const digits = tokenHash.replaceAll('-', '');
  return tokenHash.startsWith(noHash) ? digits.slice(16) : digits.toUpperCase();
}

/** The `token_hash` of a finding about a token, as a UUID without dashes. */
export function tokenHashOf({ entity }: Pick<Finding, 'entity'>): string {
  return entity.padStart(32, '0');
}

/**
 * Reads one row of a rule's result.
 *
 * @param values the row as DuckDB values.
 * @param json the same row as JSON.
 * @throws AppError DETECTION_INVALID if a column every rule returns is missing or of another type.
 */
export function readHit(
  { file, level, entity: entityKind }: Pick<Detection, 'file' | 'level' | 'entity'>,
  values: Readonly<Record<string, DuckDBValue>>,
  json: Readonly<Record<string, Json>>,
): Hit {
  const missing = (name: string, type: string) =>
    new AppError(
      'DETECTION_INVALID',
      `${file}: each row needs the column ${name} of type ${type}. Select it as ${name}.`,
    );
  const timeOf = (name: string): bigint => {
    const value = values[name];
    if (value instanceof DuckDBTimestampValue) return value.micros;
    throw missing(name, 'TIMESTAMP');
  };
  const { token_hash: hash, entity: text, account, level: ownLevel = level } = json;
  const tokenHash = typeof hash === 'string' ? hash : null;
  const entity = entityKind === 'token' && tokenHash !== null ? tokenId(tokenHash) : text;
  if (typeof entity !== 'string')
    throw entityKind === 'token' ? missing('token_hash', 'UUID') : missing('entity', 'VARCHAR');
  if (typeof account !== 'string') throw missing('account', 'VARCHAR');
  if (!isLevel(ownLevel)) throw missing('level', `VARCHAR, one of ${levels.join(', ')}`);
  const evidence = Object.entries(json).map(([name, value]): [string, Json] => {
    const number = values[name];
    return [name, typeof number === 'bigint' && Number.isSafeInteger(Number(number)) ? Number(number) : value];
  });
  return {
    entity,
    tokenHash,
    account,
    windowStart: timeOf('window_start'),
    firstSeen: timeOf('first_seen'),
    lastSeen: timeOf('last_seen'),
    level: ownLevel,
    evidence: Object.fromEntries(evidence),
  };
}

/** Names a finding by what it is about, never by when or in which order the log was read. */
export function findingId({ code, version }: Pick<Detection, 'code' | 'version'>, hit: Hit): string {
  return createHash('sha256')
    .update([code, version, hit.entity, hit.account, hit.windowStart].join('\n'))
    .digest('hex');
}

/** The rule's own statement over the finding's days, cut to its row. */
function reproducingSql(detection: Detection, hit: Hit, values: ParameterValues): string {
  const first = detection.kind === 'posture' ? hit.firstSeen : hit.windowStart;
  const last = detection.kind === 'posture' ? hit.lastSeen : hit.windowStart;
  const range = { since: startOfDay(first), until: startOfDay(last) + dayMicros };
  const named =
    detection.entity === 'token' && hit.tokenHash !== null
      ? `token_hash = ${textLiteral(hit.tokenHash)}`
      : `entity = ${textLiteral(hit.entity)}`;
  return [
    `SELECT * FROM (\n${bindParameters(detection, range, values)}\n)`,
    `WHERE ${named} AND account = ${textLiteral(hit.account)}`,
    `  AND window_start = ${timestampLiteral(hit.windowStart)}`,
  ].join('\n');
}

/** Makes the finding of one row. `response` says what to do about it, `family` whose token it is about. */
export function makeFinding(
  detection: Detection,
  hit: Hit,
  { response, family }: { readonly response: string; readonly family: string | null },
  values: ParameterValues,
): Finding {
  const { code, version, title, tags } = detection;
  const { entity, tokenHash, account, windowStart, firstSeen, lastSeen, level, evidence } = hit;
  return {
    id: findingId(detection, hit),
    rule: code,
    ruleVersion: version,
    title,
    level,
    tags,
    entityKind: detection.entity === 'token' && tokenHash?.startsWith(noHash) ? 'token_fingerprint' : detection.entity,
    entity,
    account,
    family,
    windowStart,
    firstSeen,
    lastSeen,
    evidence,
    sql: reproducingSql(detection, hit, values),
    response,
    open: true,
    suppression: null,
  };
}
