import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../src/core/finding.ts';
import { lakeOf } from '../query/lake-of.ts';
import { run as runHere } from './recording-effects.ts';

const program = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const hostile = '\u001b]0;owned\u0007=1+1';
let dataDir: string;

const finding: Finding = {
  id: 'ab'.repeat(32),
  rule: 'W-DEL-1',
  ruleVersion: 1,
  title: 'Delete burst with one SAS token',
  level: 'high',
  tags: ['attack.t1485'],
  entityKind: 'token',
  entity: '4FA34A6085B7231B810346E7EDC21B9B',
  account: 'models',
  family: 'sas_service|c|rwd',
  windowStart: 1_767_225_600_000_000n,
  firstSeen: 1_767_225_600_000_000n,
  lastSeen: 1_767_225_700_000_000n,
  evidence: { deletes: 5 },
  sql: 'SELECT 1',
  response: '1. Rotate the key.',
  open: true,
  suppression: null,
};

beforeAll(async () => {
  const token = { token: 0x4fa34a6085b7231bn, token_hash: '4FA34A6085B7231B810346E7EDC21B9B' };
  const rows = Array.from({ length: 3_000 }, (_, i) => ({
    ...token,
    object_key: `/models/c/${i}`,
    user_agent: hostile,
  }));
  dataDir = await lakeOf(rows, [], [finding]);
});
afterAll(() => rmSync(dataDir, { recursive: true }));

function start(...argv: string[]): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', program, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
}

async function run(...argv: string[]) {
  const child = start(...argv);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout!), text(child.stderr!), once(child, 'close')]);
  return { code, stdout, stderr };
}

describe('saswatch', () => {
  it('answers a query and exits with 0', async () => {
    const { code, stdout } = await run('query', '--data', dataDir, '--json', 'SELECT count(*) AS n FROM storage_log');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '{"n":3000}\n' });
  });

  it('exits with 2 for a query it rejects and 1 for one that fails', async () => {
    expect(await run('query', '--data', dataDir, 'DROP VIEW storage_log')).toMatchObject({ code: 2, stdout: '' });
    expect(await run('query', '--data', dataDir, 'SELECT nothing FROM storage_log')).toMatchObject({
      code: 1,
      stdout: '',
    });
  });

  it('says on stderr that rows were held back, and gives them all on request', async () => {
    const sql = 'SELECT object_key FROM storage_log';
    const cut = await run('query', '--data', dataDir, '--format', 'csv', '--rows-max', '5', sql);
    expect(cut.stdout.trimEnd().split('\r\n')).toHaveLength(6);
    expect(cut.stderr).toContain('only the first 5 rows');
    const whole = await run('query', '--data', dataDir, '--format', 'csv', '--rows-max', '0', sql);
    expect(whole.stdout.trimEnd().split('\r\n')).toHaveLength(3_001);
    expect(whole.stderr).toBe('');
  });

  it('exits with 3 for an open finding at or above --fail-on', async () => {
    const list = ['findings', 'list', '--data', dataDir, '--fail-on'];
    expect(await run(...list, 'high')).toMatchObject({ code: 3, stdout: expect.stringContaining('W-DEL-1') });
    expect(await run(...list, 'critical')).toMatchObject({ code: 0 });
  });

  it('leaves suppressed findings out, says so, and shows them on request', async () => {
    const folder = await lakeOf([{}], [], [{ ...finding, suppression: 'announced migration' }]);
    const list = ['findings', 'list', '--data', folder];
    const quiet = await run(...list, '--fail-on', 'low');
    expect(quiet.code).toBe(0);
    expect(quiet.stdout).not.toContain('W-DEL-1');
    expect(quiet.stderr).toContain('1 finding suppressed by "announced migration"');
    expect((await run(...list, '--suppressed')).stdout).toContain('announced migration');
    expect((await run('findings', 'show', finding.id, '--data', folder)).stdout).toContain('suppressed by');
    rmSync(folder, { recursive: true });
  });

  it('groups findings into incidents', async () => {
    const incidents = ['findings', 'incidents', '--data', dataDir];
    expect(await run(...incidents)).toMatchObject({ code: 0, stdout: expect.stringContaining(finding.title) });
    const { code, stdout } = await run(...incidents, '--json', '--fail-on', 'high');
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ level: 'high', findings: [finding.id], alerts: [{ reason: 'new' }] });
    expect((await run(...incidents, '--until', '2020-01-01')).stdout).toBe('');
  });

  it('lets nothing of a log act on the terminal or in a spreadsheet', async () => {
    const sql = 'SELECT user_agent FROM storage_log LIMIT 1';
    const outputs = [
      await runHere(['query', '--data', dataDir, sql]),
      await runHere(['query', '--data', dataDir, '--json', sql]),
      await runHere(['token', 'show', finding.entity, '--data', dataDir]),
    ];
    for (const { code, stdout } of outputs) {
      expect(code).toBe(0);
      expect(stdout).toContain('owned');
      expect(stdout).not.toContain('\u001b');
    }
    const { stdout } = await runHere(['query', '--data', dataDir, '--format', 'csv', "SELECT '=1+1' AS a"]);
    expect(stdout).toBe("a\r\n'=1+1\r\n");
  });

  it('is quiet when the reader of a pipe leaves', async () => {
    const child = start('query', '--data', dataDir, '--rows-max', '0', '--json', 'FROM storage_log');
    await once(child.stdout!, 'data');
    child.stdout!.destroy();
    const [stderr] = await Promise.all([text(child.stderr!), once(child, 'close')]);
    expect(stderr).toBe('');
    expect(child.exitCode).toBe(0);
  });

  it('drains at the first Ctrl-C', async () => {
    const child = start('eventhub', '--data', dataDir, '--hub', 'logs');
    const [first] = await once(child.stdout!, 'data');
    expect(String(first)).toMatch(/^Endpoint=sb:\/\/127\.0\.0\.1:\d+;.*EntityPath=logs;/);
    child.kill('SIGINT');
    const [code] = await once(child, 'close');
    expect(code).toBe(0);
  });

  it('exits with 130 when Ctrl-C ends a query', async () => {
    const child = start('query', '--data', dataDir, '--rows-max', '0', '--json', 'FROM range(1000000000000)');
    await once(child.stdout!, 'data');
    child.stdout!.resume();
    child.kill('SIGINT');
    const [code] = await once(child, 'close');
    expect(code).toBe(130);
  });
});
