import type { DuckDBConnection } from '@duckdb/node-api';
import type { Finding } from '../core/finding.ts';
import { startOfDay } from '../core/utc-day.ts';
import type { Detection } from './detection.ts';
import { expiredBackMicros } from './expired-tokens.ts';
import { findingId, type Hit, makeFinding, readHit } from './finding.ts';
import { type Shown, shownAll } from './narrow-view.ts';
import { bindValues, type ParameterValues } from './parameter.ts';
import { readTokenFacts, responseText, type TokenFacts } from './response.ts';
import { ruleFailure } from './rule-faults.ts';
import { plainViews, type RuleViews } from './rule-views.ts';

/** Event time [since, until), UTC microseconds. */
export type EventRange = {
  readonly since: bigint;
  readonly until: bigint;
};

/** The range with its start taken back to the start of its UTC day, which is the unit rules judge by. */
export function fromWholeDay({ since, until }: EventRange): EventRange {
  return { since: startOfDay(since), until };
}

/** The times that statements name: the range in whole days, and as `$from` where it begins: what came, came since. */
export function momentsOf(range: EventRange): EventRange & { readonly from: bigint } {
  return { ...fromWholeDay(range), from: range.since };
}

/** A row of a rule, and how the rule was run. */
export interface RuleHit {
  readonly detection: Detection;
  readonly values: ParameterValues;
  readonly hit: Hit;
  /** Of the finding that it makes. */
  readonly id: string;
}

/**
 * Runs one rule over a range of event time.
 *
 * A rule looks at whole UTC days, that of `since` included, and at as much history as it needs before them, so that a day
 * gives the same findings whether it is looked at alone or among others.
 *
 * @throws AppError DETECTION_FAILED if the statement fails, DETECTION_INVALID if its rows lack a column.
 */
export async function hitsOf(
  views: RuleViews,
  detection: Detection,
  range: EventRange,
  values: ParameterValues = {},
  shown: Shown = shownAll,
): Promise<RuleHit[]> {
  const sql = bindValues(detection, values);
  const result = await views.read(sql, momentsOf(range), shown).catch((cause: unknown) => {
    throw ruleFailure(detection, cause);
  });
  const json = result.getRowObjectsJson();
  return result
    .getRowObjects()
    .map((row, index) => readHit(detection, row, json[index] ?? {}))
    .map((hit) => ({ detection, values, hit, id: findingId(detection, hit) }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The findings of some rows, in their order, with what the lake says about their tokens. */
export async function findingsOf(
  { connection, lives }: Pick<RuleViews, 'connection' | 'lives'>,
  hits: readonly RuleHit[],
): Promise<Finding[]> {
  const tokens = hits.flatMap(({ hit: { tokenHash, account } }) =>
    tokenHash === null ? [] : [{ tokenHash, account }],
  );
  const facts = await readTokenFacts(connection, tokens, lives);
  return hits.map(({ detection, values, hit }) => {
    const known = knownOf(hit, facts.get(`${hit.tokenHash}\n${hit.account}`));
    const family = known?.family ?? null;
    return makeFinding(detection, hit, { response: responseText(detection, known), family }, values);
  });
}

/** Of a token that was over before, nothing is told: a run that looks at that day alone has forgotten it. */
function knownOf({ lastSeen }: Hit, facts: TokenFacts | undefined): TokenFacts | undefined {
  const isOver = (until: bigint) => until < startOfDay(lastSeen) - expiredBackMicros;
  return facts === undefined || facts.briefUntil === null || !isOver(facts.briefUntil) ? facts : undefined;
}

/** What one rule finds in a range. @throws AppError as `hitsOf` */
export async function runDetection(
  connection: DuckDBConnection,
  detection: Detection,
  range: EventRange,
  values: ParameterValues = {},
): Promise<Finding[]> {
  const views = plainViews(connection);
  return findingsOf(views, await hitsOf(views, detection, range, values));
}
