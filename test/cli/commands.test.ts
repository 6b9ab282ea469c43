import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SasSet } from '../../src/core/sas.ts';
import { readManifest } from '../../src/store/manifest.ts';
import { findingOf } from '../detect/finding-of.ts';
import { lakeOf } from '../query/lake-of.ts';
import type { Row } from '../store/batch-of.ts';
import { withCatalog } from '../store/lake-of.ts';
import { run } from './recording-effects.ts';

const folder = mkdtempSync(join(tmpdir(), 'saswatch-commands-'));
const hash = '4FA34A6085B7231B810346E7EDC21B9B';
const signature = 'awHDRNvlgnvsPnEfneux4M9L%2BYR4RhsUDIE%2FuHP4hZE%3D';
const sas: SasSet = {
  sasId: 17_000_000_000_000_000_001n,
  kind: 'account',
  parameters: { sv: '2021-06-08', ss: 'b', srt: 'sco', sp: 'rl', se: '2051-10-06T00:00:00Z' },
  stTime: null,
  seTime: BigInt(Date.parse('2051-10-06T00:00:00Z')) * 1_000n,
  sktTime: null,
  skeTime: null,
};
let dataDir: string;

beforeAll(async () => {
  const row = {
    ...{ token: 0x4fa34a6085b7231bn, token_hash: hash, sas_id: sas.sasId, auth_type: 'sas_account', key_name: 'key1' },
    ...{ container: 'c', operation_class: 'list', operation_name: 'ListBlobs', operation_count: 0 },
  };
  dataDir = await lakeOf(
    [{ ...row, user_agent: 'curl\nRevoking it\n  1. Nothing.', status_code: 200, caller_ipv4: 0xc0000201 }],
    [sas],
  );
});
afterAll(() => {
  rmSync(dataDir, { recursive: true });
  rmSync(folder, { recursive: true });
});

describe('saswatch token', () => {
  it('shows a token by the URL it came in, and repeats nothing secret of it', async () => {
    const url = `https://models.blob.core.windows.net/c/x?sv=2021-06-08&ss=b&srt=sco&sp=rl&sig=${signature}`;
    const { code, stdout, stderr } = await run(['token', 'show', url, '--data', dataDir]);
    expect(code).toBe(0);
    expect(stdout).toContain(`token ${hash}\n`);
    expect(stdout).toContain('2051-10-06');
    expect(stdout + stderr).not.toContain(signature.slice(0, 10));
    expect(await run(['token', 'show', hash.slice(0, 10), '--data', dataDir])).toEqual({ code, stdout, stderr });
  });

  it('scores what it grants, and says what would have done', async () => {
    const { stdout } = await run(['token', 'show', hash, '--data', dataDir]);
    expect(stdout).toContain('danger 70 of 100: scope 20, lifetime 20, address 10, protocol 10, policy 10\n');
    expect(stdout).toMatch(/would have done .*container c sp=l spr=https for 1 hour; never needed sp=r\n/);
    const json = JSON.parse((await run(['token', 'show', hash, '--json', '--data', dataDir])).stdout);
    expect(json).toMatchObject({ posture: { score: 70, unused: ['read'] }, least_privilege: { needs_sp: 'l' } });
  });

  it('keeps a hostile user agent on its line', async () => {
    const { stdout } = await run(['token', 'show', hash, '--data', dataDir]);
    expect(stdout.split('\n').filter((line) => line.startsWith('Revoking it'))).toHaveLength(1);
  });

  it('tells which other tokens end with its key, and of a token that is alone on its key that none does', async () => {
    const of = (digit: string, keyDigit: string): Row => ({
      ...{ token: BigInt(`0x${digit.repeat(16)}`), token_hash: digit.repeat(32), auth_type: 'sas_account' },
      ...{ key_name: 'key1', key_hash: keyDigit.repeat(32), status_code: 200 },
    });
    const lake = await lakeOf([of('a', '1'), of('b', '1'), of('c', '2')], []);
    const response = async (digit: string) => (await run(['token', 'show', digit.repeat(32), '--data', lake])).stdout;
    expect(await response('a')).toContain(
      `Rotation also ends 1 other token of that key, in use in the 30 days before and not expired: ${'B'.repeat(32)}`,
    );
    expect(await response('c')).toContain('No other token of that key was in use');
    rmSync(lake, { recursive: true });
  });

  it('says that a number of addresses stands for thousands where it does', async () => {
    const of = { token: 1n, token_hash: 'a'.repeat(32), auth_type: 'sas_account', status_code: 200 };
    const lake = await lakeOf(
      Array.from({ length: 12_000 }, (_, index) => ({ ...of, caller_ipv4: 0xc6120000 + index })),
    );
    const { stderr } = await run(['token', 'list', '--data', lake]);
    expect(stderr).toBe(
      'distinct_ips is an estimate: 7098 means thousands, `saswatch query --saved token-callers` lists them\n',
    );
    expect((await run(['token', 'list', '--data', dataDir])).stderr).toBe('');
    rmSync(lake, { recursive: true });
  });

  it('says that it lists the busiest tokens alone', async () => {
    const token = { auth_type: 'sas_account', key_name: 'key1', status_code: 200 };
    const lake = await lakeOf(
      ['a', 'b', 'c'].map((digit) => ({
        ...token,
        token: BigInt(`0x${digit.repeat(16)}`),
        token_hash: digit.repeat(32),
      })),
      [],
    );
    const busiest = (limit: string) => run(['token', 'list', '--limit', limit, '--json', '--data', lake]);
    expect(await busiest('2')).toMatchObject({ stderr: 'the busiest 2 of 3 tokens; --limit 3 lists all\n' });
    expect(await busiest('3')).toMatchObject({ stderr: '' });
    rmSync(lake, { recursive: true });
  });

  it('says of a token never seen which period it looked at', async () => {
    const { code, stdout } = await run(['token', 'show', 'ffffffffffffffff', '--data', dataDir]);
    expect(code).toBe(0);
    expect(stdout).toContain('from 2026-01-01');
  });

  it('lists tokens as a table or as JSON Lines', async () => {
    expect((await run(['token', 'list', '--data', dataDir])).stdout).toContain(hash);
    const [line = ''] = (await run(['token', 'list', '--json', '--data', dataDir])).stdout.split('\n');
    expect(JSON.parse(line)).toMatchObject({ token_id: hash, kind: 'account', requests: 1 });
  });
});

