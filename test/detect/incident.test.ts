import { describe, expect, it } from 'vitest';
import { type Incident, incidentsOf } from '../../src/detect/incident.ts';
import { findingOf, minute } from './finding-of.ts';

const hour = 60;
const shown = ({ level, entities, rules, findings }: Incident) => ({
  level,
  entities,
  rules,
  findings: findings.length,
});
const newNetwork = { rule: 'B-NET-1', title: 'New network', tags: ['attack.initial-access'] };

describe('findings become one incident', () => {
  it('where they are of one token and no six hours apart, and another where they are', () => {
    const findings = [
      findingOf({ from: 0, to: hour }),
      findingOf({ ...newNetwork, from: 7 * hour }),
      findingOf({ from: 13 * hour + 1, rule: 'B-VOL-1' }),
    ];
    expect(incidentsOf(findings).map(shown)).toEqual([
      { level: 'high', entities: ['A'], rules: ['B-NET-1', 'W-EXF-1'], findings: 2 },
      { level: 'medium', entities: ['A'], rules: ['B-VOL-1'], findings: 1 },
    ]);
  });

  it('where their tokens are of one family, but not where only the account is the same', () => {
    const findings = [
      findingOf({ entity: 'A', family: 'f' }),
      findingOf({ entity: 'B', family: 'f', from: 5 * hour }),
      findingOf({ entity: 'C', family: 'g' }),
      findingOf({ entity: 'A', account: 'other' }),
    ];
    expect(
      incidentsOf(findings)
        .map(({ account, entities }) => [account, ...entities])
        .sort(),
    ).toEqual([
      ['acct', 'A', 'B'],
      ['acct', 'C'],
      ['other', 'A'],
    ]);
  });

  it('where they are of one network', () => {
    const network = { entityKind: 'network', entity: '203.0.113.0/24' };
    const findings = [findingOf({ ...network }), findingOf({ ...network, rule: 'A-ANO-2', from: hour })];
    expect(incidentsOf(findings).map(shown)).toMatchObject([{ findings: 2 }]);
  });

  it('also over a third finding that belongs to both', () => {
    const findings = [
      findingOf({ entity: 'A', family: 'f' }),
      findingOf({ entity: 'B', family: 'f', from: 5 * hour }),
      findingOf({ entity: 'B', family: null, rule: 'B-VOL-1', from: 10 * hour }),
    ];
    expect(incidentsOf(findings)).toHaveLength(1);
  });

  it('but not those taken back or suppressed', () => {
    expect(incidentsOf([findingOf({ open: false }), findingOf({ suppression: 'migration' })])).toEqual([]);
  });
});

describe('the level of an incident', () => {
  it('is the highest of its findings, and is not raised by two findings of one tactic', () => {
    const findings = [findingOf({ level: 'low' }), findingOf({ rule: 'B-VOL-1', from: 1 })];
    expect(incidentsOf(findings)).toMatchObject([{ level: 'medium' }]);
  });

  it('is not raised by what the token grants, nor by two tags of one rule', () => {
    const posture = findingOf({ rule: 'P-04', level: 'low', tags: ['attack.privilege-escalation'] });
    const both = findingOf({ rule: 'W-EXF-2', tags: ['attack.discovery', 'attack.exfiltration'], from: 1 });
    expect(incidentsOf([posture, both])).toMatchObject([
      { level: 'medium', tactics: ['discovery', 'exfiltration', 'privilege-escalation'] },
    ]);
  });

  it('ends at critical', () => {
    const findings = [findingOf({ level: 'critical' }), findingOf({ ...newNetwork, from: 1 })];
    expect(incidentsOf(findings)).toMatchObject([{ level: 'critical' }]);
  });
});

describe('a storm', () => {
  const issued = (count: number, changes: object = {}) =>
    Array.from({ length: count }, (_, i) =>
      findingOf({
        rule: 'B-NEW-1',
        title: 'New token',
        entity: `T${i}`,
        from: i * 10,
        tags: ['attack.persistence'],
        ...changes,
      }),
    );

  it('is one rule about five tokens of an account within hours', () => {
    expect(incidentsOf(issued(5))).toMatchObject([{ kind: 'storm', title: '5 × New token', level: 'medium' }]);
    expect(incidentsOf(issued(4))).toHaveLength(4);
  });

  it('is one where two rules see the same tokens', () => {
    const storm = incidentsOf([...issued(6), ...issued(6, { rule: 'P-02', title: 'Long-lived', level: 'low' })]);
    expect(storm).toMatchObject([{ kind: 'storm', rules: ['B-NEW-1', 'P-02'] }]);
  });

  it('hides nothing of level high', () => {
    const incidents = incidentsOf([...issued(6), ...issued(6, { rule: 'W-DEL-1', level: 'high' })]);
    expect(incidents.filter(({ kind }) => kind === 'entity')).toHaveLength(6);
  });
});

describe('an incident is told about', () => {
  const reasons = (incidents: readonly Incident[]) => incidents.map(({ alerts }) => alerts.map(({ reason }) => reason));

  it('at first, at a new tactic, and at ten times the findings', () => {
    const findings = [
      findingOf({ from: 0 }),
      findingOf({ ...newNetwork, from: 1 }),
      ...Array.from({ length: 19 }, (_, i) => findingOf({ rule: `B-VOL-${i}`, from: 2 + i })),
    ];
    const [incident] = incidentsOf(findings);
    expect(incident?.alerts.map(({ reason, at }) => [reason, at])).toEqual([
      ['new', minute(0)],
      ['tactic', minute(1)],
      ['growth', minute(19)],
    ]);
  });

  it('once in a week where it goes on the same every day', () => {
    const days = Array.from({ length: 12 }, (_, day) => findingOf({ from: day * 24 * hour }));
    expect(reasons(incidentsOf(days.slice(0, 9))).flat()).toEqual(['new']);
    expect(reasons(incidentsOf(days)).flat()).toEqual(['new', 'growth']);
    const later = [findingOf(), findingOf({ from: 8 * 24 * hour })];
    expect(reasons(incidentsOf(later)).flat()).toEqual(['new', 'new']);
  });
});

it('does not depend on the order in which findings came', () => {
  const findings = Array.from({ length: 40 }, (_, i) =>
    findingOf({
      rule: ['W-EXF-1', 'B-NET-1', 'P-02'][i % 3] ?? '',
      entity: `T${i % 7}`,
      family: i % 4 === 0 ? 'f' : null,
      from: (i * 157) % 2_000,
    }),
  );
  const expected = incidentsOf(findings);
  for (let turn = 1; turn < 40; turn += 7) {
    expect(incidentsOf([...findings.slice(turn), ...findings.slice(0, turn)].reverse())).toEqual(expected);
  }
});
