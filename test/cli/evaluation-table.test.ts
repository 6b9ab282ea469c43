import { expect, it } from 'vitest';
import { evaluationTables, tableResult } from '../../src/cli/evaluation-table.ts';
import { renderTable } from '../../src/query/render/table.ts';

const score = {
  findings: 3,
  right: 2,
  precision: 2 / 3,
  incidents: 2,
  detected: 1,
  recall: 0.5,
  findings_per_day_per_100_accounts: 1.26,
  median_seconds_to_alert: 90,
};
const nothing = { ...score, findings: 0, right: 0, precision: null, recall: null, median_seconds_to_alert: null };
const tables = evaluationTables({
  rules: [{ rule: 'W-EXF-1', title: 'Bulk read', ...score }],
  tactics: [{ tactic: 'impact', ...nothing }],
  published: [{ rule: 'Panther', tactics: ['impact', 'exfiltration'], ...score, ours: nothing }],
  incidents: [
    {
      incident: 'drain\u001b[31m',
      tactic: 'exfiltration',
      detected_by: ['W-EXF-1'],
      missed_by: ['W-EXF-2'],
      published: [],
      seconds_to_alert: 240,
    },
  ],
});

async function printed(index: number): Promise<string> {
  let text = '';
  await renderTable(
    tableResult(tables[index]!),
    async (piece) => {
      text += piece;
    },
    null,
  );
  return text;
}

it('rounds ratios to two places and gives times in minutes', async () => {
  expect(await printed(1)).toMatch(/^W-EXF-1 +3 +2 +0\.67 +2 +1 +0\.5 +1\.3 +1\.5 +Bulk read$/m);
});

it('leaves empty what could not be measured', async () => {
  expect(await printed(0)).toMatch(/^impact +0 +0 +2 +1 +1\.3$/m);
});

it('puts ours beside the published', async () => {
  expect(tables[2]?.rows[0]).toEqual(['Panther', 'impact exfiltration', 3, 2, 0.67, 2, 1, 0.5, 1.3, 1.5, null, null]);
});

it('lets nothing of a truth act on the terminal', async () => {
  const text = await printed(3);
  expect(text).toContain('W-EXF-2');
  expect(text).not.toContain('\u001b');
});