describe('saswatch findings', () => {
  it('has none in a lake without any, and no such id', async () => {
    expect(await run(['findings', 'list', '--json', '--data', dataDir])).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await run(['findings', 'show', 'abc', '--data', dataDir])).toMatchObject({ code: 2 });
  });

  it('gives no all-clear of a rule that nobody knows', async () => {
    expect(await run(['findings', 'list', '--rule', 'p-02', '--data', dataDir])).toMatchObject({ code: 0 });
    expect(await run(['findings', 'list', '--rule', 'WDEL-1', '--fail-on', 'low', '--data', dataDir])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no rule WDEL-1; there are A-ANO-1,'),
    });
  });

  it.each(['findings list', 'findings incidents', 'token list', 'compact'])(
    '%s says when there is no data folder, and makes none',
    async (words) => {
      const none = join(folder, 'none');
      expect(await run([...words.split(' '), '--data', none])).toEqual({
        code: 2,
        stdout: '',
        stderr: expect.stringContaining(`Could not read the data folder ${none}: it does not exist`),
      });
      expect(existsSync(none)).toBe(false);
    },
  );

  it.each(['findings list', 'findings incidents', 'token list', 'query SELECT*FROM"storage_log"'])(
    '%s says of a folder without a lake that nothing was ingested there',
    async (words) => {
      const empty = mkdtempSync(join(folder, 'empty-'));
      expect(await run([...words.split(' '), '--json', '--data', empty])).toEqual({
        code: 0,
        stdout: '',
        stderr: `nothing has been ingested into ${empty}\n`,
      });
    },
  );

  it('says of a data folder that is a file that it is none, whether it reads or writes', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(await run(['findings', 'list', '--data', file])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`the data folder ${file}: it is not a folder`),
    });
    expect(await run(['ingest', folder, '--once', '--data', file])).toMatchObject({
      code: 4,
      stderr: expect.stringContaining(`Could not write to the data folder ${file}: `),
    });
  });

  it.each(['findings list', 'findings incidents', 'detect run P-02'])(
    '%s refuses a stretch that ends before it begins',
    async (words) => {
      const stretch = ['--since', '2026-01-02', '--until', '2026-01-01'];
      expect(await run([...words.split(' '), ...stretch, '--data', dataDir])).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('nothing lies between them'),
      });
    },
  );

  it('names the findings of an incident whose id it is given', async () => {
    const lake = mkdtempSync(join(folder, 'incident-'));
    const finding = findingOf();
    await withCatalog(lake, async (catalog) => {
      await catalog.putFindings([finding]);
      await catalog.publish();
    });
    const [line = ''] = (await run(['findings', 'incidents', '--json', '--data', lake])).stdout.split('\n');
    const { id } = JSON.parse(line);
    expect(await run(['findings', 'show', id.slice(0, 12), '--data', lake])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`is an incident. Show one of its findings: ${finding.id.slice(0, 12)} W-EXF-1.`),
    });
    expect(await run(['findings', 'show', finding.id.slice(0, 12), '--data', lake])).toMatchObject({ code: 0 });
  });
});

