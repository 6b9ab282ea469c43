import { createHash } from 'node:crypto';
import { type Finding, type Level, levels, tacticsOf } from '../core/finding.ts';
import { alertsOf, type IncidentAlert, RaisedAlerts } from './incident-alert.ts';
import { incidentGroups, takeStorms } from './incident-group.ts';

/** Findings that belong together: one token, family or network at work, or one rule about many at once. */
export interface Incident {
  /** sha256 of its earliest finding's id, 64 hex digits: the same whenever the same findings are known. */
  readonly id: string;
  /** `storm`: one rule about many tokens of an account within hours, as after a key rotation. */
  readonly kind: 'entity' | 'storm';
  /** The highest of its findings, one step higher where those of different rules show two tactics. */
  readonly level: Level;
  readonly title: string;
  readonly account: string;
  readonly entities: readonly string[];
  readonly rules: readonly string[];
  readonly tactics: readonly string[];
  /** UTC microseconds of event time. */
  readonly firstSeen: bigint;
  readonly lastSeen: bigint;
  /** Oldest first. */
  readonly findings: readonly Finding[];
  /** When to tell about it: at first, at every new tactic, and when it has grown tenfold since. */
  readonly alerts: readonly IncidentAlert[];
}

const rank = (level: Level): number => levels.indexOf(level);
const unique = (texts: readonly string[]): string[] => [...new Set(texts)].sort();

/** Posture repeats what a token grants, be it used or misused: it adds no tactic to what was done. */
const isDone = ({ rule }: Finding): boolean => !rule.startsWith('P-');

/** Each finding by the first of its tactics, so that one rule with two tags raises nothing. */
function tacticsDone(findings: readonly Finding[]): string[] {
  return unique(findings.filter(isDone).flatMap(({ tags }) => tacticsOf(tags).slice(0, 1)));
}

function levelOf(findings: readonly Finding[]): Level {
  const most = Math.max(...findings.map(({ level }) => rank(level)));
  const raised = tacticsDone(findings).length > 1 ? most + 1 : most;
  return levels[Math.min(raised, levels.length - 1)] ?? 'critical';
}

function titleOf(findings: readonly Finding[], entities: readonly string[], isStorm: boolean): string {
  const worst = [...findings].sort((a, b) => rank(b.level) - rank(a.level) || Number(isDone(b)) - Number(isDone(a)));
  const titles = [...new Set(worst.map(({ title }) => title))];
  const [first = '', ...more] = titles;
  if (isStorm) return `${entities.length} × ${first}`;
  return more.length === 0 ? first : `${first}, and ${more.length} more`;
}

function incidentOf(findings: readonly Finding[], isStorm: boolean, earlier: RaisedAlerts): Incident {
  const [first] = findings;
  const entities = unique(findings.map(({ entity }) => entity));
  return {
    id: createHash('sha256')
      .update(`incident\n${first?.id ?? ''}`)
      .digest('hex'),
    kind: isStorm ? 'storm' : 'entity',
    level: isStorm ? (levels[Math.max(...findings.map(({ level }) => rank(level)))] ?? 'low') : levelOf(findings),
    title: titleOf(findings, entities, isStorm),
    account: first?.account ?? '',
    entities,
    rules: unique(findings.map(({ rule }) => rule)),
    tactics: unique(findings.flatMap(({ tags }) => tacticsOf(tags))),
    firstSeen: findings.reduce((min, { firstSeen }) => (firstSeen < min ? firstSeen : min), first?.firstSeen ?? 0n),
    lastSeen: findings.reduce((max, { lastSeen }) => (lastSeen > max ? lastSeen : max), 0n),
    findings,
    alerts: alertsOf(findings, earlier),
  };
}

/**
 * Groups findings into incidents: those of one token within six hours, else of its family, else of one network or other
 * entity; and findings below high of one rule about five or more tokens of an account within six hours into a storm.
 *
 * @param findings in any order; those taken back or suppressed are left out.
 * @returns oldest first. A function of the findings alone: a replay that finds the same gives the same incidents.
 */
export function incidentsOf(findings: readonly Finding[]): Incident[] {
  const counted = findings
    .filter(({ open, suppression }) => open && suppression === null)
    .sort((a, b) => Number(a.firstSeen - b.firstSeen) || (a.id < b.id ? -1 : 1));
  const { storms, rest } = takeStorms(counted);
  const groups = [
    ...storms.map((group) => ({ group, isStorm: true })),
    ...incidentGroups(rest).map((group) => ({ group, isStorm: false })),
  ].sort((a, b) => Number((a.group[0]?.firstSeen ?? 0n) - (b.group[0]?.firstSeen ?? 0n)));
  const raised = new RaisedAlerts();
  return groups.map(({ group, isStorm }) => incidentOf(group, isStorm, raised));
}
