import { expect, it, onTestFinished, vi } from 'vitest';
import { Catalog } from '../../src/store/catalog.ts';
import { compactLake, noCompaction } from '../../src/store/compactor.ts';
import { StepProcess, type StepRunner } from '../../src/store/step-runner.ts';
import type { Row } from './batch-of.ts';
import { addBatches, compactorOptions, query, withCatalog } from './lake-of.ts';
import { temporaryFolder } from './temporary-folder.ts';

const start = 1_767_225_600_000_000n;
const kills = 6;

/** 40 hours of rows, so that a step has some seconds of work, every tenth delivered twice. */
const rows: Row[] = Array.from({ length: 4_000 }, (_, index) => ({
  time: start + BigInt(index % 40) * 3_600_000_000n + BigInt(index),
  correlation_id: index.toString(16).padStart(32, '0'),
  token: BigInt(index % 7),
  response_body_bytes: BigInt(index),
}));
const doubled = rows.filter((_, index) => index % 10 === 0);

const account = (dataDir: string) =>
  query(
    dataDir,
    `SELECT count(*)::INTEGER AS n, count(DISTINCT correlation_id)::INTEGER AS ids, sum(response_body_bytes)::BIGINT AS bytes,
      (SELECT sum("rows") FROM rollup)::INTEGER AS rolled_up FROM storage_log`,
  );

it(`has the old files or the new ones after ${kills} kills of the compaction process`, async () => {
  const dataDir = await temporaryFolder();
  await withCatalog(dataDir, (catalog) =>
    addBatches(catalog, dataDir, [rows.slice(0, 2_000), rows.slice(2_000), doubled]),
  );
  const bytes = String(rows.reduce((sum, row) => sum + BigInt(row.response_body_bytes ?? 0), 0n));
  const before = { n: 4_400, ids: 4_000, rolled_up: 4_400 };
  const after = { n: 4_000, ids: 4_000, rolled_up: 4_000, bytes };
  const catalog = await Catalog.open(dataDir);
  let crashed = 0;
  /** A kill in the step of the hours leaves the old files, one in the step of the token directory the new ones. */
  let held: object = before;
  try {
    expect(await account(dataDir)).toMatchObject([before]);
    for (let kill = 0; kill < kills; kill++) {
      const runner = new StepProcess();
      const run = compactLake(catalog, dataDir, { ...compactorOptions, runner });
      const startedMs = performance.now();
      const aliveMs = kill === 0 ? 0 : 200 + Math.random() * 2_500;
      // The first is killed as soon as it is there: the rest of the lake may be done before any other dies.
      const timer = setInterval(() => {
        if (runner.pid !== undefined && performance.now() - startedMs > aliveMs) runner.stop();
      }, 10);
      const outcome = await run.then(
        () => 'done' as const,
        (error: unknown) => error,
      );
      clearInterval(timer);
      if (outcome !== 'done') {
        crashed += 1;
        expect(outcome).toMatchObject({ code: 'WORKER_CRASHED' });
      }
      const [found] = await account(dataDir);
      if (outcome === 'done' || found?.['n'] === after.n) held = after;
      expect(found).toMatchObject(held);
    }
    expect(crashed).toBeGreaterThan(0);
    await compactLake(catalog, dataDir, compactorOptions);
    expect(await account(dataDir)).toEqual([after]);
  } finally {
    await catalog.close();
  }
  const again = await Catalog.open(dataDir, { graceMs: 0 });
  expect(again.openReport.missingFiles).toEqual([]);
  await again.close();
  expect(await account(dataDir)).toEqual([after]);
});

it('goes on in a new process where one died between two steps', async () => {
  const dataDir = await temporaryFolder();
  const pids = new Set<number | undefined>();
  await withCatalog(dataDir, async (catalog) => {
    await addBatches(catalog, dataDir, [rows, doubled]);
    const runner = new StepProcess();
    const run: StepRunner['run'] = async (request) => {
      const reply = await runner.run(request);
      pids.add(runner.pid);
      runner.stop();
      await vi.waitUntil(() => runner.pid === undefined, { timeout: 30_000 });
      return reply;
    };
    await compactLake(catalog, dataDir, { ...compactorOptions, runner: { run, stop: () => runner.stop() } });
  });
  expect(pids.size).toBe(2);
  expect(await account(dataDir)).toMatchObject([{ n: 4_000, rolled_up: 4_000 }]);
});

it('says that its process cannot be started, and starts one at the next call', async () => {
  const dataDir = await temporaryFolder();
  const { execPath } = process;
  onTestFinished(() => {
    process.execPath = execPath;
  });
  await withCatalog(dataDir, async (catalog) => {
    await addBatches(catalog, dataDir, [rows, doubled]);
    const options = { ...compactorOptions, runner: new StepProcess() };
    process.execPath = `${dataDir}/no-such-program`;
    await expect(compactLake(catalog, dataDir, options)).rejects.toMatchObject({
      code: 'WORKER_CRASHED',
      message: expect.stringContaining('could not be started'),
    });
    process.execPath = execPath;
    expect(await compactLake(catalog, dataDir, options)).toMatchObject({ steps: 1 });
  });
  expect(await account(dataDir)).toMatchObject([{ n: 4_000, rolled_up: 4_000 }]);
});

it('begins no step after the order to stop', async () => {
  const dataDir = await temporaryFolder();
  const stop = new AbortController();
  const run = vi.fn<StepRunner['run']>();
  await withCatalog(dataDir, async (catalog) => {
    await addBatches(catalog, dataDir, [rows, doubled]);
    const runner = { run, stop: () => {} };
    const compacting = compactLake(catalog, dataDir, { ...compactorOptions, signal: stop.signal, runner });
    stop.abort();
    expect(await compacting).toEqual(noCompaction);
  });
  expect(run).not.toHaveBeenCalled();
});
