import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { rowsOf, run } from './program.ts';

const folder = mkdtempSync(join(tmpdir(), 'saswatch-demo-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('saswatch demo', { timeout: 180_000 }, () => {
  it('raises every rule that the story must raise, and none on its benign tokens', async () => {
    const size = ['--rows', '20000', '--duration', '5'];
    const { code, stdout } = await run(['demo', ...size, '--json', '--data', join(folder, 'json')]);
    expect(code).toBe(0);
    const rows = rowsOf(stdout);
    expect(rows.find(({ type }) => type === 'summary')).toMatchObject({ rows: 20_000, quarantined: 0, duplicates: 0 });
    const demo = rows.find(({ type }) => type === 'demo');
    expect(demo).toMatchObject({ rules_missed: [], findings_on_benign_tokens: 0 });
    expect(demo?.['rules_expected']).toHaveLength(8);
  });

  it('ends with the tokens, what each is accused of, and where to look further', async () => {
    const { code, stdout } = await run(['demo', '--rows', '20000', '--duration', '5', '--data', join(folder, 'text')]);
    expect(code).toBe(0);
    const page = stdout.slice(stdout.indexOf('What the log shows'));
    expect(page).toMatch(/^token [0-9A-F]{32} {2}sp=rwdlacupx {2}valid until 2051-10-05/m);
    expect(page).toMatch(/^ {2}HIGH {5}W-EXF-1 .* {2}Bulk read with one SAS token {2}\d+ days, the last 2022-03-20$/m);
    expect(page).toContain('8 of the 8 rules that the story must raise');
    expect(page).toContain('0 findings on its 1,112 benign tokens');
    expect(page).toContain(`npx saswatch findings list --data ${join(folder, 'text')}`);
  });
});
