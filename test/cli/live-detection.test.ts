import { rmSync } from 'node:fs';
import { afterAll, expect, it, vi } from 'vitest';
import { LiveDetection } from '../../src/cli/live-detection.ts';
import type { Finding } from '../../src/core/finding.ts';
import { Detector } from '../../src/detect/detector.ts';
import { Catalog } from '../../src/store/catalog.ts';
import { estateArrivals, newFolder } from '../detect/estate-days.ts';
import { fillLake } from '../detect/lake.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

async function open() {
  const dataDir = newFolder();
  folders.push(dataDir);
  const catalog = await Catalog.open(dataDir);
  return { dataDir, catalog, detector: await Detector.open({ dataDir, catalog }) };
}

const dayMicros = 86_400_000_000n;
const ids = (findings: readonly Finding[]) =>
  findings
    .filter((each) => each.open)
    .map(({ id }) => id)
    .sort();

it('finds over a whole estate what one pass finds, each day as soon as it has ended', {
  timeout: 600_000,
}, async () => {
  const { dataDir, catalog, detector } = await open();
  let now = 0;
  const options = { intervalMs: 0, latenessMs: 0, clockMs: () => now, onFindings: () => {} };
  const live = new LiveDetection(catalog, detector, options);
  let newest = 0n;
  for (const arrival of estateArrivals) {
    now += 60_000;
    for (const commit of await fillLake(dataDir, catalog, [arrival])) {
      live.note({ commit, status: 'committed', fallback: null, bytes: 0, rows: 0 }, true);
      for (const { maxTime } of commit.segments) if (maxTime > newest) newest = maxTime;
      await live.running;
    }
  }
  const today = newest - (newest % dayMicros);
  const ended = (finding: Finding) => finding.firstSeen < today && finding.lastSeen < today;
  const before = ids((await catalog.findings()).filter(ended));
  const evaluate = vi.spyOn(detector, 'evaluate');
  await live.finish();
  expect(evaluate.mock.calls.map(([{ since }]) => since)).toEqual([today]);
  const after = await catalog.findings();
  detector.close();
  await catalog.close();

  const other = await open();
  await fillLake(other.dataDir, other.catalog, estateArrivals);
  const span = other.catalog.unjudged();
  const pass = await other.detector.evaluate({ since: span?.first ?? 0n, until: (span?.last ?? 0n) + 1n, final: true });
  await other.catalog.close();
  expect(pass.length).toBeGreaterThan(25);
  expect(ids(after)).toEqual(ids(pass));
  expect(before).toEqual(ids(pass.filter(ended)));
});

it('tells of what posture and window rules see at once, of the rest once the watermark has passed', {
  timeout: 600_000,
}, async () => {
  const { dataDir, catalog, detector } = await open();
  const now = 0;
  const found: string[] = [];
  const live = new LiveDetection(catalog, detector, {
    intervalMs: 0,
    latenessMs: 86_400_000,
    clockMs: () => now,
    onFindings: (findings) => found.push(...findings.map(({ rule }) => rule)),
  });
  for (const commit of await fillLake(dataDir, catalog, estateArrivals.slice(0, 1))) {
    live.note({ commit, status: 'committed', fallback: null, bytes: 0, rows: 0 }, true);
    await live.running;
  }
  expect(found).toContain('P-02');
  expect(found.filter((rule) => rule.startsWith('B-'))).toEqual([]);
  await live.stop();
  detector.close();
  await catalog.close();
});

it('tells of what is there while rules that wait for the watermark pause after a long run', async () => {
  const { dataDir, catalog, detector } = await open();
  let nowMs = 0;
  const runs: string[] = [];
  vi.spyOn(detector, 'evaluate').mockImplementation(async ({ choice = 'all' }) => {
    runs.push(choice);
    nowMs += choice === 'settled' ? 30_000 : 1_000;
    return [];
  });
  const live = new LiveDetection(catalog, detector, {
    intervalMs: 0,
    latenessMs: 0,
    clockMs: () => nowMs,
    onFindings: () => {},
  });
  const [sample] = await fillLake(dataDir, catalog, estateArrivals.slice(0, 1));
  const arrive = async (minute: number) => {
    const maxTime = 1_767_225_600_000_000n + BigInt(minute) * 60_000_000n;
    if (sample === undefined) throw new Error('no commit');
    const segments = sample.segments.map((segment) => ({ ...segment, minTime: maxTime - 1n, maxTime }));
    const commit = { ...sample, segments };
    runs.length = 0;
    live.note({ commit, status: 'committed', fallback: null, bytes: 0, rows: 0 }, true);
    await live.running;
    return [...runs];
  };
  expect(await arrive(10)).toEqual(['posture', 'window', 'settled']);
  expect(await arrive(20)).toEqual(['posture', 'window']);
  nowMs += 60_000;
  expect(await arrive(30)).toEqual(['posture', 'window', 'settled']);
  await live.stop();
  detector.close();
  await catalog.close();
});
