import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeScenario } from '../src/generate/write-scenario.ts';
import type { BenchOptions, BenchResult, Rows } from './bench.ts';
import { type ChildRun, runChild } from './child-run.ts';
import { fileDigest, lakeDigest } from './lake-digest.ts';
import { median, spread } from './statistics.ts';

const scenario = { scenario: 'robust-models', seed: 1, format: 'ndjson' } as const;
const title = 'ingest: log files to a queryable lake';

interface Sample extends ChildRun {
  readonly storedBytes: number;
}

interface Contender {
  readonly name: string;
  readonly run: (folder: string) => Promise<Sample>;
  readonly digest: (folder: string) => Promise<string>;
}

async function bytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function saswatch(logs: string): Contender {
  const command = new URL('../src/cli/main.js', import.meta.url);
  return {
    name: 'saswatch ingest',
    run: async (folder) => {
      const args = ['ingest', logs, '--once', '--json', '--quiet', '--data', join(folder, 'data')];
      const run = await runChild(command, args, folder);
      return { ...run, storedBytes: await bytesBelow(join(folder, 'data', 'lake')) };
    },
    digest: (folder) => lakeDigest(join(folder, 'data')),
  };
}

function readJson(logs: string): Contender {
  const program = new URL('./read-json-peer.js', import.meta.url);
  return {
    name: 'DuckDB COPY read_json',
    run: async (folder) => {
      const run = await runChild(program, [join(logs, '*.ndjson'), join(folder, 'peer.parquet')], folder);
      return { ...run, storedBytes: await bytesBelow(folder) };
    },
    digest: (folder) => fileDigest(join(folder, 'peer.parquet')),
  };
}

const perMillion = (seconds: number, rows: number) => (seconds * 1e6) / rows;

const figures: readonly { head: string; of: (sample: Sample) => number; digits: number }[] = [
  { head: 'CPU-s per 1 M rows', of: ({ cpuS, rows }) => perMillion(cpuS, rows), digits: 2 },
  {
    head: 'with start-up',
    of: ({ processCpuS, rows }) => perMillion(processCpuS ?? Number.NaN, rows),
    digits: 2,
  },
  { head: 'rows/s', of: ({ rows, wallS }) => rows / wallS, digits: 0 },
  { head: 'bytes/row on disk', of: ({ storedBytes, rows }) => storedBytes / rows, digits: 1 },
  { head: 'peak RSS MB', of: ({ peakRssBytes }) => peakRssBytes / 1e6, digits: 0 },
];

/** The whole way from files to committed, queryable, rolled up and judged rows, beside DuckDB storing the same files. */
export async function ingestBench({ rows, rounds, note }: BenchOptions): Promise<BenchResult> {
  const root = await mkdtemp(join(tmpdir(), 'saswatch-bench-'));
  try {
    note(`generating ${rows.toLocaleString('en')} rows of ${scenario.scenario} in ${root}`);
    const { bytes } = writeScenario({ ...scenario, rows, out: join(root, 'input') });
    const logs = join(root, 'input', 'logs');
    const contenders = [saswatch(logs), readJson(logs)] as const;
    const samples = new Map<Contender, Sample[]>(contenders.map((contender) => [contender, []]));
    for (let round = 1; round <= rounds; round++) {
      const digests = new Set<string>();
      for (const contender of round % 2 === 1 ? contenders : contenders.toReversed()) {
        const folder = join(root, 'round');
        await mkdir(folder);
        const sample = await contender.run(folder);
        digests.add(await contender.digest(folder));
        await rm(folder, { recursive: true });
        samples.get(contender)?.push(sample);
        note(`round ${round} of ${rounds}: ${contender.name} ${roundText(sample)}`);
      }
      if (digests.size > 1) throw new Error(`the two did not store the same rows: ${[...digests].join(' / ')}`);
    }
    const [ours, peer] = contenders.map((contender) => samples.get(contender) ?? []);
    return {
      title,
      parts: [
        `Dataset: \`${scenario.scenario}\`, seed ${scenario.seed}, ${rows.toLocaleString('en')} rows as NDJSON, ` +
          `${Math.round(bytes / rows)} B/row, files in the page cache. ${rounds} rounds that take turns; ` +
          'median [smallest–largest].',
        summaryTable(contenders.map(({ name }, index) => [name, [ours, peer][index] ?? []])),
        `CPU: the peer uses ${ratio(peer, ours, ({ cpuS }) => cpuS)} times what saswatch uses ` +
          `(${ratio(peer, ours, ({ processCpuS }) => processCpuS ?? Number.NaN)} with start-up); ` +
          `wall time ${ratio(peer, ours, ({ wallS }) => wallS)} times. Medians of the ratios within a round.`,
        'CPU is user and system time of all threads, as each program counts it from the start of its work; "with ' +
          'start-up" is what the system booked for the whole process. saswatch: as installed, one lane a core, rules ' +
          'run once at the end, rollups, `sas` rows and fsync included, all files of `lake/` counted. Peer: ' +
          '`COPY (SELECT … FROM read_json(…)) TO` zstd Parquet with the options of the lake, two threads and the columns plain SQL can give; ' +
          'no redaction, SAS parameters, rollups, positions, quarantine, fsync or catalog. After each round both ' +
          'results were read back: equal rows in 17 columns.',
      ],
    };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

function roundText(sample: Sample): string {
  return figures.map(({ head, of, digits }) => `${of(sample).toFixed(digits)} ${head}`).join(', ');
}

function summaryTable(runs: readonly (readonly [string, readonly Sample[]])[]): Rows {
  return [
    ['', ...figures.map(({ head }) => head)],
    ...runs.map(([name, samples]) => [name, ...figures.map(({ of, digits }) => spread(samples.map(of), digits))]),
  ];
}

function ratio(peer: readonly Sample[] = [], ours: readonly Sample[] = [], of: (sample: Sample) => number): string {
  const ratios = peer.flatMap((sample, round) => {
    const other = ours[round];
    return other === undefined ? [] : of(sample) / of(other);
  });
  return median(ratios).toFixed(2);
}
