import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/core/finding.ts';
import { IncidentStream } from '../../src/detect/incident-stream.ts';
import { findingOf } from './finding-of.ts';

const of = (entity: string, from: number, tags: readonly string[] = ['attack.exfiltration']): Finding =>
  findingOf({ id: `${entity}-${from}`, entity, family: null, tags: [...tags], from, to: from + 1 });

/** Tokens and reasons, batch by batch. */
const told = (stream: IncidentStream, ...batches: readonly (readonly Finding[])[]) =>
  batches.map((batch) =>
    stream.add(batch).map(({ incident, reason, findings }) => [incident.entities[0], reason, findings.length]),
  );

describe('the stream of incidents', () => {
  it('tells an incident once, and its findings with it', () => {
    const news = told(new IncidentStream([]), [of('A', 1), of('A', 2), of('B', 3)], [of('A', 5)], []);
    expect(news).toEqual([
      [
        ['A', 'new', 2],
        ['B', 'new', 1],
      ],
      [['A', null, 1]],
      [],
    ]);
  });

  it('tells it again for a new tactic, and not again for the same', () => {
    const impact = ['attack.impact'];
    const news = told(new IncidentStream([]), [of('A', 1)], [of('A', 2, impact)], [of('A', 3, impact)]);
    expect(news).toEqual([[['A', 'new', 1]], [['A', 'tactic', 1]], [['A', null, 1]]]);
  });

  it('tells it again when it has ten times the findings', () => {
    const more = Array.from({ length: 8 }, (_, n) => of('A', 2 + n));
    const news = told(new IncidentStream([]), [of('A', 1)], more, [of('A', 20)]);
    expect(news).toEqual([[['A', 'new', 1]], [['A', null, 8]], [['A', 'growth', 1]]]);
  });

  it('is quiet about what was told before it began, and for a week after', () => {
    const minutes = 24 * 60;
    const news = told(new IncidentStream([of('A', 1)]), [of('A', 2)], [of('A', 3 * minutes)], [of('A', 20 * minutes)]);
    expect(news).toEqual([[['A', null, 1]], [['A', null, 1]], [['A', 'new', 1]]]);
  });

  it('takes a finding that comes late for a part of its incident', () => {
    expect(told(new IncidentStream([]), [of('A', 100)], [of('A', 50)])).toEqual([[['A', 'new', 1]], [['A', null, 1]]]);
  });
});
