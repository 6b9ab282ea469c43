import { join } from 'node:path';
import { writeScenario } from '../src/generate/write-scenario.ts';
import { Azurite, account, accountKey } from '../test/azurite/azurite.ts';
import type { BenchOptions, BenchResult, Rows } from './bench.ts';
import { BlobServer, filesBelow } from './blob-server.ts';
import { runChild } from './child-run.ts';
import { bytesBelow, type Contender, compete, perMillion, ratio, readJsonPeer, type Standing } from './contender.ts';
import { story, withDataset } from './dataset.ts';
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

type Sample = Standing['samples'][number];
const reading = ({ cpuS, judgingCpuS }: Sample) => cpuS - judgingCpuS;

/** What one more million rows cost: what a contender needs for all rows beyond what it needs for the first ones. */
function furtherMillion(all: Standing, first: Standing): number[] {
  return all.samples.flatMap((sample, round) => {
    const start = first.samples[round];
    return start === undefined ? [] : perMillion(reading(sample) - reading(start), sample.rows - start.rows);
  });
}

function table(all: readonly Standing[], first: readonly Standing[], bytes: number): Rows {
  const figure =
    (digits: number, of: (sample: Sample) => number) =>
    ({ samples }: Standing) =>
      spread(samples.map(of), digits);
  const read = figure(2, (sample) => perMillion(reading(sample), sample.rows));
  const judged = figure(2, ({ judgingCpuS, rows }) => perMillion(judgingCpuS, rows));
  const rate = figure(0, (sample) => bytes / 1e6 / reading(sample));
  const memory = figure(0, ({ peakRssBytes }) => peakRssBytes / 1e6);
  return [
    ['', 'CPU-s per 1 M rows', 'of a further million', 'rules, CPU-s per 1 M rows', 'MB per CPU-s', 'peak RSS MB'],
    ...all.map((standing, index) => {
      const start = first[index];
      const further = start === undefined ? '' : spread(furtherMillion(standing, start), 2);
      return [standing.name, read(standing), further, ...[judged, rate, memory].map((cell) => cell(standing))];
    }),
  ];
}

/** What a log costs as such: the same rows in many logs beside the same rows in few. */
function smallLogsTable(many: readonly Standing[], few: readonly Standing[], logs: number): Rows {
  const perLog = ({ samples }: Standing, index: number) =>
    samples.map((sample, round) => {
      const other = few[index]?.samples[round];
      return other === undefined ? Number.NaN : ((reading(sample) - reading(other)) * 1e3) / logs;
    });
  return [
    ['', 'logs', 'CPU-ms a log'],
    ...many.map((standing, index) => [standing.name, String(logs), spread(perLog(standing, index), 2)]),
  ];
}

/** Replays of the same logs from files, from a plain HTTP server and from Azurite, beside DuckDB storing the files. */
export function replayBench(options: BenchOptions): Promise<BenchResult> {
  return withDataset(options, async ({ root, logs, description }) => {
    const { rounds, note } = options;
    // No fewer hold the whole story.
    const rows = Math.max(10_000, Math.ceil(options.rows / 10));
    const start = join(root, 'start');
    const hourly = join(root, 'hourly');
    writeScenario({ ...story, rows, out: start });
    writeScenario({ ...story, rows, out: hourly, format: 'archive' });
    const azurite = await Azurite.start();
    try {
      const url = `az://${account}/${container}`;
      const client = azurite.service.getContainerClient(container);
      const standings = async (folder: string, others: (folder: string) => readonly Contender[]) => {
        const server = await BlobServer.start(folder);
        const contenders = [
          replay('saswatch replay, files', folder),
          replay('saswatch replay, HTTP', url, settings(`${server.url}/{account}`)),
          ...others(folder),
        ];
        try {
          return await compete(contenders, { rounds, root, note });
        } finally {
          await server.stop();
        }
      };
      const withPeers = async (folder: string) => {
        await client.create();
        for (const name of await filesBelow(folder))
          await client.getBlockBlobClient(name).uploadFile(join(folder, name));
        const azuriteReplay = replay('saswatch replay, Azurite', url, settings(azurite.endpoint));
        const found = await standings(folder, () => [azuriteReplay, readJsonPeer(folder)]);
        await client.delete();
        return found;
      };
      const all = await withPeers(logs);
      const first = await withPeers(join(start, 'logs'));
      const many = await standings(join(hourly, 'logs'), () => []);
      const [fromFiles, fromHttp, , peer] = all as [Standing, Standing, Standing, Standing];
      return {
        title: 'replay: an archive to a proved lake',
        parts: [
          description,
          table(all, first, await bytesBelow(logs)),
          `CPU: the peer uses ${ratio(peer, fromFiles, reading)} times what a replay from files uses without its rules, ` +
            `and ${ratio(peer, fromHttp, reading)} times what one over HTTP uses. Medians of the ratios within a round. A ` +
            `further million: what lies between ${rows.toLocaleString('en')} rows and all, start-up and warming up left out.`,
          smallLogsTable(many, first, (await filesBelow(join(hourly, 'logs'))).length),
          `${rows.toLocaleString('en')} rows as an archive holds them, a log an hour and category, beside the same rows in one log.`,
          'CPU is user and system time of all threads of the client; servers run apart and are not counted. Replays list, ' +
            'read, hash (SHA-256), parse, sort, store, roll up, sync and commit every row, and write the manifest; the last ' +
            'run of the rules over the three years is told apart. The HTTP server knows ranges and one listing, no more; Azurite itself uses more CPU than its client. All on loopback, without TLS. ' +
            'After each round all were read back: equal rows in 17 columns.',
        ],
      };
    } finally {
      await azurite.stop();
    }
  });
}
