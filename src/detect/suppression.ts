import type { DuckDBConnection } from '@duckdb/node-api';
import type { Config } from '../core/config.ts';
import { AppError } from '../core/errors.ts';
import type { Finding } from '../core/finding.ts';
import type { Detection } from './detection.ts';
import { textLiteral, timestampLiteral } from './parameter.ts';

type Suppression = Config['detect']['suppressions'][number];

/** @throws AppError CONFIG_INVALID for a rule or a tag that no rule has: what was to be kept quiet would not be. */
export function checkSuppressions(suppressions: readonly Suppression[], rules: readonly Detection[]): void {
  const codes = new Set(rules.map(({ code }) => code));
  const tags = new Set(rules.flatMap((rule) => rule.tags));
  for (const { name, ...suppression } of suppressions) {
    const unknown =
      suppression.rules?.find((code) => !codes.has(code)) ?? suppression.tags?.find((tag) => !tags.has(tag));
    if (unknown === undefined) continue;
    throw new AppError(
      'CONFIG_INVALID',
      `detect.suppressions, "${name}": no rule has the code or tag ${unknown}; \`saswatch detect list\` shows the rules.`,
    );
  }
}

const isIn = (values: readonly string[] | undefined, ...candidates: readonly (string | null)[]): boolean =>
  values === undefined || candidates.some((candidate) => candidate !== null && values.includes(candidate));

/** A token as a suppression names it: as many digits of its hash as the finding has. */
function isToken(tokens: readonly string[] | undefined, { entity, entityKind }: Finding): boolean {
  if (tokens === undefined) return true;
  return entityKind.startsWith('token') && tokens.some((token) => token.toUpperCase().startsWith(entity.toUpperCase()));
}

/** All that a suppression asks for but the addresses, which are in the log. */
function matches(suppression: Suppression, finding: Finding): boolean {
  const { until, rules, tags, families, accounts } = suppression;
  return (
    finding.firstSeen < BigInt(Date.parse(until)) * 1_000n &&
    isIn(rules, finding.rule) &&
    isIn(tags, ...finding.tags) &&
    isIn(families, finding.family) &&
    isIn(accounts, finding.account) &&
    isToken(suppression.tokens, finding)
  );
}

/** Whether every request of the finding's token, from first to last seen, came from one of the ranges. */
async function isFrom(connection: DuckDBConnection, ranges: readonly string[], finding: Finding): Promise<boolean> {
  const { entity, entityKind, account, firstSeen, lastSeen } = finding;
  const within = (address: string) =>
    ranges
      .map(textLiteral)
      .map((range) => `${address} BETWEEN address_first_of(${range}) AND address_last_of(${range})`)
      .join(' OR ');
  if (entityKind === 'network') {
    const network = textLiteral(entity);
    const both = [`address_first_of(${network})`, `address_last_of(${network})`].map((end) => `(${within(end)})`);
    const result = await connection.runAndReadAll(`SELECT coalesce(${both.join(' AND ')}, false)`);
    return result.getRows()[0]?.[0] === true;
  }
  if (!entityKind.startsWith('token')) return false;
  const result = await connection.runAndReadAll(
    `SELECT coalesce(bool_and(coalesce(${within('address_of(caller_ipv4, caller_ip)')}, false)), false) FROM log_row
     WHERE account = ${textLiteral(account)} AND coalesce(token, token_fingerprint) = ${textLiteral(`0x${entity.slice(0, 16)}`)}::UBIGINT
       AND time >= ${timestampLiteral(firstSeen)} AND time <= ${timestampLiteral(lastSeen)} AND operation_count = 0`,
  );
  return result.getRows()[0]?.[0] === true;
}

/**
 * Marks the findings that the configuration keeps quiet with the name of the first suppression that applies. Time is that of
 * the finding, so that a replay suppresses what a live run did.
 *
 * @param connection has the views that rules read.
 */
export async function suppress(
  connection: DuckDBConnection,
  findings: readonly Finding[],
  suppressions: readonly Suppression[],
): Promise<Finding[]> {
  const marked: Finding[] = [];
  for (const finding of findings) {
    let name: string | null = null;
    for (const suppression of suppressions) {
      if (!matches(suppression, finding)) continue;
      const { addresses } = suppression;
      if (addresses !== undefined && !(await isFrom(connection, addresses, finding))) continue;
      name = suppression.name;
      break;
    }
    marked.push({ ...finding, suppression: name });
  }
  return marked;
}
