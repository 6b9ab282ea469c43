import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BenchOptions, BenchResult, Rows } from './bench.ts';
import { runChild } from './child-run.ts';
import {
  bytesBelow,
  type Contender,
  compete,
  perMillion,
  ratio,
  readJsonPeer,
  type Sample,
  standingsTable,
} from './contender.ts';
import { type Phases, profiledSeconds } from './cpu-profile.ts';
import { busyDay, withDataset } from './dataset.ts';
import { lakeDigest } from './lake-digest.ts';

const program = new URL('./lane-program.js', import.meta.url);

async function runLanes(logs: string, folder: string, lanes: number, flags: readonly string[] = []): Promise<Sample> {
  const data = join(folder, 'data');
  const run = await runChild(program, [logs, data, String(lanes)], folder, flags);
  return { ...run, storedBytes: await bytesBelow(join(data, 'lake')) };
}

function laneContender(logs: string, lanes: number): Contender {
  return {
    name: lanes === 1 ? '1 lane' : `${lanes} lanes`,
    run: (folder) => runLanes(logs, folder, lanes),
    digest: (folder) => lakeDigest(join(folder, 'data')),
  };
}

const phases: Phases = [
  ['encode, compress, write', /\/store\/(encoder-writer|parquet\/)/],
  ['sort', /\/(scanner-columns\.js sort$|store\/row-order\.)/],
  ['roll up', /\/(scanner-rollup\.|store\/(rollup|sketch|network))/],
  ['decode', /\/(ingest\/decode|core)\//],
  ['read', /\/ingest\/sources\//],
];

/**
 * One more run of one lane, profiled in the main thread, start of Node and all. The profile gives the shares of that
 * thread's CPU, since a busy machine stretches its times; what other threads used is Node's.
 */
async function breakdown(logs: string, root: string): Promise<Rows> {
  const folder = join(root, 'profiled');
  const profiles = join(folder, 'profiles');
  await mkdir(profiles, { recursive: true });
  const run = await runLanes(logs, folder, 0, ['--cpu-prof', `--cpu-prof-dir=${profiles}`]);
  const seconds = await profiledSeconds(profiles, phases);
  await rm(folder, { recursive: true });
  const sampled = [...seconds.values()].reduce((sum, part) => sum + part, 0);
  const inJavaScript = run.mainThreadCpuS ?? sampled;
  const all = run.processCpuS ?? run.cpuS;
  const known = phases.map(([name]) => name);
  const names = [...known, ...[...seconds.keys()].filter((name) => !known.includes(name))];
  const line = (name: string, part: number) => [
    name,
    perMillion(part, run.rows).toFixed(2),
    `${((part / all) * 100).toFixed(0)} %`,
  ];
  return [
    ['1 lane, profiled', 'CPU-s per 1 M rows', 'share'],
    ...names.map((name) => line(name, ((seconds.get(name) ?? 0) / sampled) * inJavaScript)),
    line('other threads: fsync, compiler', Math.max(0, all - inJavaScript)),
    line('all, with start-up', all),
  ];
}

/** Log files to committed, rolled up, queryable rows with one and two lanes and no rules, beside DuckDB storing the same files. */
export function laneBench(options: BenchOptions): Promise<BenchResult> {
  return withDataset(
    options,
    async ({ root, logs, description }) => {
      const { rounds, note } = options;
      const contenders = [laneContender(logs, 1), laneContender(logs, 2), readJsonPeer(logs)];
      const standings = await compete(contenders, { rounds, root, note });
      note('one more lane, profiled');
      const parts = await breakdown(logs, root);
      const peer = standings.at(-1);
      const warm = ({ rows, cpuS, warmCpuS }: Sample) => warmCpuS ?? perMillion(cpuS, rows);
      const ratios = standings.slice(0, -1).map((lanes) => {
        if (peer === undefined) return '';
        const gotWarm = lanes.samples.every(({ warmCpuS }) => typeof warmCpuS === 'number');
        const onceWarm = gotWarm ? `${ratio(peer, lanes, warm)} times once warm` : 'too few rows for it to get warm';
        return `${ratio(peer, lanes, ({ cpuS }) => cpuS)} times that of ${lanes.name}, ${onceWarm}`;
      });
      return {
        title: 'lane: log files to committed rows',
        parts: [
          description,
          standingsTable(standings),
          `CPU of the peer: ${ratios.join('; ')}. Medians of the ratios within a round.`,
          parts,
          'Lanes: worker threads as `saswatch ingest` runs them, each in a fresh process, with redaction, SAS parameters, ' +
            'rollups, `sas` rows, fsync and the catalog; no rules. Warm: from the third full segment of each lane on. A plain file is shared among lanes in ranges of 256 MiB. ' +
            'Peer: `COPY (SELECT … FROM read_json(…)) TO` zstd Parquet with the options of the lake, two threads. After ' +
            'each round the results were read back: equal rows in 17 columns. The profiled lane runs in the main ' +
            "thread and is no part of the rounds; times of its JavaScript are the profile's shares of that thread's CPU.",
        ],
      };
    },
    busyDay,
  );
}
