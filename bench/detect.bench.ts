import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sourceId } from '../src/core/position.ts';
import { Detector } from '../src/detect/detector.ts';
import { generate } from '../src/generate/scenario.ts';
import { ReferenceDecoder } from '../src/ingest/decode/resource-log.ts';
import { Catalog } from '../src/store/catalog.ts';
import { LaneStore } from '../src/store/lane-store.ts';
import type { BenchOptions, BenchResult } from './bench.ts';

const days = 30;
const scenario = 'estate';
const place = { source: 'bench', partition: '0' };
const commitRowsMax = 100_000;

/** Log records by the UTC day of their event time, in order of days; the few of before the first are left out. */
function recordsByDay(rows: number): string[][] {
  const byDay = new Map<string, string[]>();
  const generation = generate({ scenario, rows, seed: 1, days, accounts: 6, duplicates: 0, late: 0 });
  for (const record of generation.records()) {
    const day = /"time":"(\d{4}-\d\d-\d\d)/.exec(record)?.[1] ?? '';
    const known = byDay.get(day);
    if (known === undefined) byDay.set(day, [record]);
    else known.push(record);
  }
  const first = generation.truth().period_start.slice(0, 10);
  return [...byDay]
    .filter(([day]) => day >= first)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, records]) => records);
}

async function ingest(store: LaneStore, catalog: Catalog, records: readonly string[], from: bigint) {
  const decoder = new ReferenceDecoder();
  const segments = [];
  for (let start = 0; start < records.length; start += commitRowsMax) {
    const part = records.slice(start, start + commitRowsMax);
    decoder.decode(new TextEncoder().encode(`${part.join('\n')}\n`), 'lines', sourceId(place));
    const staged = await store.stage(decoder.batch(), decoder.newSasSets());
    decoder.reset();
    const first = from + BigInt(start);
    const ranges = [{ ...place, from: first, to: first + BigInt(part.length) }];
    const commit = { ranges, ...(await store.finish([staged], ranges, [])) };
    await catalog.commit(commit);
    segments.push(...commit.segments);
  }
  return segments;
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** What judging a day costs as the lake grows: all rules over each day once, and the prompt rules over it once more. */
export async function detectBench({ rows, note }: BenchOptions): Promise<BenchResult> {
  const dataDir = await mkdtemp(join(tmpdir(), 'saswatch-bench-'));
  const catalog = await Catalog.open(dataDir);
  const store = await LaneStore.open(dataDir);
  const detector = await Detector.open({ dataDir, catalog });
  const table: string[][] = [];
  try {
    let offset = 0n;
    for (const [index, records] of recordsByDay(rows).entries()) {
      const segments = await ingest(store, catalog, records, offset);
      offset += BigInt(records.length);
      detector.note(segments);
      const since = segments.reduce((min, { minTime }) => (minTime < min ? minTime : min), segments[0]?.minTime ?? 0n);
      const until = segments.reduce((max, { maxTime }) => (maxTime > max ? maxTime : max), 0n) + 1n;
      const start = cpuSeconds();
      await detector.evaluate({ since, until, final: true, standing: true });
      const all = cpuSeconds() - start;
      for (const choice of ['posture', 'window'] as const)
        await detector.evaluate({ since, until, choice, final: false, standing: true });
      const prompt = cpuSeconds() - start - all;
      const perMillion = (seconds: number) => ((seconds * 1e6) / records.length).toFixed(2);
      note(`day ${index + 1}: ${records.length} rows, ${all.toFixed(2)} CPU-s`);
      if (![1, 2, 10, 20, 30].includes(index + 1)) continue;
      const cells = [all.toFixed(2), perMillion(all), prompt.toFixed(2), perMillion(prompt)];
      table.push([String(index + 1), records.length.toLocaleString('en'), ...cells]);
    }
  } finally {
    detector.close();
    await store.close();
    await catalog.close();
    await rm(dataDir, { recursive: true, force: true });
  }
  return {
    title: 'detect: what judging a day costs as the lake grows',
    parts: [
      `\`${scenario}\`, seed 1, ${rows.toLocaleString('en')} rows over ${days} days, committed day by day; after each day all ` +
        'rules judge it, then the posture and window rules once more, as they do at every run of a live ingest.',
      [['day', 'rows', 'all rules CPU-s', 'per 1 M rows', 'prompt rules CPU-s', 'per 1 M rows'], ...table],
      'CPU is user and system time of all threads. The first day includes opening the workspace. A run costs about a second ' +
        'however few rows it judges, most of it for planning the statements: compare sizes with `--rows`.',
    ],
  };
}
