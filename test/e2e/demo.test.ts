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
    expect(demo?.['rules_expected']).toEqual(expect.arrayContaining(['P-03', 'W-EXF-1', 'W-OVR-1', 'W-DEL-1']));
  });

  it('ends with the tokens, what each is accused of, and where to look further', async () => {
    const { code, stdout } = await run(['demo', '--rows', '20000', '--duration', '5', '--data', join(folder, 'text')]);
    expect(code).toBe(0);
    const page = stdout.slice(stdout.indexOf('What the log shows'));
    expect(page).toMatch(/^token [0-9A-F]{32} {2}sp=rwdlacupx {2}valid until 2051-10-05/m);
    expect(page).toMatch(
      /^ {2}CRITICAL 2022-03-11 02:10 to 2022-03-20 {2}Listing of the store, then a drain, and \d+ more$/m,
    );
    expect(page).toMatch(/^ {2}CRITICAL 2023-04-30 22:15 {2}Delete burst with one SAS token, and \d+ more$/m);
    expect(page).toMatch(/^ +\d+ findings by .*W-EXF-1 /m);
    expect(page).toMatch(/; (\d+) of the \1 rules that the story must raise, and \d+ more; /);
    expect(page).toContain('0 findings on its 1,112 benign tokens');
    expect(page).toContain(`npx saswatch findings incidents --data ${join(folder, 'text')}`);
  });
});
