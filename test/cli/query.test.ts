import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lakeOf } from '../query/lake-of.ts';
import { run } from './recording-effects.ts';

let dataDir: string;
const folder = mkdtempSync(join(tmpdir(), 'saswatch-out-'));
const sql = 'SELECT object_key, duration_ms FROM storage_log WHERE duration_ms >= 0 ORDER BY duration_ms';

beforeAll(async () => {
  dataDir = await lakeOf(Array.from({ length: 3 }, (_, i) => ({ object_key: `/models/c/${i}`, duration_ms: i })));
});
afterAll(() => {
  rmSync(dataDir, { recursive: true });
  rmSync(folder, { recursive: true });
});

const query = (...argv: string[]) => run(['query', '--data', dataDir, ...argv]);

describe('saswatch query', () => {
  it('reads the SQL from standard input', async () => {
    expect(await run(['query', '-', '--json', '--data', dataDir], { stdin: 'SELECT 1 AS a' })).toMatchObject({
      code: 0,
      stdout: '{"a":1}\n',
    });
  });

  it('writes a file in the format of its ending, in place of the one before', async () => {
    const csv = join(folder, 'a.csv');
    writeFileSync(csv, 'old');
    expect(await query('--out', csv, sql)).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(readFileSync(csv, 'utf8')).toBe(
      'object_key,duration_ms\r\n/models/c/0,0\r\n/models/c/1,1\r\n/models/c/2,2\r\n',
    );
    const arrow = join(folder, 'a.arrow');
    await query('--out', arrow, sql);
    expect(tableFromIPC(readFileSync(arrow)).numRows).toBe(3);
    const parquet = join(folder, 'a.parquet');
    await query('--out', parquet, sql);
    expect(readFileSync(parquet).subarray(-4).toString()).toBe('PAR1');
    expect(readdirSync(folder).sort()).toEqual(['a.arrow', 'a.csv', 'a.parquet']);
  });

  it('leaves the old file and no other when the query fails', async () => {
    const path = join(folder, 'kept.csv');
    writeFileSync(path, 'old');
    const before = readdirSync(folder);
    expect(await query('--out', path, 'SELECT nothing FROM storage_log')).toMatchObject({ code: 1 });
    expect(await query('--out', path, "COPY (SELECT 1) TO 'x'")).toMatchObject({ code: 2 });
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(before);
  });

  it('cannot write where there is no folder, and says so', async () => {
    const path = join(folder, 'none', 'a.csv');
    expect(await query('--out', path, sql)).toMatchObject({ code: 4, stderr: expect.stringContaining('none') });
    expect(existsSync(path)).toBe(false);
  });

  it('wants a file for Parquet', async () => {
    expect(await query('--format', 'parquet', sql)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--out'),
    });
  });
});
