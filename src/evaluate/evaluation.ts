import type { DuckDBConnection } from '@duckdb/node-api';
import { type Finding, type Level, levels } from '../core/finding.ts';
import type { Detection } from '../detect/detection.ts';
import { type Incident as DetectedIncident, incidentsOf } from '../detect/incident.ts';
import type { EventRange } from '../detect/run.ts';
import { type Alarm, alarmOf } from './alarm.ts';
import { alertTime } from './alert-time.ts';
import { detects, isAbout, tacticName } from './match.ts';
import { type PublishedRule, runPublished } from './published.ts';
import { type AlertTimes, ownTimes, type Score, score, secondsToAlert, shares } from './score.ts';
import type { Incident, Truth } from './truth-file.ts';

/**
 * How one rule does on the incidents that name it. A posture rule repeats what a token itself grants: it has no precision.
 */
export interface RuleScore extends Score {
  readonly rule: string;
  readonly title: string;
}

/**
 * How one published rule does on the incidents of its tactics, beside all rules of ours of those tactics together, at its
 * level and above.
 */
export interface PublishedScore extends Score {
  readonly rule: string;
  readonly tactics: readonly string[];
  readonly ours: Score;
}

/**
 * How all rules of one tactic do on the incidents of that tactic; `any` and `high` are over all tactics. Posture rules are
 * apart, in a row of their own.
 */
export interface TacticScore extends Score {
  readonly tactic: string;
}

/** What became of one incident. */
export interface IncidentOutcome {
  readonly incident: string;
  readonly tactic: string;
  readonly detected_by: readonly string[];
  /** Rules that should have a finding about it and have none. */
  readonly missed_by: readonly string[];
  readonly published: readonly string[];
  readonly seconds_to_alert: number | null;
}

export interface Evaluation {
  readonly rules: readonly RuleScore[];
  readonly tactics: readonly TacticScore[];
  readonly published: readonly PublishedScore[];
  readonly incidents: readonly IncidentOutcome[];
}

export interface EvaluationInput {
  /** Has the store's views over the ingested logs. */
  readonly connection: DuckDBConnection;
  readonly truth: Truth;
  readonly rules: readonly Detection[];
  /** What the rules found when the logs were ingested. */
  readonly findings: readonly Finding[];
  readonly published: readonly PublishedRule[];
}

const isAtLeast =
  (least: Level) =>
  ({ level }: { readonly level: Level }): boolean =>
    levels.indexOf(level) >= levels.indexOf(least);
const namesOf = (alarms: readonly Alarm[]): string[] => [...new Set(alarms.map(({ rule }) => rule))];
const isOf = (tactics: readonly string[]) => (incident: Incident) => tactics.includes(tacticName(incident.tactic));

/** The stretch an evaluation runs published rules over: the truth's period. */
export function periodOf({ period_start, period_end }: Truth): EventRange {
  return { since: period_start, until: period_end };
}

/** When the rules that are to find an incident could tell of it. */
async function alertTimes(
  { connection, rules, truth }: EvaluationInput,
  alarms: readonly Alarm[],
): Promise<AlertTimes> {
  const times = new Map<string, bigint | null>();
  for (const rule of rules) {
    const own = alarms.filter((alarm) => alarm.rule === rule.code);
    for (const incident of truth.incidents) {
      if (!incident.rules.includes(rule.code) || !own.some((alarm) => isAbout(alarm, incident))) continue;
      times.set(`${rule.code}\n${incident.id}`, await alertTime(connection, rule, incident));
    }
  }
  return ({ rule }, { id }) => times.get(`${rule}\n${id}`) ?? null;
}

function scoreRules({ rules, truth }: EvaluationInput, alarms: readonly Alarm[], timeOf: AlertTimes): RuleScore[] {
  return rules.map(({ code, title, kind }) => {
    const own = alarms.filter(({ rule }) => rule === code);
    const held = truth.incidents.filter((incident) => incident.rules.includes(code));
    const result = score(own, truth, held, timeOf, isAbout);
    return { rule: code, title, ...result, precision: kind === 'posture' ? null : result.precision };
  });
}

