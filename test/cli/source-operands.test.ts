import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { run } from './recording-effects.ts';

const folder = mkdtempSync(join(tmpdir(), 'saswatch-operands-'));
afterAll(() => rmSync(folder, { recursive: true }));

const missing = join(folder, 'losg');
const signature = 'awHDRNvlgnvsPnEfneux4M9L%2BYR4RhsUDIE%2FuHP4hZE%3D';
const range = ['--since', '2026-01-01', '--until', '2026-01-02'];

it.each([
  ['ingest', missing, [], 4, `Cannot read ${missing}: it does not exist`],
  ['replay', missing, range, 4, `Cannot read ${missing}: it does not exist`],
  ['ingest', 's3://logs', [], 2, 'Cannot read s3://logs: a source is a file, a folder'],
  ['replay', 's3://logs', range, 2, 'Cannot read s3://logs: a source is a file, a folder'],
  ['ingest', 'az://logs', [], 2, 'Cannot read az://logs: an archive is written'],
  ['ingest', `https://logs.blob.core.windows.net/c?sig=${signature}`, [], 2, 'a source is a file, a folder'],
] as const)(
  '%s of %s, mistyped, says so and leaves no data folder behind',
  async (name, operand, options, code, said) => {
    const { code: ended, stderr } = await run([name, operand, ...options, '--data', join(folder, 'lake')]);
    expect(stderr).toContain(said);
    expect(stderr).not.toContain(signature.slice(0, 20));
    expect(ended).toBe(code);
    expect(readdirSync(folder)).toEqual([]);
  },
);
