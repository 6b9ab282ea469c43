import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from './recording-effects.ts';

const folder = mkdtempSync(join(tmpdir(), 'saswatch-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

const signature = 'awHDRNvlgnvsPnEfneux4M9L%2BYR4RhsUDIE%2FuHP4hZE%3D';

function configFile(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('runProgram', () => {
  it('prints its version and help on stdout and is done', async () => {
    expect(await run(['--version'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
    const help = await run(['--help']);
    expect(help.code).toBe(0);
    for (const command of [
      'ingest',
      'replay',
      'query',
      'token',
      'findings',
      'detect',
      'generate',
      'eventhub',
      'doctor',
    ]) {
      expect(help.stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
    }
  });

  it('describes every option of every command', async () => {
    const names = [...(await run(['--help'])).stdout.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name ?? '');
    expect(names.length).toBeGreaterThan(8);
    for (const name of names.filter((candidate) => candidate !== 'help')) {
      const { code, stdout } = await run([name, '--help']);
      expect(code).toBe(0);
      expect(stdout).not.toMatch(/^ {2}--[a-z-]+( <[^>]+>)?$(?!\n {10,})/m);
    }
  });

  it('takes a wrong command, option or value for a usage error and suggests the right one', async () => {
    expect(await run(['querry', 'SELECT 1'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Did you mean query?'),
    });
    expect(await run(['query', '--fromat', 'json', 'x'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--format'),
    });
    expect(await run(['query', '--format', 'xml', 'x'])).toMatchObject({ code: 2 });
    expect(await run(['query', '--timeout', 'soon', 'x'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('30s'),
    });
    expect(await run(['findings', 'list', '--since', 'then'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('-24h'),
    });
    expect(await run(['query'])).toMatchObject({ code: 2 });
    expect(await run([])).toMatchObject({ code: 2 });
  });

  it('takes a bad configuration for a usage error', async () => {
    const path = configFile('bad.yaml', 'ingest: {lane: 1}');
    expect(await run(['config', 'check', '--config', path])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('unknown setting ingest.lane'),
    });
    expect(await run(['config', 'check', '--config', join(folder, 'none.yaml')])).toMatchObject({ code: 2 });
  });

  it.each([
    ['detect: {parameters: [{rule: W-EXF-1, set: {nope: 1}}]}', 'W-EXF-1 has no parameter nope'],
    ['detect: {rules: [/nowhere/rules]}', '/nowhere/rules'],
    [
      'detect: {suppressions: [{name: a, reason: b, until: 2027-01-01, rules: [W-EXF-99]}]}',
      'no rule has the code or tag W-EXF-99',
    ],
    ['detect: {feeds: [{list: tor, path: /nowhere/tor}]}', '/nowhere/tor cannot be read'],
  ])('checks what an ingest would refuse: %s', async (text, problem) => {
    const path = configFile('refused.yaml', text);
    expect(await run(['config', 'check', '--config', path])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(problem),
    });
  });

  it('shows each value with its origin and masks secrets', async () => {
    const path = configFile('good.yaml', 'detect: {interval_ms: 500}');
    const env = { SASWATCH_EVENTHUBS__CONNECTION_STRING: 'Endpoint=sb://x;SharedAccessKey=AAAA' };
    const { code, stdout } = await run(['config', 'show', '--config', path, '--data', '/lake'], { env });
    expect(code).toBe(0);
    expect(stdout).toContain('data = "/lake"  # flag\n');
    expect(stdout).toContain(`detect.interval_ms = 500  # file ${path}:1\n`);
    expect(stdout).toContain('eventhubs.connection_string = "********"  # env');
    expect(stdout).not.toContain('AAAA');
  });

  it('finds the common options before and after the command', async () => {
    const after = await run(['config', 'show', '--json', '--data', '/lake']);
    expect(await run(['--json', '--data', '/lake', 'config', 'show'])).toEqual(after);
    expect(JSON.parse(after.stdout.split('\n')[0] ?? '')).toEqual({ name: 'data', value: '/lake', origin: 'flag' });
  });

  it('repeats no signature in an error, wherever it was given', async () => {
    const url = `https://acct.blob.core.windows.net/c?sv=2021-06-08&sr=c&sp=r&sig=${signature}`;
    for (const argv of [
      [url],
      ['query', url],
      ['ingest', url],
      ['token', url],
      ['--data', url, 'doctor', url],
      ['findings', 'show', url],
    ]) {
      const { code, stdout, stderr } = await run([...argv, '--debug', '--data', folder]);
      expect(code).toBe(2);
      expect(stdout + stderr).not.toContain(signature.slice(0, 10));
    }
  });

  it('repeats no control character of an argument', async () => {
    const { stderr } = await run(['\u001b]0;owned\u0007']);
    expect(stderr).toContain('unknown command');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not reach a terminal.
    expect(stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  it('shows a stack only on request', async () => {
    const argv = ['findings', 'list', '--data', join(folder, 'none')];
    expect((await run(argv)).stderr).not.toMatch(/^ {4}at /m);
    expect((await run([...argv, '--debug'])).stderr).toMatch(/^ {4}at /m);
  });

  it('says 130 when it was interrupted', async () => {
    const signal = AbortSignal.abort();
    expect(await run(['query', 'SELECT 1', '--data', folder], { signal })).toMatchObject({ code: 130, stderr: '' });
  });
});
