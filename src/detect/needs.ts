import { counters } from '../store/entity-views.ts';
import type { Detection } from './detection.ts';
import { readsGrants } from './kept-grants.ts';
import { logSelect, logTokens, namesDay } from './log-tokens.ts';
import { isLonger, narrowViewsOf, type Shown, shownAll } from './narrow-view.ts';
import { bindValues } from './parameter.ts';
import { pastKeys, pastSelect } from './past-keys.ts';
import type { RuleFaults } from './rule-faults.ts';
import { type HeldPart, numberIn, type RuleViews } from './rule-views.ts';
import { type EventRange, fromWholeDay, momentsOf } from './run.ts';
import { partQuery } from './statement-part.ts';
import type { ToldFindings } from './told-findings.ts';
import type { Tuning } from './tuning.ts';

type NeedKind = 'account' | 'token' | 'log';
type Past = NonNullable<Detection['needs']['past']>;

const sums = counters.map((name) => `sum(${name})::BIGINT AS ${name}`).join(', ');

/** What rules ask of tokens, of accounts and of the log, cheapest first: one statement for all rules that ask it. */
const kinds: readonly NeedKind[] = ['account', 'token', 'log'];

/** Bits of a number: rules beyond are always run. */
const askingMax = 128;

/**
 * A FROM clause of what conditions of a kind are asked of: rows that came since `$from`, with what their token or account did on
 * the days judged and the day before.
 */
function rowsOf(kind: NeedKind, { usedTokens }: RuleViews): string {
  if (kind === 'log') return 'log_row WHERE time >= $from::TIMESTAMP AND time < $until::TIMESTAMP';
  if (kind === 'token') return `(${usedTokens})`;
  return `(SELECT account, auth_type, ${sums} FROM account_day
      WHERE day >= $since::TIMESTAMP - INTERVAL '1 day' AND day < $until::TIMESTAMP GROUP BY ALL)`;
}

/** A run of rules. */
interface Run {
  readonly views: RuleViews;
  /**
   * What is going to be judged; rules that would only find what they found before `since` are left out, to the microsecond
   * and not to the day.
   */
  readonly range: EventRange;
  readonly tuning: Tuning;
  /** Takes the rules that fail meanwhile. */
  readonly faults: RuleFaults;
  /** Where a rule that has told of a token's day is not to read that token's rows again for it: what has been told. */
  readonly told?: ToldFindings | undefined;
}

const valuesOf = ({ tuning }: Run, { code }: Detection) => tuning.get(code) ?? {};

/** The rules that may find something: those whose `needs` some row meets. */
export async function withNeedsMet(run: Run, rules: readonly Detection[]): Promise<MetRule[]> {
  const { views, range, faults } = run;
  let left = rules;
  for (const kind of kinds) {
    // Rows of the log are asked as little as possible; the rest by the same statement each time, so that it is parsed once.
    const asking = (kind === 'log' ? left : rules)
      .filter((rule) => rule.needs[kind] !== undefined && !isLonger(valuesOf(run, rule)))
      .slice(0, askingMax);
    if (!asking.some((rule) => left.includes(rule))) continue;
    const met = await metOf(run, kind, asking);
    left = left.filter((rule) => met.has(rule) || !asking.includes(rule));
  }
  const suspected: MetRule[] = [];
  for (const rule of left) suspected.push(...((await faults.of(rule, () => withSuspects(run, rule))) ?? []));
  const readers = suspected.flatMap(({ rule, shown: { log } }) =>
    log === null ? [] : [{ sql: sqlOfProof(rule), log }],
  );
  await views.gather(readers, range);
  const proven: MetRule[] = [];
  for (const met of suspected) proven.push(...((await faults.of(met.rule, () => withProof(run, met))) ?? []));
  return proven;
}

/** Those whose need some row meets. */
async function metOf(run: Run, kind: NeedKind, asking: readonly Detection[]): Promise<ReadonlySet<Detection>> {
  try {
    const bits = await bitsMet(run, kind, asking);
    return new Set(asking.filter((_, index) => ((bits >> BigInt(index)) & 1n) === 1n));
  } catch (error) {
    // One whose need cannot be asked must not silence those that are asked with it.
    for (const rule of asking) await run.faults.of(rule, () => bitsMet(run, kind, [rule]));
    const sound = asking.filter((rule) => !run.faults.has(rule));
    if (sound.length === asking.length) throw error;
    return metOf(run, kind, sound);
  }
}

/** A bit for each rule whose need some row meets. */
async function bitsMet(run: Run, kind: NeedKind, asking: readonly Detection[]): Promise<bigint> {
  const { views, range } = run;
  const moments = momentsOf(range);
  const conditions = asking.map((rule) =>
    bindValues({ sql: rule.needs[kind] ?? '', params: rule.params }, valuesOf(run, rule)),
  );
  const rows = rowsOf(kind, views);
  const bits = conditions.map((sql, index) => `if((${sql}), ${1n << BigInt(index)}::UHUGEINT, 0)`);
  const met = `${bits.join('\n  | ')} AS met`;
  if (kind !== 'token' || asking.every(({ kind, needs }) => kind === 'posture' || needs.only.length === 0))
    return numberIn(
      await views.read(`SELECT coalesce(bit_or(met), 0) FROM (SELECT ${met} FROM ${rows})`, moments, {
        ...shownAll,
        logSince: kind === 'log' ? range.since : null,
      }),
    );
  const shown = asking.reduce((sum, { needs }, index) => sum | (needs.only.length > 0 ? 1n << BigInt(index) : 0n), 0n);
  return views.take(
    `SELECT *, met & ${shown}::UHUGEINT <> 0 AS shown FROM (SELECT token_hash, account, lone, ${met} FROM ${rows}) WHERE met <> 0`,
    moments,
  );
}

