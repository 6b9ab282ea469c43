import pico from 'picocolors';
import type { Incident } from '../detect/incident.ts';
import { isoMicros } from '../query/cell.ts';
import { lineText } from '../query/render/terminal-text.ts';
import { entityText } from './finding-text.ts';
import { levelPaint } from './level-paint.ts';

const entitiesShown = 3;

/** An incident on one line, for people. */
export function incidentLine(incident: Incident, colour: boolean): string {
  const { id, level, title, account, entities, findings, rules, firstSeen } = incident;
  const { dim } = pico.createColors(colour);
  const when = isoMicros(firstSeen).slice(0, 16).replace('T', ' ');
  const more = entities.length > entitiesShown ? ` and ${entities.length - entitiesShown} more` : '';
  const who = entities.slice(0, entitiesShown).map(entityText);
  const count = `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'} by ${rules.join(' ')}`;
  return `${levelPaint(colour)(level)} ${when}  ${lineText(title)}  ${dim(`${count}  ${who.join(' ')}${more}  account ${lineText(account)}  ${id.slice(0, 12)}`)}`;
}

/** An incident as programs read it: snake_case, times in ISO 8601, findings by their ids. */
export function incidentRow(incident: Incident): Record<string, unknown> {
  return {
    id: incident.id,
    kind: incident.kind,
    level: incident.level,
    title: incident.title,
    account: incident.account,
    entities: incident.entities,
    rules: incident.rules,
    tactics: incident.tactics,
    first_seen: isoMicros(incident.firstSeen),
    last_seen: isoMicros(incident.lastSeen),
    findings: incident.findings.map(({ id }) => id),
    alerts: incident.alerts.map(({ at, reason, finding }) => ({ at: isoMicros(at), reason, finding })),
  };
}
