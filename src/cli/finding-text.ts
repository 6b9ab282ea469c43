import pico from 'picocolors';
import type { Finding } from '../core/finding.ts';
import { isoMicros } from '../query/cell.ts';
import { lineText } from '../query/render/terminal-text.ts';
import { levelPaint } from './level-paint.ts';

/** Keeps what follows the titles of the shipped rules in one column. */
const titleWidth = 40;

/** An entity for people: a token's hash by its first digits, a network, key or account as it is. */
export function entityText(entity: string): string {
  return /^[0-9A-F]{32}$/.test(entity) ? `${entity.slice(0, 16)}…` : lineText(entity);
}

/** A finding on one line, for people. */
export function findingLine(finding: Finding, colour: boolean): string {
  const { level, rule, title, entityKind, entity, account, firstSeen } = finding;
  const { dim } = pico.createColors(colour);
  const about = entityKind === 'account' ? '' : `${entityKind.replace('_', ' ')} ${entityText(entity)}  `;
  const who = dim(`${about}account ${lineText(account)}`);
  const when = isoMicros(firstSeen).slice(0, 16).replace('T', ' ');
  return `${levelPaint(colour)(level)} ${rule.padEnd(8)} ${when}  ${lineText(title).padEnd(titleWidth)}  ${who}`;
}

/** A finding as programs read it: snake_case, times in ISO 8601. */
export function findingRow(finding: Finding): Record<string, unknown> {
  return {
    id: finding.id,
    rule: finding.rule,
    rule_version: finding.ruleVersion,
    title: finding.title,
    level: finding.level,
    tags: finding.tags,
    entity_kind: finding.entityKind,
    entity: finding.entity,
    account: finding.account,
    family: finding.family,
    window_start: isoMicros(finding.windowStart),
    first_seen: isoMicros(finding.firstSeen),
    last_seen: isoMicros(finding.lastSeen),
    evidence: finding.evidence,
    open: finding.open,
    suppression: finding.suppression,
  };
}
