import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { IdleUpkeep } from '../../src/cli/idle-upkeep.ts';
import { keepUp, type UpkeepTotals } from '../../src/cli/lake-upkeep.ts';
import { parseConfig } from '../../src/core/config.ts';
import { Catalog } from '../../src/store/catalog.ts';
import type { Row } from '../store/batch-of.ts';
import { addBatches, query } from '../store/lake-of.ts';

const hour = 3_600_000_000n;
const start = 1_767_225_600_000_000n;

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'saswatch-upkeep-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

function config(text: string) {
  return parseConfig({ file: { path: 'saswatch.yaml', text }, env: {}, flags: {}, cores: 1, readSecret: () => '' })
    .config;
}

const at = (hours: number, id: number): Row => ({
  time: start + BigInt(hours) * hour,
  correlation_id: id.toString(16).padStart(32, '0'),
});

it('compacts hours that have ended while the catalog goes on committing', async () => {
  const dataDir = await folder();
  const catalog = await Catalog.open(dataDir);
  await addBatches(catalog, dataDir, [[at(0, 0), at(0, 1)], [at(0, 1), at(0, 2)], [at(5, 3)]]);
  let resolve: (totals: UpkeepTotals) => void = () => {};
  const compacted = new Promise<UpkeepTotals>((settle) => {
    resolve = settle;
  });
  const faults: string[] = [];
  const upkeep = new IdleUpkeep({
    catalog,
    dataDir,
    config: config('compaction: { interval_ms: 100, cpu_share_max: 1 }'),
    onUpkeep: (totals) => totals.steps > 0 && resolve(totals),
    onFault: (text) => faults.push(text),
  });
  await addBatches(catalog, dataDir, [[at(5, 4)]]);
  expect(await compacted).toMatchObject({ steps: 1, files_before: 2, files_after: 1, rows: 3, duplicates: 1 });
  await upkeep.stop();
  expect(faults).toEqual([]);
  await catalog.close();
  expect(await query(dataDir, 'SELECT count(*)::INTEGER AS n FROM storage_log')).toEqual([{ n: 5 }]);
});

it('gives up whole hours older than the retention, after splitting what has rows of them, however sparse', async () => {
  const dataDir = await folder();
  const catalog = await Catalog.open(dataDir);
  await addBatches(catalog, dataDir, [[at(0, 0), at(30, 1)], [at(31, 2)]]);
  const totals = await keepUp({
    catalog,
    dataDir,
    config: config('retention: { days: 1 }'),
    now: new Date(Number((start + 31n * hour) / 1000n)),
    plan: { until: null, onlyGain: false, splitSparse: false },
    cpuShareMax: 1,
    signal: new AbortController().signal,
  });
  expect(totals).toMatchObject({ files_before: 2, files_after: 3, expired_files: 1, expired_rows: 1 });
  await catalog.close();
  expect(await query(dataDir, 'SELECT count(*)::INTEGER AS n, min(time)::VARCHAR AS first FROM storage_log')).toEqual([
    { n: 2, first: '2026-01-02 06:00:00' },
  ]);
});