/** A rule that may find something, and what of the views it has to be shown. */
export interface MetRule {
  readonly rule: Detection;
  readonly shown: Shown;
}

async function withSuspects(run: Run, rule: Detection): Promise<MetRule[]> {
  const { part, rows, daily } = rule.needs;
  const values = valuesOf(run, rule);
  const all = { ...shownAll, only: narrowViewsOf(rule, values), granted: readsGrants(rule.sql) };
  let shown: Shown | null = all;
  for (const one of part ?? []) {
    shown = await holding(run, rule, one, shown);
    if (shown === null) return [];
  }
  const last = part?.at(-1);
  if (last === undefined || rows === undefined || isLonger(values)) return [{ rule, shown }];
  const select = logSelect(rows, run.range, daily !== undefined);
  const where = namesDay(rows) ? run.told?.untold(rule.code, fromWholeDay(run.range).since) : undefined;
  const log = logTokens((await readPart(run, rule, { part: last, shown, select, where })).getRows());
  if (log === null) return [];
  const unread = daily === undefined ? log : await run.views.unread(rule.code, log, run.range);
  return [{ rule, shown: { ...shown, log: unread } }];
}

/** The statement of a rule as far as the first part of its proof, which few tokens pass: of the log it reads fewer columns. */
function sqlOfProof({ sql, needs: { proof } }: Detection): string {
  const [first] = proof ?? [];
  return (first === undefined ? undefined : partQuery(sql, first)) ?? sql;
}

/** In the order of the statement, in which each part is made of those before it. */
async function withProof(run: Run, { rule, shown }: MetRule): Promise<MetRule[]> {
  const { daily, proof, past } = rule.needs;
  if (shown.log === null) return [{ rule, shown }];
  const parts = [daily, ...(proof ?? []), past?.part].filter((part) => part !== undefined);
  const endOf = (part: string) => partQuery(rule.sql, part)?.length ?? 0;
  let going: Shown | null = shown;
  for (const part of parts.sort((a, b) => endOf(a) - endOf(b))) {
    if (part === daily) going = await withOlder(run, rule, daily, going);
    else if (part === past?.part) going = await withPast(run, rule, past, going);
    else going = await holding(run, rule, part, going);
    if (going === null) return [];
  }
  return [{ rule, shown: proof === undefined ? going : { ...going, log: null } }];
}

async function withOlder(run: Run, rule: Detection, daily: string, shown: Shown): Promise<Shown> {
  const kept = await keeping(run, rule, daily, shown);
  const { older } = rule.needs;
  if (older === undefined || kept === shown) return kept;
  const select = logSelect(older.rows, run.range, true);
  const log = logTokens((await readPart(run, rule, { part: older.part, shown: kept, select })).getRows());
  if (log === null) return kept;
  const unread = await run.views.unread(rule.code, log, run.range, true);
  return unread.days?.length === 0 ? kept : keeping(run, rule, daily, { ...shown, log: unread });
}

/** What to show a rule that goes on from what is kept of its `past`, with what is asked added; null where its `of` has no rows. */
async function withPast(run: Run, rule: Detection, past: Past, shown: Shown): Promise<Shown | null> {
  const statement = { sql: partSql(run, rule, past.part, 'SELECT *'), shown };
  const moments = fromWholeDay(run.range);
  const kept = await run.views.keptPast(rule.code, statement, moments);
  if (kept === null) return shown;
  const going = goingOn(shown, past.part, kept);
  const part = past.of ?? rule.needs.proof?.[0] ?? past.part;
  for (const [index, rows] of past.rows.entries()) {
    const select = pastSelect(past.by, rows, index === past.rows.length - 1);
    const asked = pastKeys(past.by, (await readPart(run, rule, { part, shown: going, select })).getRows());
    if (asked.days.length === 0 && past.of !== undefined) return null;
    await run.views.keepPast(rule.code, statement, moments, asked);
  }
  return going;
}

const goingOn = (shown: Shown, part: string, { relation }: HeldPart): Shown => ({
  ...shown,
  held: [...shown.held, { part, relation }],
});

/** What to show a rule that goes on from the rows of a part, where it can be held; null where it has none. */
async function holding(run: Run, rule: Detection, part: string, shown: Shown): Promise<Shown | null> {
  // Posture rules are run while others are, over another range.
  const held =
    rule.kind === 'posture'
      ? null
      : await run.views.hold(partSql(run, rule, part, 'SELECT *'), fromWholeDay(run.range), shown);
  if (held !== null) return held.rows === 0n ? null : goingOn(shown, part, held);
  const [[hasRows] = []] = (await readPart(run, rule, { part, shown })).getRows();
  return hasRows === true ? shown : null;
}

/** What to show a rule that goes on from what was kept of a part in earlier runs, too. */
async function keeping(run: Run, rule: Detection, part: string, shown: Shown): Promise<Shown> {
  const kept = await run.views.keep(rule.code, partSql(run, rule, part, 'SELECT *'), fromWholeDay(run.range), shown);
  return kept === null ? shown : goingOn(shown, part, kept);
}

interface PartRead {
  readonly part: string;
  readonly shown: Shown;
  readonly select?: string;
  /** Of its rows; all, unless told otherwise. */
  readonly where?: string | undefined;
}

async function readPart(run: Run, rule: Detection, { part, shown, select, where }: PartRead) {
  const sql = partSql(run, rule, part, select);
  return run.views.read(where === undefined ? sql : `${sql} WHERE ${where}`, momentsOf(run.range), shown);
}

function partSql(run: Run, rule: Detection, part: string, select?: string): string {
  const sql = partQuery(rule.sql, part, select) ?? rule.sql;
  return bindValues({ sql, params: rule.params }, valuesOf(run, rule));
}
