import { appendFile, cp, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generate } from '../../src/generate/scenario.ts';
import { run } from './recording-effects.ts';

const lines = [...generate({ scenario: 'benign-day', rows: 1_000, seed: 5 }).records()];
const day = String(JSON.parse(lines[0] ?? '{}').time).slice(0, 10);
const range = ['--since', `${day}T10:00:00Z`, '--until', `${day}T12:00:00Z`];
const within = lines.filter((line) => /T1[01]$/.test(String(JSON.parse(line).time).slice(0, 13)));

let folder: string;
let logs: string;
let data: string;

const objects = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
const summary = (stdout: string) => objects(stdout).at(-1);
const replay = (...more: string[]) => run(['replay', logs, ...range, '--json', '--data', data, ...more]);
const verify = () => run(['replay', '--verify', '--json', '--data', data]);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saswatch-replay-'));
  logs = join(folder, 'day.json');
  data = join(folder, 'case');
  await writeFile(logs, `${lines.join('\n')}\n`);
});
afterAll(() => rm(folder, { recursive: true }));

describe('saswatch replay', () => {
  it('says what there is to read without reading or writing anything', async () => {
    const { code, stdout, stderr } = await replay('--dry-run');
    expect([code, stderr]).toEqual([0, expect.stringContaining('nothing was read')]);
    expect(summary(stdout)).toMatchObject({
      files: 1,
      blobs: 0,
      requests: 0,
      bytes: Buffer.byteLength(lines.join('\n')) + 1,
    });
    await expect(readFile(join(data, 'catalog.duckdb'))).rejects.toThrow('ENOENT');
  });

  it('keeps the event time asked for and tells which hours of it have records', async () => {
    const { code, stdout, stderr } = await replay();
    expect([code, stderr]).toEqual([0, expect.stringContaining('reading 1 file')]);
    expect(summary(stdout)).toMatchObject({ rows: within.length, logs: 1, unproved_bytes: 0, changed_logs: 0 });
    const coverage = objects(stdout).filter(({ type }) => type === 'coverage');
    expect(coverage.reduce((sum, { records }) => sum + records, 0)).toBe(within.length);
    for (const { hours_with_records, hours_without_records } of coverage) {
      expect(hours_with_records + hours_without_records).toBe(2);
    }
  });

  it('adds nothing the second time, and says the same of what it read', async () => {
    const manifest = await readFile(join(data, 'replay-manifest.ndjson'), 'utf8');
    const again = await replay();
    expect(summary(again.stdout)).toMatchObject({ rows: 0, findings: 0, logs: 1 });
    expect(await readFile(join(data, 'replay-manifest.ndjson'), 'utf8')).toBe(manifest);
    expect(summary((await replay('--dry-run')).stdout)).toMatchObject({ files: 0, bytes: 0 });
  });

  it('verifies what it read, and that only: a log may have grown since', async () => {
    const bytes = (await readFile(logs)).length;
    expect(await verify()).toMatchObject({ code: 0, stdout: expect.stringContaining(`"bytes":${bytes}`) });
    await appendFile(logs, `${lines[0]}\n`);
    expect((await verify()).code).toBe(0);
    await truncate(logs, bytes);
  });

  it('ends with 5 and names the log where its bytes are others, fewer or gone', async () => {
    const kept = join(folder, 'kept.json');
    await cp(logs, kept);
    const changed = (await readFile(logs, 'utf8')).replace('GetBlob', 'PutBlob');
    const cases = [
      ['changed', () => writeFile(logs, changed)],
      ['shorter', () => truncate(logs, 100)],
      ['missing', () => rm(logs)],
    ] as const;
    for (const [difference, damage] of cases) {
      await damage();
      const { code, stdout } = await verify();
      expect([code, objects(stdout)[0]]).toEqual([5, expect.objectContaining({ name: logs, difference })]);
      await cp(kept, logs);
    }
    expect((await verify()).code).toBe(0);
  });

  it('ends with 5 where the manifest itself was changed', async () => {
    const path = join(data, 'replay-manifest.ndjson');
    const manifest = await readFile(path, 'utf8');
    const [head = '', log = '', end = ''] = manifest.split('\n');
    for (const forged of [`${head}\n${end}\n`, `${head}\n${log}\n`, manifest.replace('"first":0', '"first":1')]) {
      await writeFile(path, forged);
      expect(await verify()).toMatchObject({ code: 5, stderr: expect.stringContaining('[REPLAY_INTEGRITY]') });
    }
    await writeFile(path, manifest);
  });

  it('takes an empty stretch for an answer, with what it cannot tell', async () => {
    const { code, stdout, stderr } = await run([
      ...['replay', logs, '--since', '2001-01-01', '--until', '2001-01-02', '--json'],
      ...['--data', join(folder, 'empty')],
    ]);
    expect([code, stderr]).toEqual([0, expect.stringContaining('no records from 2001-01-01T00:00:00.000Z')]);
    expect(summary(stdout)).toMatchObject({ rows: 0, hours_with_records: 0, first: null });
  });

  it.each([
    [['replay', 'x'], '--since and --until'],
    [['replay', ...range], 'Name what to read'],
    [['replay', 'x', '--since', '2023-06-22', '--until', '2023-06-22'], 'nothing lies between them'],
    [['replay', 'x', '--since', '22/06/2023', '--until', '2023-06-23'], "argument '22/06/2023' is invalid"],
    [['replay', 'x', '--verify', '--data', 'y'], 'takes no sources'],
    [['replay', '--verify'], '--data'],
    [['replay', '--verify', '--data', 'nowhere'], 'a replay writes it at its end'],
    [['replay', 'x', ...range, '--requests-per-second', '0'], 'requests_per_second'],
  ])('refuses %j', async (argv, reason) => {
    expect(await run(argv)).toMatchObject({ code: 2, stderr: expect.stringContaining(reason) });
  });
});
