import { describe, expect, it } from 'vitest';
import { tellNews } from '../../src/cli/incident-news.ts';
import { IncidentStream } from '../../src/detect/incident-stream.ts';
import { findingOf } from '../detect/finding-of.ts';

const reads = [findingOf({ from: 1 }), findingOf({ from: 2, title: 'Bulk read\u001b[2J' })];
const deletes = findingOf({ from: 3, rule: 'W-DEL-1', title: 'Delete burst', tags: ['attack.impact'] });

function tell(json: boolean) {
  const notes: string[] = [];
  const rows: Record<string, unknown>[] = [];
  const object = (row: object) => rows.push({ ...row });
  const stream = new IncidentStream([]);
  for (const findings of [reads, [findingOf({ from: 2, rule: 'W-EXF-4' })], [deletes]]) {
    const outlets = { note: (line: string) => notes.push(line), colour: false, object: json ? object : null };
    tellNews(findings, stream.add(findings), outlets);
  }
  return { notes, rows };
}

describe('what a pipeline tells of incidents', () => {
  it('is a line each with their findings beneath, and a count of what goes on', () => {
    const { notes, rows } = tell(false);
    expect(rows).toEqual([]);
    expect(notes.map((line) => line.replace(/\s+/g, ' '))).toEqual([
      expect.stringMatching(/^medium .*2 findings by W-EXF-1/i),
      expect.stringMatching(/^ .*W-EXF-1/),
      expect.stringMatching(/^ .*W-EXF-1/),
      '1 more finding of incidents that were told and go on as before',
      expect.stringMatching(/again: a new tactic$/),
      expect.stringMatching(/^ .*W-DEL-1/),
    ]);
    expect(notes.join('')).not.toContain('\u001b');
  });

  it('is an object for every finding and for every incident told, as JSON', () => {
    const { notes, rows } = tell(true);
    expect(notes).toEqual([]);
    expect(rows.map(({ type, reason = null }) => [type, reason])).toEqual([
      ['finding', null],
      ['finding', null],
      ['incident', 'new'],
      ['finding', null],
      ['finding', null],
      ['incident', 'tactic'],
    ]);
    expect(rows.at(-1)).toMatchObject({ rules: ['W-DEL-1', 'W-EXF-1', 'W-EXF-4'] });
  });
});
