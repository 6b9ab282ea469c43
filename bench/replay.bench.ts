import { availableParallelism } from 'node:os';
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
const url = `az://${account}/${container}`;

/** A replay of all there is at a source as it is called, with whatever it needs to get there. */
function replay(name: string, source: string, endpoint?: string): Contender {
  const command = new URL('../src/cli/main.js', import.meta.url);
  const env =
    endpoint === undefined ? {} : { SASWATCH_ARCHIVE__ENDPOINT: endpoint, SASWATCH_ARCHIVE__ACCOUNT_KEY: accountKey };
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

/** The same less its rules, which over years of logs take several times as long as all the rest. */
function replayWithoutRules(name: string, source: string, endpoint?: string): Contender {
  const program = new URL('./replay-program.js', import.meta.url);
  return {
    name,
    run: async (folder) => {
      const data = join(folder, 'data');
      const place = endpoint === undefined ? [] : [endpoint, accountKey];
      const run = await runChild(program, [source, data, String(availableParallelism()), ...place], folder);
      return { ...run, storedBytes: await bytesBelow(join(data, 'lake')) };
    },
    digest: (folder) => lakeDigest(join(folder, 'data')),
  };
}

type Sample = Standing['samples'][number];
/** Of the whole process, its start and the listing of logs among it. */
const reading = ({ cpuS, processCpuS, judgingCpuS }: Sample) => (processCpuS ?? cpuS) - judgingCpuS;
/** NaN where no lane got warm. */
const warm = ({ warmCpuS }: Sample) => warmCpuS ?? Number.NaN;
/** The peer does not say when it is warm. */
const whole = ({ rows, cpuS }: Sample) => perMillion(cpuS, rows);
/** So many are enough for a few lanes to be warm. */
const warmRowsMin = 1_200_000;

type Cell = (standing: Standing) => string;
const cell =
  (digits: number, of: (sample: Sample) => number): Cell =>
  ({ samples }) =>
    spread(samples.map(of), digits);

const withStart = cell(2, (sample) => perMillion(reading(sample), sample.rows));

function table(standings: readonly Standing[], bytes: number): Rows {
  const columns: readonly (readonly [string, Cell])[] = [
    ['CPU-s per 1 M rows, with start-up', withStart],
    ['rules, CPU-s per 1 M rows', cell(2, ({ judgingCpuS, rows }) => perMillion(judgingCpuS, rows))],
    ['MB per CPU-s', cell(0, (sample) => bytes / 1e6 / reading(sample))],
    ['peak RSS MB', cell(0, ({ peakRssBytes }) => peakRssBytes / 1e6)],
  ];
  return [
    ['', ...columns.map(([head]) => head)],
    ...standings.map((standing) => [standing.name, ...columns.map(([, of]) => of(standing))]),
  ];
}

/** What rows cost once all is warm, and what all of them did. */
function warmTable(replays: readonly Standing[], peer: Standing, bytesPerRow: number): Rows {
  const line = (standing: Standing, seconds: (sample: Sample) => number) => [
    standing.name,
    cell(2, seconds)(standing) || 'none: no lane got warm',
    cell(0, (sample) => bytesPerRow / seconds(sample))(standing),
    withStart(standing),
  ];
  return [
    ['no rules', 'CPU-s per further 1 M rows', 'MB per CPU-s', 'CPU-s per 1 M rows, with start-up'],
    ...replays.map((standing) => line(standing, warm)),
    line(peer, whole),
  ];
}

/** How much more the peer uses, where there is a figure to compare with. */
function peerRatio(peer: Standing, replay: Standing): string {
  const times = ratio(peer, replay, warm, whole);
  return times === 'NaN' ? 'an unknown number of' : times;
}

/** What a log costs as such: the same rows in many logs beside the same rows in few. */
function smallLogsTable(many: readonly Standing[], few: readonly Standing[], logs: number): Rows {
  const perLog = ({ samples }: Standing, index: number) =>
    samples.map((sample, round) => {
      const other = few[index]?.samples[round];
      return other === undefined ? Number.NaN : ((reading(sample) - reading(other)) * 1e3) / logs;
    });
  return [
    ['no rules', 'logs', 'CPU-ms a log'],
    ...many.map((standing, index) => [standing.name, String(logs), spread(perLog(standing, index), 2)]),
  ];
}

/** Replays of the same logs from files, from a plain HTTP server and from Azurite, beside DuckDB storing the files. */
export function replayBench(options: BenchOptions): Promise<BenchResult> {
  return withDataset(options, async ({ root, logs, description }) => {
    const { rounds, rows, note } = options;
    /** Contenders of a folder, which they reach as files and over HTTP. */
    const race = async (folder: string, contenders: (endpoint: string) => readonly Contender[]) => {
      const server = await BlobServer.start(folder);
      try {
        return await compete(contenders(`${server.url}/{account}`), { rounds, root, note });
      } finally {
        await server.stop();
      }
    };
    const withoutRules = (folder: string) => (endpoint: string) => [
      replayWithoutRules('saswatch replay, files', folder),
      replayWithoutRules('saswatch replay, HTTP', url, endpoint),
    ];
    const logsOf = (name: string, count: number, format: 'ndjson' | 'archive') => {
      const out = join(root, name);
      writeScenario({ ...story, rows: count, out, format });
      return join(out, 'logs');
    };
    const azurite = await Azurite.start();
    const client = azurite.service.getContainerClient(container);
    let withRules: Standing[];
    try {
      await client.create();
      for (const name of await filesBelow(logs)) await client.getBlockBlobClient(name).uploadFile(join(logs, name));
      withRules = await race(logs, (endpoint) => [
        replay('saswatch replay, files', logs),
        replay('saswatch replay, HTTP', url, endpoint),
        replay('saswatch replay, Azurite', url, azurite.endpoint),
        readJsonPeer(logs),
      ]);
    } finally {
      await azurite.stop();
    }
    const longRows = Math.max(rows, warmRowsMin);
    const longLogs = logsOf('long', longRows, 'ndjson');
    const long = await race(longLogs, (endpoint) => [...withoutRules(longLogs)(endpoint), readJsonPeer(longLogs)]);
    const [fromFiles, fromHttp, peer] = long as [Standing, Standing, Standing];
    // No fewer hold the whole story.
    const fewRows = Math.max(10_000, Math.ceil(rows / 10));
    const fewLogs = logsOf('few', fewRows, 'ndjson');
    const manyLogs = logsOf('many', fewRows, 'archive');
    const few = await race(fewLogs, withoutRules(fewLogs));
    const many = await race(manyLogs, withoutRules(manyLogs));
    return {
      title: 'replay: an archive to a proved lake',
      parts: [
        description,
        table(withRules, await bytesBelow(logs)),
        'CPU is user and system time of all threads of the client, its start included; servers run apart and are not counted. Replays list, ' +
          'read, hash (SHA-256), parse, sort, store, roll up, sync and commit every row, and write the manifest; the last ' +
          'run of the rules over the three years is told apart. The HTTP server knows ranges and one listing, no more; Azurite itself uses more CPU than its client. All on loopback, without TLS. ' +
          'After each round all were read back: equal rows in 17 columns.',
        warmTable([fromFiles, fromHttp], peer, (await bytesBelow(longLogs)) / longRows),
        `${longRows.toLocaleString('en')} rows of the same story: what a row costs from the third full segment of each lane on, ` +
          'before which code is compiled and memory touched for the first time; of the peer, all of its run. With start-up: all ' +
          'rows and all of the process. ' +
          `CPU: the peer uses ${peerRatio(peer, fromFiles)} times what a replay from files uses, ` +
          `and ${peerRatio(peer, fromHttp)} times what one over HTTP uses. Medians of the ratios within a round.`,
        smallLogsTable(many, few, (await filesBelow(manyLogs)).length),
        `${fewRows.toLocaleString('en')} rows as an archive holds them, a log an hour and category, beside the same rows in one log; listing included.`,
      ],
    };
  });
}
