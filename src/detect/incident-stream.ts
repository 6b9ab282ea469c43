import type { Finding } from '../core/finding.ts';
import { dayMicros } from '../core/utc-day.ts';
import { type Incident, incidentsOf } from './incident.ts';
import type { IncidentAlert } from './incident-alert.ts';

/** What fresh findings make of one incident. */
export interface IncidentNews {
  readonly incident: Incident;
  /** Why somebody is to be told; null where the incident goes on as it was told. */
  readonly reason: IncidentAlert['reason'] | null;
  /** The fresh findings of it, oldest first. */
  readonly findings: readonly Finding[];
}

/** Findings further back join no incident of fresh ones and keep none quiet. */
const reachUs = 15n * dayMicros;

/**
 * Tells incidents while their findings come in, in any order of their time: each when it is new, when it shows a tactic not
 * told before, and when it has grown tenfold since; the same alerts that `incidentsOf` has once all is known.
 */
export class IncidentStream {
  #known: readonly Finding[];

  /** @param known what was told before, of this process or one before it. */
  constructor(known: readonly Finding[]) {
    this.#known = known;
  }

  /** Takes findings in that were not known. @returns one for each incident that has any of them, oldest first. */
  add(fresh: readonly Finding[]): IncidentNews[] {
    if (fresh.length === 0) return [];
    const ids = new Set(fresh.map(({ id }) => id));
    const near = this.#near(fresh);
    const before = new Map(
      incidentsOf(near).flatMap((incident) => incident.findings.map(({ id }) => [id, incident] as const)),
    );
    this.#known = [...this.#known, ...fresh];
    return incidentsOf([...near, ...fresh]).flatMap((incident) => {
      const findings = incident.findings.filter(({ id }) => ids.has(id));
      return findings.length === 0 ? [] : [{ incident, findings, reason: reasonOf(incident, before) }];
    });
  }

  #near(fresh: readonly Finding[]): Finding[] {
    const first = fresh.reduce((min, { firstSeen }) => (firstSeen < min ? firstSeen : min), fresh[0]?.firstSeen ?? 0n);
    const last = fresh.reduce((max, { lastSeen }) => (lastSeen > max ? lastSeen : max), 0n);
    return this.#known.filter(({ firstSeen, lastSeen }) => lastSeen >= first - reachUs && firstSeen <= last + reachUs);
  }
}

/** The newest reason that the incidents it grew out of had not given. */
function reasonOf({ alerts, findings }: Incident, before: ReadonlyMap<string, Incident>): IncidentNews['reason'] {
  const parents = new Set(findings.flatMap(({ id }) => before.get(id) ?? []));
  if (parents.size === 0) return alerts[0]?.reason ?? null;
  const told = [...parents].flatMap((parent) => parent.alerts);
  return alerts.length > told.length ? (alerts.at(-1)?.reason ?? null) : null;
}
