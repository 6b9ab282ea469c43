import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { writeScenario } from '../../src/generate/write-scenario.ts';
import { query } from '../store/lake-of.ts';
import { startPiped, summaryOf } from './program.ts';

const rows = 10_000;
let folder: string;
let log: Buffer;
let lives = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saswatch-stdin-'));
  writeScenario({ scenario: 'robust-models', rows, seed: 3, out: folder, format: 'ndjson' });
  log = await readFile(join(folder, 'logs/part-00000.ndjson'));
});
afterAll(() => rm(folder, { recursive: true }));

function startReading(...flags: readonly string[]) {
  const dataDir = join(folder, `data-${lives++}`);
  return { dataDir, ...startPiped(['ingest', '-', ...flags, '--json', '--lanes', '1', '--data', dataDir]) };
}

it.each([
  { what: 'plain', bytes: () => log },
  { what: 'gzip', bytes: () => gzipSync(log) },
])('reads a pipe to its end, however long it has to wait for its writer: $what', async ({ bytes }) => {
  const { stdin, ended } = startReading('--once');
  stdin.end(bytes());
  const { code, stdout } = await ended;
  expect({ code, ...summaryOf(stdout) }).toMatchObject({ code: 0, rows, quarantined: 0 });
});

it('ends at the first signal where nothing more comes through the pipe', async () => {
  const { stdin, child, ended } = startReading('--once');
  // More than the pipe holds: when all is written, the lane has read the rest and waits for more.
  await new Promise((resolve) => stdin.write(log, resolve));
  child.kill('SIGTERM');
  const { code, stdout } = await ended;
  expect({ code, ...summaryOf(stdout) }).toMatchObject({ code: 130, quarantined: 0 });
});

it('shows the rows of a pipe whose writer rests, and goes on amid a line', { timeout: 120_000 }, async () => {
  const { stdin, child, ended, dataDir } = startReading();
  const shown = async () => (await query(dataDir, 'SELECT count(*)::INTEGER AS n FROM storage_log'))[0]?.['n'];
  const amid = log.indexOf('\n', 100_000) + 200;
  const lines = log.subarray(0, amid).toString().split('\n').length - 1;
  stdin.write(log.subarray(0, amid));
  await vi.waitFor(async () => expect(await shown()).toBe(lines), { timeout: 60_000, interval: 500 });
  stdin.write(log.subarray(amid));
  await vi.waitFor(async () => expect(await shown()).toBe(rows), { timeout: 60_000, interval: 500 });
  child.kill('SIGTERM');
  const { code, stdout } = await ended;
  expect({ code, ...summaryOf(stdout) }).toMatchObject({ code: 130, rows, quarantined: 0 });
});
