import { type Finding, tacticsOf } from '../core/finding.ts';
import { dayMicros } from '../core/utc-day.ts';

/** Why somebody is told: the incident is new, shows a tactic not told before, or has ten times the findings. */
export interface IncidentAlert {
  /** UTC microseconds of event time: `firstSeen` of the finding that gave the reason. */
  readonly at: bigint;
  readonly reason: 'new' | 'tactic' | 'growth';
  readonly finding: string;
}

/** What has been told about some entities, to hold later findings about them against. */
interface RaisedAlert {
  /** How many were raised before. */
  readonly number: number;
  readonly tactics: Set<string>;
  findings: number;
  told: number;
  at: bigint;
}

/** An entity that goes on as it did is not told about again within a week. */
const quietUs = 7n * dayMicros;
const growth = 10;

/** What incidents told, from the earliest to the latest, by what they were about. */
export class RaisedAlerts {
  readonly #byKey = new Map<string, RaisedAlert[]>();
  #count = 0;

  /** The last one about any of some entities that was told within a week before `start`, UTC microseconds; else a new one. */
  of(keys: ReadonlySet<string>, start: bigint): RaisedAlert {
    let last: RaisedAlert | undefined;
    for (const key of keys) {
      const told = this.#byKey.get(key)?.findLast(({ at }) => at + quietUs >= start);
      if (told !== undefined && (last === undefined || told.number > last.number)) last = told;
    }
    return last ?? this.#add(keys, start);
  }

  #add(keys: ReadonlySet<string>, at: bigint): RaisedAlert {
    const raised = { number: this.#count++, tactics: new Set<string>(), findings: 0, told: 0, at };
    for (const key of keys) this.#byKey.set(key, [...(this.#byKey.get(key) ?? []), raised]);
    return raised;
  }
}

/**
 * The alerts of one incident. What was told about its entities within a week before is not told again, unless a tactic is
 * new or findings are ten times as many as when it was told last.
 *
 * @param findings of the incident, oldest first.
 * @param earlier what earlier incidents told; this one's is added.
 */
export function alertsOf(findings: readonly Finding[], earlier: RaisedAlerts): IncidentAlert[] {
  const keys = new Set(findings.map(({ account, entityKind, entity }) => `${account}\n${entityKind}\n${entity}`));
  const state = earlier.of(keys, findings[0]?.firstSeen ?? 0n);
  const alerts: IncidentAlert[] = [];
  for (const { id, firstSeen, tags } of findings) {
    const fresh = tacticsOf(tags).filter((tactic) => !state.tactics.has(tactic));
    const isFirst = state.told === 0;
    for (const tactic of fresh) state.tactics.add(tactic);
    state.findings++;
    if (firstSeen > state.at) state.at = firstSeen;
    const reason = isFirst
      ? 'new'
      : fresh.length > 0
        ? 'tactic'
        : state.findings >= growth * state.told
          ? 'growth'
          : null;
    if (reason === null) continue;
    state.told = state.findings;
    alerts.push({ at: firstSeen, reason, finding: id });
  }
  return alerts;
}