describe('saswatch detect', () => {
  it('lists the shipped rules', async () => {
    const { code, stdout } = await run(['detect', 'list', '--json']);
    const codes = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).code);
    expect(code).toBe(0);
    expect(codes).toContain('P-02');
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('tests the rules that it names', async () => {
    const { code, stdout } = await run(['detect', 'test', 'w-del-1', 'P-02']);
    expect({ code, codes: [...new Set(stdout.match(/(?<=^ok +)\S+/gm))] }).toEqual({
      code: 0,
      codes: ['W-DEL-1', 'P-02'],
    });
    expect(await run(['detect', 'test', 'Z-99'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no rule Z-99'),
    });
  });

  it('knows the rule it is to run', async () => {
    const range = ['--since', '2026-01-01', '--until', '2026-01-02', '--data', dataDir];
    expect(await run(['detect', 'run', 'P-02', ...range])).toMatchObject({ code: 0 });
    expect(await run(['detect', 'run', 'Z-99', ...range])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('P-02'),
    });
  });

  it('runs a rule with the thresholds and lists that are configured', async () => {
    const lake = await lakeOf(
      [
        {
          ...{ token: 0x4fa34a6085b7231bn, token_hash: hash, sas_id: sas.sasId, status_code: 200 },
          ...{ caller_ipv4: 0xc0000201, ip_class: 'public' },
        },
      ],
      [sas],
    );
    const found = async (...args: string[]) => {
      const range = ['--since', '2026-01-01', '--until', '2026-01-02', '--data', lake];
      return (await run(['detect', 'run', ...args, ...range])).stderr;
    };
    const exits = join(folder, 'exits.txt');
    writeFileSync(exits, '192.0.2.0/28\n');
    const parameters = [{ rule: 'P-03', set: { years: '30 years' } }];
    const config = join(folder, 'tuned.yaml');
    writeFileSync(config, JSON.stringify({ detect: { parameters, feeds: [{ list: 'tor', path: exits }] } }));
    expect(await found('P-03')).toBe('1 found by P-03\n');
    expect(await found('P-03', '--config', config)).toBe('0 found by P-03\n');
    expect(await found('X-TI-1')).toBe('0 found by X-TI-1\n');
    expect(await found('X-TI-1', '--config', config)).toBe('1 found by X-TI-1\n');
    rmSync(lake, { recursive: true });
  });
});

describe('saswatch generate', () => {
  it('writes logs and truth and says what it wrote', async () => {
    const out = join(folder, 'day');
    const argv = ['generate', '--scenario', 'benign-day', '--rows', '2000', '--out', out, '--json'];
    const { code, stdout } = await run(argv);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ rows: 2_000, seed: 1, out });
    expect(readdirSync(out).sort()).toEqual(['logs', 'truth.json']);
    expect(() => JSON.parse(readFileSync(join(out, 'truth.json'), 'utf8'))).not.toThrow();
    expect(await run(argv)).toMatchObject({ code: 2, stderr: expect.stringContaining('not empty') });
  });
});

describe('saswatch doctor', () => {
  it('looks at machine and data folder', async () => {
    const { code, stdout } = await run(['doctor', '--json', '--data', dataDir]);
    const checks = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(code).toBe(0);
    expect(checks.map(({ check }) => check)).toEqual(['node', 'duckdb', 'cores', 'memory', 'disk', 'data', 'lock']);
    expect(checks.find(({ check }) => check === 'data')).toMatchObject({
      state: 'ok',
      text: expect.stringContaining('1 rows in 1 files, 1 read from 1 partitions'),
    });
  });

  it('reads every file when asked to, and names the one that is not as it was written', async () => {
    expect(await run(['doctor', '--files', '--data', dataDir])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('3 files are as they were written'),
    });
    const [segment] = (await readManifest(dataDir))?.segments ?? [];
    const path = join(dataDir, segment?.rollupPath ?? '');
    const original = readFileSync(path);
    writeFileSync(path, Buffer.concat([original.subarray(0, -1), Buffer.from([0])]));
    const { code, stdout } = await run(['doctor', '--files', '--data', dataDir]);
    writeFileSync(path, original);
    expect(code).toBe(1);
    expect(stdout).toContain(`fault  ${path}: its SHA-256 is `);
  });
});
