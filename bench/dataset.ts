import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeScenario } from '../src/generate/write-scenario.ts';
import type { BenchOptions } from './bench.ts';

/** Three years of a small estate: nearly every row has five minutes of its token to itself. */
export const story = { scenario: 'robust-models', seed: 1, format: 'ndjson' } as const;
/** One day of six accounts, as dense as logs are where speed matters; some rows twice, some late. */
export const busyDay = { scenario: 'estate', days: 1, seed: 1, format: 'ndjson' } as const;
/** Few hours, so that compacted files are not tiny; and nothing twice, as a plain COPY removes no duplicates. */
export const fewHours = { scenario: 'benign-month', days: 0.25, duplicates: 0, seed: 1, format: 'ndjson' } as const;

/** Generated logs in a folder that goes with everything else below `root` when the bench ends. */
export interface Dataset {
  readonly root: string;
  /** Folder of NDJSON files. */
  readonly logs: string;
  readonly description: string;
}

/** Makes the dataset of the ingest benches for as long as `use` runs. */
export async function withDataset<T>(
  { rows, rounds, note }: BenchOptions,
  use: (dataset: Dataset) => Promise<T>,
  scenario: typeof story | typeof busyDay | typeof fewHours = story,
): Promise<T> {
  const root = await mkdtemp(join(tmpdir(), 'saswatch-bench-'));
  try {
    note(`generating ${rows.toLocaleString('en')} rows of ${scenario.scenario} in ${root}`);
    const { bytes } = writeScenario({ ...scenario, rows, out: join(root, 'input') });
    const description =
      `Dataset: \`${scenario.scenario}\`, seed ${scenario.seed}, ${rows.toLocaleString('en')} rows as NDJSON, ` +
      `${Math.round(bytes / rows)} B/row, files in the page cache. ${rounds} rounds that take turns; ` +
      'median [smallest–largest].';
    return await use({ root, logs: join(root, 'input', 'logs'), description });
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
