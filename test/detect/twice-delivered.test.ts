import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { Detector } from '../../src/detect/detector.ts';
import { generate } from '../../src/generate/scenario.ts';
import { Catalog } from '../../src/store/catalog.ts';
import { fillLake } from './lake.ts';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

/** What the rules find in a log that reaches the lake once by each way. */
async function found(records: readonly string[], ways: readonly string[]): Promise<string[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'saswatch-twice-'));
  folders.push(dataDir);
  const catalog = await Catalog.open(dataDir);
  const arrivals = ways.map((partition) => ({ partition, records }));
  const segments = (await fillLake(dataDir, catalog, arrivals)).flatMap((commit) => commit.segments);
  const since = segments.reduce((min, { minTime }) => (minTime < min ? minTime : min), segments[0]?.minTime ?? 0n);
  const until = segments.reduce((max, { maxTime }) => (maxTime > max ? maxTime : max), 0n) + 1n;
  const detector = await Detector.open({ dataDir, catalog });
  await detector.evaluate({ since, until, final: true });
  const findings = await catalog.findings();
  await catalog.close();
  return findings.map(({ rule, entity, windowStart, level }) => `${rule} ${entity} ${windowStart} ${level}`).sort();
}

it.each([2, 6])(
  'a log that comes twice, as by Event Hubs and from its archive, gives no finding more: seed %d',
  {
    timeout: 120_000,
  },
  async (seed) => {
    const estate = { scenario: 'estate', rows: 40_000, seed, duplicates: 0, late: 0 };
    const records = [...generate(estate).records()];
    const once = await found(records, ['0']);
    expect(once.length).toBeGreaterThan(20);
    const known = new Set(once);
    expect((await found(records, ['0', 'archive'])).filter((finding) => !known.has(finding))).toEqual([]);
  },
);
