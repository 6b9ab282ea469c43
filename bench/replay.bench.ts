import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Azurite, account, accountKey } from '../test/azurite/azurite.ts';
import type { BenchOptions, BenchResult, Rows } from './bench.ts';
import { BlobServer } from './blob-server.ts';
import { runChild } from './child-run.ts';
import { bytesBelow, type Contender, compete, perMillion, ratio, readJsonPeer, type Standing } from './contender.ts';
import { withDataset } from './dataset.ts';
import { lakeDigest } from './lake-digest.ts';
import { spread } from './statistics.ts';

const container = 'archive';

/** A replay of all there is at a source, with whatever it needs to get there. */
function replay(name: string, source: string, env: Readonly<Record<string, string>> = {}): Contender {
  const command = new URL('../src/cli/main.js', import.meta.url);
  return {
    name,
    run: async (folder) => {
      const range = ['--since', '2000-01-01', '--until', '2100-01-01'];
      const args = ['replay', source, ...range, '--json', '--quiet', '--data', join(folder, 'data')];
      const run = await runChild(command, args, folder, [], env);
      return { ...run, storedBytes: await bytesBelow(join(folder, 'data', 'lake')) };
    },
    digest: (folder) => lakeDigest(join(folder, 'data')),
  };
}

function settings(endpoint: string): Record<string, string> {
  return { SASWATCH_ARCHIVE__ENDPOINT: endpoint, SASWATCH_ARCHIVE__ACCOUNT_KEY: accountKey };
}

function table(standings: readonly Standing[], bytes: number): Rows {
  const figure = (digits: number, of: (sample: Standing['samples'][number]) => number) => {
    return ({ samples }: Standing) => spread(samples.map(of), digits);
  };
  const read = figure(2, ({ cpuS, judgingCpuS, rows }) => perMillion(cpuS - judgingCpuS, rows));
  const judged = figure(2, ({ judgingCpuS, rows }) => perMillion(judgingCpuS, rows));
  const rate = figure(0, ({ cpuS, judgingCpuS }) => bytes / 1e6 / (cpuS - judgingCpuS));
  const memory = figure(0, ({ peakRssBytes }) => peakRssBytes / 1e6);
  return [
    ['', 'CPU-s per 1 M rows', 'rules, CPU-s per 1 M rows', 'MB per CPU-s', 'peak RSS MB'],
    ...standings.map((standing) => [standing.name, ...[read, judged, rate, memory].map((cell) => cell(standing))]),
  ];
}

/** Replays of the same logs from files, from a plain HTTP server and from Azurite, beside DuckDB storing the files. */
export function replayBench(options: BenchOptions): Promise<BenchResult> {
  return withDataset(options, async ({ root, logs, description }) => {
    const { rounds, note } = options;
    const files = (await readdir(logs)).map((name) => join(logs, name));
    const server = await BlobServer.start(files);
    const azurite = await Azurite.start();
    try {
      const client = azurite.service.getContainerClient(container);
      await client.create();
      for (const file of files) await client.getBlockBlobClient(basename(file)).uploadFile(file);
      const url = `az://${account}/${container}`;
      const contenders = [
        replay('saswatch replay, files', logs),
        replay('saswatch replay, HTTP', url, settings(`${server.url}/{account}`)),
        replay('saswatch replay, Azurite', url, settings(azurite.endpoint)),
        readJsonPeer(logs),
      ];
      const standings = await compete(contenders, { rounds, root, note });
      const [fromFiles, fromHttp, , peer] = standings as [Standing, Standing, Standing, Standing];
      const withoutRules = ({ cpuS, judgingCpuS }: Standing['samples'][number]) => cpuS - judgingCpuS;
      return {
        title: 'replay: an archive to a proved lake',
        parts: [
          description,
          table(standings, await bytesBelow(logs)),
          `CPU: the peer uses ${ratio(peer, fromFiles, withoutRules)} times what a replay from files uses without its rules, ` +
            `and ${ratio(peer, fromHttp, withoutRules)} times what one over HTTP uses. Medians of the ratios within a round.`,
          'CPU is user and system time of all threads of the client; servers run apart and are not counted. Replays list, ' +
            'read, hash (SHA-256), parse, sort, store, roll up, sync and commit every row, and write the manifest; the last ' +
            'run of the rules over the three years is told apart. The HTTP server knows ranges and one listing, no more; Azurite itself uses more CPU than its client. All on loopback, without TLS. ' +
            'After each round all four were read back: equal rows in 17 columns.',
        ],
      };
    } finally {
      await server.stop();
      await azurite.stop();
    }
  });
}
