import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import type { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { writeScenario } from '../../src/generate/write-scenario.ts';
import { ingest, sums } from './ingest.ts';

const rows = 12_000;
let folder: string;
let logs: string;
let dataDir: string;
let lives = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saswatch-crash-'));
  logs = join(folder, 'logs');
  writeScenario({ scenario: 'robust-models', rows, seed: 9, out: folder, format: 'ndjson' });
});
afterAll(() => rm(folder, { recursive: true }));

const workers: Worker[] = [];
const keep = (worker: Worker) => workers.push(worker);
beforeEach(() => {
  dataDir = join(folder, `data-${lives++}`);
  workers.length = 0;
  process.on('worker', keep);
});
afterEach(() => {
  process.off('worker', keep);
});

const whole = { rows, rolled_up: rows, requests: rows };

it('starts a lane again whose thread has died, and reads what it had not committed', async () => {
  let deaths = 0;
  const committed = await ingest(
    dataDir,
    logs,
    { batchRowsMax: 1_000 },
    {
      onCommit: () => {
        if (deaths++ > 1) return;
        for (const worker of workers.splice(0)) void worker.terminate();
      },
    },
  );
  expect(deaths).toBeGreaterThan(2);
  expect(committed).toBe(rows);
  expect(await sums(dataDir)).toMatchObject(whole);
  await ingest(dataDir, logs);
  expect(await readdir(join(dataDir, 'lake/staging'))).toEqual([]);
});

it('says that a lane ran out of memory, and the next run reads the same rows', async () => {
  // Heaps of threads made from now on; a lane does not fit.
  setFlagsFromString('--max-old-space-size=8');
  try {
    await expect(ingest(dataDir, logs)).rejects.toMatchObject({
      code: 'WORKER_CRASHED',
      message: expect.stringMatching(/thread died: .*(memory|heap)/i),
    });
  } finally {
    setFlagsFromString('--max-old-space-size=4096');
  }
  expect(await ingest(dataDir, logs)).toBe(rows);
  expect(await sums(dataDir)).toMatchObject(whole);
});
