import type { Alarm } from './alarm.ts';
import { detects, isAbout } from './match.ts';
import type { Incident, Truth } from './truth-file.ts';

/** How well one group of alarms does. Ratios are null where there is nothing to divide by. */
export interface Score {
  readonly findings: number;
  /** Findings about an incident, whatever their tactic. */
  readonly right: number;
  readonly precision: number | null;
  /** Incidents they are held to find. */
  readonly incidents: number;
  readonly detected: number;
  readonly recall: number | null;
  readonly findings_per_day_per_100_accounts: number;
  /** Seconds of event time from an incident's first row to the first alarm that detects it. */
  readonly median_seconds_to_alert: number | null;
}

/** Whether an alarm counts as finding an incident. */
export type Finds = (alarm: Alarm, incident: Incident) => boolean;

/** When an alarm could be raised that finds an incident, UTC microseconds; null if it is not known. */
export type AlertTimes = (alarm: Alarm, incident: Incident) => bigint | null;

/** The times that alarms bring with them. */
export const ownTimes: AlertTimes = ({ alertAt }) => alertAt;

const dayUs = 86_400_000_000;

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

/** The middle of some numbers; the mean of the two middle ones where there are two; null for none. */
export function median(numbers: readonly number[]): number | null {
  const sorted = [...numbers].sort((a, b) => a - b);
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  return upper === undefined || lower === undefined ? null : (lower + upper) / 2;
}

/** Seconds from an incident's start to the first alarm that finds it; null if there is none or its time is unknown. */
export function secondsToAlert(
  incident: Incident,
  alarms: readonly Alarm[],
  timeOf: AlertTimes,
  finds: Finds = detects,
): number | null {
  const times = alarms.filter((alarm) => finds(alarm, incident)).flatMap((alarm) => timeOf(alarm, incident) ?? []);
  if (times.length === 0) return null;
  const first = times.reduce((a, b) => (b < a ? b : a));
  return Math.max(0, Number(first - incident.start) / 1e6);
}

/** How many were raised, and how many of them rightly. */
export function shares(
  findings: number,
  right: number,
  { accounts, period_start, period_end }: Truth,
): Pick<Score, 'findings' | 'right' | 'precision' | 'findings_per_day_per_100_accounts'> {
  const days = Number(period_end - period_start) / dayUs;
  return {
    findings,
    right,
    precision: ratio(right, findings),
    findings_per_day_per_100_accounts: (findings * 100) / (days * accounts),
  };
}

/**
 * Scores alarms against the truth.
 *
 * @param held the incidents these alarms should find.
 * @param finds of the right tactic by default.
 */
export function score(
  alarms: readonly Alarm[],
  truth: Truth,
  held: readonly Incident[],
  timeOf: AlertTimes,
  finds: Finds = detects,
): Score {
  const right = alarms.filter((alarm) => truth.incidents.some((incident) => isAbout(alarm, incident))).length;
  const detected = held.filter((incident) => alarms.some((alarm) => finds(alarm, incident))).length;
  return {
    ...shares(alarms.length, right, truth),
    incidents: held.length,
    detected,
    recall: ratio(detected, held.length),
    median_seconds_to_alert: median(held.flatMap((incident) => secondsToAlert(incident, alarms, timeOf, finds) ?? [])),
  };
}
