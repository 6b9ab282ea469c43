import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sourceId } from '../src/core/position.ts';
import { Detector } from '../src/detect/detector.ts';
import type { EventRange } from '../src/detect/run.ts';
import { dayMicros } from '../src/detect/segment-days.ts';
import { generate } from '../src/generate/scenario.ts';
import { createDecoder } from '../src/ingest/decode/create-decoder.ts';
import type { Decoder } from '../src/ingest/decode/decoder.ts';
import { Catalog } from '../src/store/catalog.ts';
import type { SegmentFile } from '../src/store/commit.ts';
import { LaneStore } from '../src/store/lane-store.ts';
import type { BenchOptions, BenchResult } from './bench.ts';

const days = 30;
const scenario = 'estate';
const accounts = 6;
const tableDays = [1, 2, 10, 20, days];
const place = { source: 'bench', partition: '0' };
const commitRowsMax = 100_000;
const inputRows = 1_000;
const stepMicros = 300_000_000n;

/** Records that are committed together, and whether their UTC day ends with them. */
interface Part {
  readonly records: readonly string[];
  readonly endsDay: boolean;
}

/** Log records in parts of one UTC day of their event time; the few of before the first day are left out. */
function* partsOf(rows: number): Iterable<Part> {
  const generation = generate({ scenario, rows, seed: 1, days, accounts, duplicates: 0, late: 0 });
  const first = generation.truth().period_start.slice(0, 10);
  let day = first;
  let records: string[] = [];
  for (const record of generation.records()) {
    const dayOfRecord = /"time":"(\d{4}-\d\d-\d\d)/.exec(record)?.[1] ?? '';
    if (dayOfRecord < first) continue;
    const endsDay = dayOfRecord > day;
    if (endsDay || records.length === commitRowsMax) {
      yield { records, endsDay };
      records = [];
      day = dayOfRecord;
    }
    records.push(record);
  }
  yield { records, endsDay: true };
}

function* inputsOf(records: readonly string[]): Iterable<Uint8Array<ArrayBuffer>> {
  for (let start = 0; start < records.length; start += inputRows)
    yield new TextEncoder().encode(`${records.slice(start, start + inputRows).join('\n')}\n`);
}

/** Writes inputs as a lane does, into one segment. @param from the position of their first record. */
async function ingest(
  { store, catalog, decoder }: { readonly store: LaneStore; readonly catalog: Catalog; readonly decoder: Decoder },
  inputs: readonly Uint8Array<ArrayBuffer>[],
  from: bigint,
): Promise<readonly SegmentFile[]> {
  for (const input of inputs)
    for (let at = 0; at < input.length; ) at = decoder.decode(input, 'lines', sourceId(place), at).consumed;
  decoder.sort();
  const batch = decoder.batch();
  const staged = await store.stage(batch, decoder.newSas(), decoder.rollUp(batch));
  const ranges = [{ ...place, from, to: from + BigInt(batch.rows) }];
  decoder.reset();
  const commit = { ranges, ...(await store.finish([staged], ranges, [])) };
  await catalog.commit(commit);
  return commit.segments;
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** CPU-seconds of a step. */
async function costOf(step: () => Promise<unknown>): Promise<number> {
  const start = cpuSeconds();
  await step();
  return cpuSeconds() - start;
}

const perMillion = (seconds: number, rows: number) => ((seconds * 1e6) / rows).toFixed(2);

/** Event time of the rows of a day, from the first to the last. */
function spanOf(segments: readonly SegmentFile[]): EventRange {
  const since = segments.reduce((min, { minTime }) => (minTime < min ? minTime : min), segments[0]?.minTime ?? 0n);
  const until = segments.reduce((max, { maxTime }) => (maxTime > max ? maxTime : max), 0n) + 1n;
  return { since, until };
}

const midnightAfter = (micros: bigint) => (micros / dayMicros + 1n) * dayMicros;

/**
 * What judging a day costs as the lake grows: all rules over each day once, and the runs of a live ingest over its last five
 * minutes; beside what writing the day into the lake costs.
 */
export async function detectBench({ rows, note }: BenchOptions): Promise<BenchResult> {
  const dataDir = await mkdtemp(join(tmpdir(), 'saswatch-bench-'));
  const catalog = await Catalog.open(dataDir);
  const store = await LaneStore.open(dataDir);
  const detector = await Detector.open({ dataDir, catalog });
  const decoder = createDecoder('scanner', commitRowsMax);
  const table: string[][] = [];
  const sum = { rows: 0, writing: 0, judging: 0 };
  const today = { rows: 0, writing: 0, segments: [] as SegmentFile[] };
  let day = 0;
  try {
    for (const { records, endsDay } of partsOf(rows)) {
      const inputs = [...inputsOf(records)];
      const from = BigInt(sum.rows + today.rows);
      today.writing += await costOf(async () => {
        today.segments.push(...(await ingest({ store, catalog, decoder }, inputs, from)));
      });
      today.rows += records.length;
      if (!endsDay) continue;
      day += 1;
      detector.note(today.segments);
      const { since, until } = spanOf(today.segments);
      const run = (choice: 'posture' | 'window' | 'settled') =>
        costOf(() => detector.evaluate({ since: until - stepMicros, until, choice, final: false, standing: true }));
      const ended = { since, until: midnightAfter(since) };
      const judging = await costOf(() => detector.evaluate({ ...ended, final: true, standing: true }));
      const live = [await run('posture'), await run('window'), await run('settled')];
      note(`day ${day}: ${today.rows} rows, ${judging.toFixed(2)} CPU-s`);
      if (tableDays.includes(day))
        table.push([
          String(day),
          today.rows.toLocaleString('en'),
          perMillion(today.writing, today.rows),
          judging.toFixed(2),
          perMillion(judging, today.rows),
          ...live.map((seconds) => seconds.toFixed(3)),
        ]);
      sum.rows += today.rows;
      sum.writing += today.writing;
      sum.judging += judging;
      Object.assign(today, { rows: 0, writing: 0, segments: [] });
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
      `\`${scenario}\`, seed 1, ${rows.toLocaleString('en')} rows over ${days} days, written into the lake day by day; after each day all ` +
        'rules judge it, then once more its last five minutes as a live ingest does: posture and window rules run while rows come ' +
        'in, all that need not wait for the end of the day (settled) every five minutes.',
      [
        [
          'day',
          'rows',
          'written, per 1 M rows',
          'all rules CPU-s',
          'per 1 M rows',
          'posture run CPU-s',
          'window run CPU-s',
          'settled run CPU-s',
        ],
        ...table,
      ],
      `All days together: ${perMillion(sum.judging, sum.rows)} CPU-s per 1 M rows, beside ${perMillion(sum.writing, sum.rows)} for ` +
        'writing them. CPU is user and system time of all threads. The first day includes opening the workspace. A part of a run ' +
        'costs the same however few rows it judges: compare sizes with `--rows`. The process, which also generates and writes the ' +
        `rows, had ${Math.round(process.resourceUsage().maxRSS / 1024).toLocaleString('en')} MB at its peak.`,
    ],
  };
}
