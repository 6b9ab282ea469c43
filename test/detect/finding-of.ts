import { createHash } from 'node:crypto';
import type { Finding } from '../../src/core/finding.ts';

const start = BigInt(Date.parse('2026-01-01T00:00:00Z')) * 1_000n;

/** Minutes after the start of 2026, as UTC microseconds. */
export const minute = (count: number): bigint => start + BigInt(count) * 60_000_000n;

/** A finding about a token from `from` to `to`, minutes after the start of 2026. */
export function findingOf(changes: Partial<Finding> & { from?: number; to?: number } = {}): Finding {
  const { from = 0, to = from, ...rest } = changes;
  const finding = {
    rule: 'W-EXF-1',
    ruleVersion: 1,
    title: 'Bulk read with one SAS token',
    level: 'medium',
    tags: ['attack.exfiltration', 'attack.t1530'],
    entityKind: 'token',
    entity: 'A',
    account: 'acct',
    family: null,
    windowStart: start,
    firstSeen: minute(from),
    lastSeen: minute(to),
    evidence: {},
    sql: 'SELECT 1',
    response: '',
    open: true,
    suppression: null,
    ...rest,
  } satisfies Omit<Finding, 'id'>;
  const id = createHash('sha256')
    .update([finding.rule, finding.entity, finding.account, finding.firstSeen].join('\n'))
    .digest('hex');
  return { id, ...finding };
}
