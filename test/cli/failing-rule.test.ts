import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { generate } from '../../src/generate/scenario.ts';
import { rowsOf, summaryOf } from '../e2e/program.ts';
import { run } from './recording-effects.ts';

const folder = mkdtempSync(join(tmpdir(), 'saswatch-failing-rule-'));
afterAll(() => rmSync(folder, { recursive: true }));

const shipped = readFileSync(
  fileURLToPath(import.meta.resolve('#rules/discovery-sas-account-listing.sql')),
  'utf8',
).replace('code: W-LST-1', 'code: X-BRK-1');
const rule = join(folder, 'rules', 'broken.sql');
const config = join(folder, 'saswatch.yaml');
mkdirSync(join(folder, 'rules'));
// The folder is named twice, as by a file and by a habit: that is no second rule of the same code.
writeFileSync(config, `detect:\n  rules: [${join(folder, 'rules')}, ${join(folder, 'rules', '.')}]\n`);
writeFileSync(
  join(folder, 'logs.json'),
  [...generate({ scenario: 'robust-models', rows: 10_000, seed: 7 }).records()].join('\n'),
);
const ingest = (...options: string[]) =>
  run(['ingest', folder, '--once', '--json', '--config', config, '--data', join(folder, 'lake'), ...options]);
const codes = (stdout: string) => new Set(rowsOf(stdout).map((row) => row['rule']));

it('a rule of one’s own that fails does not silence the others, and finds what it missed once it is mended', {
  timeout: 120_000,
}, async () => {
  writeFileSync(rule, `${shipped}\nUNION ALL SELECT nosuch`);
  const first = await ingest('--quiet');
  expect(first.stderr).toContain('Rule X-BRK-1 (broken.sql) failed over the lake: Binder Error');
  expect(codes(first.stdout)).toContain('P-03');
  expect(summaryOf(first.stdout)).toMatchObject({ rows: 10_000, failed_rules: 1 });
  expect(first.code).toBe(1);
  expect((await ingest('--fail-on', 'high')).code).toBe(3);
  writeFileSync(rule, shipped);
  const mended = await ingest();
  expect(summaryOf(mended.stdout)).toMatchObject({ rows: 0, failed_rules: 0 });
  expect(codes(mended.stdout)).toContain('X-BRK-1');
  expect(mended.code).toBe(0);
});
