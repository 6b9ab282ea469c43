import type { Alarm } from '../../src/evaluate/alarm.ts';
import type { Incident, Truth } from '../../src/evaluate/truth-file.ts';

export const hash = (digit: string): string => digit.repeat(64);
export const at = (iso: string): bigint => BigInt(Date.parse(iso)) * 1_000n;

/** An hour of exfiltration with token A from 203.0.113.7 at `acct`. */
export function incident(changes: Partial<Incident> = {}): Incident {
  return {
    id: 'drain',
    kind: 'drain',
    rules: ['W-EXF-1'],
    entity: { account: 'acct' },
    token_hashes: [hash('A')],
    start: at('2024-06-10T10:00Z'),
    end: at('2024-06-10T11:00Z'),
    tactic: 'Exfiltration',
    caller_ips: ['203.0.113.7'],
    ...changes,
  };
}

/** A finding about token A within that hour. */
export function alarm(changes: Partial<Alarm> = {}): Alarm {
  return {
    rule: 'W-EXF-1',
    level: 'high',
    tactics: ['exfiltration'],
    account: 'acct',
    token: hash('A').slice(0, 32),
    caller: null,
    firstSeen: at('2024-06-10T10:10Z'),
    lastSeen: at('2024-06-10T10:20Z'),
    alertAt: null,
    ...changes,
  };
}

export function truth(incidents: readonly Incident[], changes: Partial<Truth> = {}): Truth {
  return {
    scenario: 'made by hand',
    seed: 1,
    rows: 0,
    accounts: 2,
    period_start: at('2024-06-01T00:00Z'),
    period_end: at('2024-06-11T00:00Z'),
    incidents: [...incidents],
    ...changes,
  };
}
