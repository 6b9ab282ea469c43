import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from './recording-effects.ts';

const folder = mkdtempSync(join(tmpdir(), 'saswatch-evaluate-test-'));
const estate = join(folder, 'estate');
afterAll(() => rmSync(folder, { recursive: true }));

describe('saswatch evaluate', () => {
  beforeAll(async () => {
    const size = ['--rows', '12000', '--days', '10', '--accounts', '1', '--seed', '5'];
    const { code } = await run(['generate', '--scenario', 'estate', ...size, '--out', estate]);
    expect(code).toBe(0);
  });

  const title = 'tells what was found of twelve attacks, by rule, by tactic and beside published rules';
  it(title, { timeout: 240_000 }, async () => {
    const { code, stdout, stderr } = await run(['evaluate', estate, '--json', '--quiet']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const of = (type: string) => rows.filter((row) => row.type === type);
    expect(of('incident')).toHaveLength(12);
    expect(of('published')).toHaveLength(10);
    const drain = of('incident').find(({ incident }) => incident === 'fast-drain');
    expect(drain.detected_by).toContain('W-EXF-1');
    expect(drain.seconds_to_alert).toBeGreaterThan(0);
    expect(drain.seconds_to_alert).toBeLessThanOrEqual(15 * 60);
    expect(drain.published).toContain('Panther bulk extraction');
    const deletes = of('rule').find(({ rule }) => rule === 'W-DEL-1');
    expect(deletes).toMatchObject({ incidents: 1, detected: 1, recall: 1 });
    for (const { rule, tactic, findings, right, precision } of [...of('rule'), ...of('tactic'), ...of('published')]) {
      const stated = tactic === 'posture' || rule?.startsWith('P-');
      expect(precision).toBe(findings === 0 || stated ? null : right / findings);
    }
  });

  it('refuses to write a picture of another kind before it reads anything', async () => {
    const { code, stderr } = await run(['evaluate', folder, '--out', join(folder, 'curves.png')]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('.svg or .html')]);
  });

  it('refuses a folder that was not generated', async () => {
    const { code, stderr } = await run(['evaluate', folder]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('truth.json')]);
  });
});
