import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Rows } from './bench.ts';
import { type ChildRun, runChild } from './child-run.ts';
import { fileDigest } from './lake-digest.ts';
import { median, spread } from './statistics.ts';

export interface Sample extends ChildRun {
  readonly storedBytes: number;
}

/** One of those that take turns. */
export interface Contender {
  readonly name: string;
  /** Stores the logs in an empty folder. */
  readonly run: (folder: string) => Promise<Sample>;
  /** What it stored there, as a text that is the same for the same rows. */
  readonly digest: (folder: string) => Promise<string>;
}

/** A contender's samples, one a round. */
export interface Standing {
  readonly name: string;
  readonly samples: readonly Sample[];
}

export async function bytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** DuckDB reading and storing NDJSON files by itself. */
export function readJsonPeer(logs: string): Contender {
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

/**
 * Lets contenders take turns, each in an empty folder, in the other order every other round.
 *
 * @throws Error if two of them did not store the same rows.
 */
export async function compete(
  contenders: readonly Contender[],
  { rounds, root, note }: { rounds: number; root: string; note: (text: string) => void },
): Promise<Standing[]> {
  const samples = contenders.map((): Sample[] => []);
  for (let round = 1; round <= rounds; round++) {
    const digests = new Set<string>();
    for (const contender of round % 2 === 1 ? contenders : contenders.toReversed()) {
      const folder = join(root, 'round');
      await mkdir(folder);
      const sample = await contender.run(folder);
      digests.add(await contender.digest(folder));
      await rm(folder, { recursive: true });
      samples[contenders.indexOf(contender)]?.push(sample);
      note(`round ${round} of ${rounds}: ${contender.name} ${roundText(sample)}`);
    }
    if (digests.size > 1) throw new Error(`they did not store the same rows: ${[...digests].join(' / ')}`);
  }
  return contenders.map(({ name }, index) => ({ name, samples: samples[index] ?? [] }));
}

export const perMillion = (seconds: number, rows: number) => (seconds * 1e6) / rows;

const figures: readonly { head: string; of: (sample: Sample) => number; digits: number }[] = [
  { head: 'CPU-s per 1 M rows', of: ({ cpuS, rows }) => perMillion(cpuS, rows), digits: 2 },
  {
    head: 'with start-up',
    of: ({ processCpuS, rows }) => perMillion(processCpuS ?? Number.NaN, rows),
    digits: 2,
  },
  { head: 'warm', of: ({ warmCpuS }) => warmCpuS ?? Number.NaN, digits: 2 },
  { head: 'rows/s', of: ({ rows, wallS }) => rows / wallS, digits: 0 },
  { head: 'bytes/row on disk', of: ({ storedBytes, rows }) => storedBytes / rows, digits: 1 },
  { head: 'peak RSS MB', of: ({ peakRssBytes }) => peakRssBytes / 1e6, digits: 0 },
];

function roundText(sample: Sample): string {
  return figures
    .filter(({ of }) => Number.isFinite(of(sample)))
    .map(({ head, of, digits }) => `${of(sample).toFixed(digits)} ${head}`)
    .join(', ');
}

export function standingsTable(standings: readonly Standing[]): Rows {
  const measured = figures.filter(({ of }) =>
    standings.some(({ samples }) => samples.some((one) => Number.isFinite(of(one)))),
  );
  return [
    ['', ...measured.map(({ head }) => head)],
    ...standings.map(({ name, samples }) => [
      name,
      ...measured.map(({ of, digits }) => spread(samples.map(of), digits)),
    ]),
  ];
}

/** Median of the ratios within a round. @param ofPeer the peer's figure, where it is another one. */
export function ratio(
  peer: Standing,
  ours: Standing,
  of: (sample: Sample) => number,
  ofPeer: (sample: Sample) => number = of,
): string {
  const ratios = peer.samples.flatMap((sample, round) => {
    const other = ours.samples[round];
    return other === undefined ? [] : ofPeer(sample) / of(other);
  });
  return median(ratios).toFixed(2);
}
