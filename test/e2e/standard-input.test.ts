import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeScenario } from '../../src/generate/write-scenario.ts';
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

function startReading() {
  return startPiped(['ingest', '-', '--once', '--json', '--lanes', '1', '--data', join(folder, `data-${lives++}`)]);
}

it.each([
  { what: 'plain', bytes: () => log },
  { what: 'gzip', bytes: () => gzipSync(log) },
])('reads a pipe to its end, however long it has to wait for its writer: $what', async ({ bytes }) => {
  const { stdin, ended } = startReading();
  stdin.end(bytes());
  const { code, stdout } = await ended;
  expect({ code, ...summaryOf(stdout) }).toMatchObject({ code: 0, rows, quarantined: 0 });
});

it('ends at the first signal where nothing more comes through the pipe', async () => {
  const { stdin, child, ended } = startReading();
  // More than the pipe holds: when all is written, the lane has read the rest and waits for more.
  await new Promise((resolve) => stdin.write(log, resolve));
  child.kill('SIGTERM');
  const { code, stdout } = await ended;
  expect({ code, ...summaryOf(stdout) }).toMatchObject({ code: 130, quarantined: 0 });
});
