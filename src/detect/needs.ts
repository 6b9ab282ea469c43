import { counters } from '../store/entity-views.ts';
import type { Detection } from './detection.ts';
import { bindParameters, bindValues, type ParameterValues, timestampLiteral } from './parameter.ts';
import type { RuleViews } from './rule-views.ts';
import { type EventRange, fromWholeDay } from './run.ts';
import { partQuery } from './statement-part.ts';
import type { Tuning } from './tuning.ts';

type Needs = Detection['needs'];
type NeedKind = Exclude<keyof Needs, 'part'>;

const sums = counters.map((name) => `sum(${name})::BIGINT AS ${name}`).join(', ');

/** What rules ask of tokens, of accounts and of the log, cheapest first: one statement for all rules that ask it. */
const kinds: readonly NeedKind[] = ['account', 'token', 'log'];

/** Of a kind of need, the rows that came since `since`, with what their token or account did on the days judged and the day before. */
function rowsOf(kind: NeedKind, { since, until }: EventRange): string {
  const [from, to] = [timestampLiteral(since), timestampLiteral(until)];
  const dayBefore = `${timestampLiteral(fromWholeDay({ since, until }).since)} - INTERVAL '1 day'`;
  if (kind === 'log') return `FROM log_row WHERE time >= ${from} AND time < ${to}`;
  if (kind === 'account')
    return `FROM (SELECT account, auth_type, ${sums} FROM account_day WHERE day >= ${dayBefore} AND day < ${to} GROUP BY ALL)`;
  return `FROM (
    SELECT u.*, coalesce(l.first_seen, TIMESTAMP '1970-01-01') AS first_seen, l.requests
    FROM (
      SELECT token_hash, account, max(auth_type) AS auth_type, ${sums}, bit_or(container_bits) AS container_bits,
        min(min_time) AS min_time, max(max_time) AS max_time, max(sip) AS sip,
        max(st_time) FILTER (si IS NULL) AS st_time, min(se_time) FILTER (si IS NULL) AS se_time
      FROM sas_use s SEMI JOIN (
        SELECT DISTINCT token_hash, account FROM sas_use
        WHERE bucket > ${from} - INTERVAL '5 minutes' AND bucket < ${to}
      ) a ON a.token_hash = s.token_hash AND a.account = s.account
      WHERE bucket >= ${dayBefore} AND bucket < ${to}
      GROUP BY token_hash, account) u
    LEFT JOIN token_life l ON l.token_hash = u.token_hash AND l.account = u.account)`;
}

/** A need reaches one day back: a rule whose windows somebody has made longer is always run. */
function isLonger(values: ParameterValues): boolean {
  return Object.values(values).some((value) => typeof value === 'string');
}

/**
 * The rules that may find something: those whose `needs` some row meets.
 *
 * @param range what is going to be judged; rules that would only find what they found before `since` are left out, to the
 * microsecond and not to the day.
 */
export async function withNeedsMet(
  views: RuleViews,
  rules: readonly Detection[],
  range: EventRange,
  tuning: Tuning,
): Promise<Detection[]> {
  let left = [...rules];
  for (const kind of kinds) {
    const asking = left.flatMap((rule) => {
      const values = tuning.get(rule.code) ?? {};
      const need = rule.needs[kind];
      if (need === undefined || isLonger(values)) return [];
      return [{ rule, sql: bindParameters({ sql: need, params: rule.params }, fromWholeDay(range), values) }];
    });
    if (asking.length === 0) continue;
    const conditions = asking.map(({ sql }) => `coalesce(bool_or(true) FILTER (${sql}), false)`);
    const sql = `SELECT ${conditions.join(',\n  ')} ${rowsOf(kind, range)}`;
    await views.ready(sql);
    const result = await views.connection.runAndReadAll(sql);
    const [met = []] = result.getRows();
    const unmet = new Set(asking.flatMap(({ rule }, index) => (met[index] === true ? [] : [rule])));
    left = left.filter((rule) => !unmet.has(rule));
  }
  const met: Detection[] = [];
  for (const rule of left) if (await hasPart(views, rule, range, tuning.get(rule.code))) met.push(rule);
  return met;
}

async function hasPart(
  views: RuleViews,
  rule: Detection,
  range: EventRange,
  values: ParameterValues = {},
): Promise<boolean> {
  const { part } = rule.needs;
  const sql = part === undefined ? undefined : partQuery(rule.sql, part);
  if (sql === undefined) return true;
  const result = await views.read(bindValues({ sql, params: rule.params }, values), fromWholeDay(range));
  return result.getRows()[0]?.[0] === true;
}
