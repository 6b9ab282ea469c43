import { join } from 'node:path';
import type { BenchOptions, BenchResult } from './bench.ts';
import { runChild } from './child-run.ts';
import {
  bytesBelow,
  type Contender,
  compete,
  ratio,
  readJsonPeer,
  type Standing,
  standingsTable,
} from './contender.ts';
import { withDataset } from './dataset.ts';
import { lakeDigest } from './lake-digest.ts';

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

/** The whole way from files to committed, queryable, rolled up and judged rows, beside DuckDB storing the same files. */
export function ingestBench(options: BenchOptions): Promise<BenchResult> {
  return withDataset(options, async ({ root, logs, description }) => {
    const { rounds, note } = options;
    const standings = await compete([saswatch(logs), readJsonPeer(logs)], { rounds, root, note });
    const [ours, peer] = standings as [Standing, Standing];
    return {
      title: 'ingest: log files to a queryable lake',
      parts: [
        description,
        standingsTable(standings),
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
  });
}