function scoreTactics(
  truth: Truth,
  { alarms, posture }: { readonly alarms: readonly Alarm[]; readonly posture: readonly Alarm[] },
  timeOf: AlertTimes,
): TacticScore[] {
  const names = new Set([
    ...truth.incidents.map(({ tactic }) => tacticName(tactic)),
    ...alarms.flatMap(({ tactics }) => tactics),
  ]);
  const rows = [...names].sort().map((tactic) => {
    const own = alarms.filter(({ tactics }) => tactics.includes(tactic));
    return { tactic, ...score(own, truth, truth.incidents.filter(isOf([tactic])), timeOf) };
  });
  return [
    ...rows,
    { tactic: 'any', ...score(alarms, truth, truth.incidents, timeOf) },
    { tactic: 'any, high and above', ...score(alarms.filter(isAtLeast('high')), truth, truth.incidents, timeOf) },
    { tactic: 'posture', ...score(posture, truth, [], timeOf), precision: null },
  ];
}

/** Our incidents as findings of their own: right where any finding of theirs is. Those of posture alone are left out. */
function scoreIncidents(input: EvaluationInput, postures: ReadonlySet<string>, timeOf: AlertTimes): TacticScore[] {
  const { truth, findings } = input;
  const incidents = incidentsOf(findings).filter(({ rules }) => rules.some((rule) => !postures.has(rule)));
  const row = (tactic: string, chosen: readonly DetectedIncident[]): TacticScore => {
    const groups = chosen.map((incident) => incident.findings.map(alarmOf));
    const about = groups.filter((group) => group.some((alarm) => truth.incidents.some((each) => isAbout(alarm, each))));
    return {
      tactic,
      ...score(groups.flat(), truth, truth.incidents, timeOf),
      ...shares(groups.length, about.length, truth),
    };
  };
  return [row('incidents', incidents), row('incidents, high and above', incidents.filter(isAtLeast('high')))];
}

/** Compares what rules of ours and published ones said about a generated estate with its truth. */
export async function evaluate(input: EvaluationInput): Promise<Evaluation> {
  const { connection, truth, findings, published } = input;
  const everything = findings.map(alarmOf);
  const postures = new Set(input.rules.filter(({ kind }) => kind === 'posture').map(({ code }) => code));
  const alarms = everything.filter(({ rule }) => !postures.has(rule));
  const posture = everything.filter(({ rule }) => postures.has(rule));
  const timeOf = await alertTimes(input, everything);
  const theirs: Alarm[] = [];
  const publishedScores: PublishedScore[] = [];
  for (const rule of published) {
    const own = await runPublished(connection, rule, periodOf(truth));
    theirs.push(...own);
    const held = truth.incidents.filter(isOf(rule.tactics));
    const ours = alarms
      .filter(isAtLeast(rule.level))
      .filter(({ tactics }) => tactics.some((tactic) => rule.tactics.includes(tactic)));
    publishedScores.push({
      rule: rule.name,
      tactics: rule.tactics,
      ...score(own, truth, held, ownTimes),
      ours: score(ours, truth, held, timeOf),
    });
  }
  return {
    rules: scoreRules(input, everything, timeOf),
    tactics: [...scoreTactics(truth, { alarms, posture }, timeOf), ...scoreIncidents(input, postures, timeOf)],
    published: publishedScores,
    incidents: truth.incidents.map((incident) => {
      const about = namesOf(everything.filter((alarm) => isAbout(alarm, incident)));
      return {
        incident: incident.id,
        tactic: tacticName(incident.tactic),
        detected_by: namesOf(everything.filter((alarm) => detects(alarm, incident))),
        missed_by: incident.rules.filter((code) => !about.includes(code)),
        published: namesOf(theirs.filter((alarm) => detects(alarm, incident))),
        seconds_to_alert: secondsToAlert(incident, alarms, timeOf),
      };
    }),
  };
}
