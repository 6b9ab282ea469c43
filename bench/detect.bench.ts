import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sourceId } from '../src/core/position.ts';
import { Detector } from '../src/detect/detector.ts';
import { generate } from '../src/generate/scenario.ts';
import { createDecoder } from '../src/ingest/decode/create-decoder.ts';
import type { Decoder } from '../src/ingest/decode/decoder.ts';
import { Catalog } from '../src/store/catalog.ts';
import { LaneStore } from '../src/store/lane-store.ts';
import type { BenchOptions, BenchResult } from './bench.ts';

const days = 30;
const scenario = 'estate';
const place = { source: 'bench', partition: '0' };
const commitRowsMax = 100_000;
const inputRows = 1_000;
const stepMicros = 300_000_000n;

/** Log records of each UTC day of their event time; the few of before the first day are left out. */
function* recordsByDay(rows: number): Iterable<string[]> {
  const generation = generate({ scenario, rows, seed: 1, days, accounts: 6, duplicates: 0, late: 0 });
  const first = generation.truth().period_start.slice(0, 10);
  let day = first;
  let records: string[] = [];
  for (const record of generation.records()) {
    const dayOfRecord = /"time":"(\d{4}-\d\d-\d\d)/.exec(record)?.[1] ?? '';
    if (dayOfRecord < first) continue;
    if (dayOfRecord > day) {
      yield records;
      records = [];
      day = dayOfRecord;
    }
    records.push(record);
  }
  yield records;
}

function decodeAll(decoder: Decoder, records: readonly string[]): void {
  for (let start = 0; start < records.length; start += inputRows) {
    const input = new TextEncoder().encode(`${records.slice(start, start + inputRows).join('\n')}\n`);
    for (let at = 0; at < input.length; ) at = decoder.decode(input, 'lines', sourceId(place), at).consumed;
  }
}

async function ingest(
  { store, catalog, decoder }: { readonly store: LaneStore; readonly catalog: Catalog; readonly decoder: Decoder },
  records: readonly string[],
  from: bigint,
) {
  const segments = [];
  for (let start = 0; start < records.length; start += commitRowsMax) {
    const part = records.slice(start, start + commitRowsMax);
    decodeAll(decoder, part);
    decoder.sort();
    const batch = decoder.batch();
    const staged = await store.stage(batch, decoder.newSas(), decoder.rollUp(batch));
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

/** CPU-seconds of a step, and of a million rows at that rate. */
interface Cost {
  readonly seconds: number;
  readonly perMillion: number;
}

async function costOf(records: number, step: () => Promise<unknown>): Promise<Cost> {
  const start = cpuSeconds();
  await step();
  const seconds = cpuSeconds() - start;
  return { seconds, perMillion: (seconds * 1e6) / records };
}

const cells = ({ seconds, perMillion }: Cost) => [seconds.toFixed(2), perMillion.toFixed(2)];

/**
 * What judging a day costs as the lake grows: all rules over each day once, and the posture and window rules once more over
 * its last five minutes, as a live run does.
 */
export async function detectBench({ rows, note }: BenchOptions): Promise<BenchResult> {
  const dataDir = await mkdtemp(join(tmpdir(), 'saswatch-bench-'));
  const catalog = await Catalog.open(dataDir);
  const store = await LaneStore.open(dataDir);
  const detector = await Detector.open({ dataDir, catalog });
  const decoder = createDecoder('scanner', commitRowsMax);
  const table: string[][] = [];
  let day = 0;
  let sum = 0;
  let offset = 0n;
  try {
    for (const records of recordsByDay(rows)) {
      day += 1;
      const segments = await ingest({ store, catalog, decoder }, records, offset);
      offset += BigInt(records.length);
      detector.note(segments);
      const since = segments.reduce((min, { minTime }) => (minTime < min ? minTime : min), segments[0]?.minTime ?? 0n);
      const until = segments.reduce((max, { maxTime }) => (maxTime > max ? maxTime : max), 0n) + 1n;
      const run = (choice: 'all' | 'posture' | 'window') =>
        costOf(records.length, () =>
          detector.evaluate(
            choice === 'all'
              ? { since, until, final: true, standing: true }
              : { since: until - stepMicros, until, choice, final: false, standing: true },
          ),
        );
      const all = await run('all');
      const [posture, window] = [await run('posture'), await run('window')];
      sum += all.seconds;
      note(`day ${day}: ${records.length} rows, ${all.seconds.toFixed(2)} CPU-s`);
      if (![1, 2, 10, 20, days].includes(day)) continue;
      const live = [posture, window].map(({ seconds }) => seconds.toFixed(3));
      table.push([String(day), records.length.toLocaleString('en'), ...cells(all), ...live]);
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
        'rules judge it, then the posture and the window rules its last five minutes once more, as a live ingest does.',
      [['day', 'rows', 'all rules CPU-s', 'per 1 M rows', 'posture run CPU-s', 'window run CPU-s'], ...table],
      `All days together: ${((sum * 1e6) / Number(offset)).toFixed(2)} CPU-s per 1 M rows. CPU is user and system time of all ` +
        'threads. The first day includes opening the workspace. A part of a run costs the same however few rows it judges: ' +
        'compare sizes with `--rows`.',
    ],
  };
}
