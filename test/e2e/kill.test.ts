import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { generate } from '../../src/generate/scenario.ts';
import { readManifest } from '../../src/store/manifest.ts';
import { openReader } from '../../src/store/reader.ts';
import { type Program, run, startLanes, summaryOf } from './program.ts';

/** SASWATCH_TEST_KILLS asks for more; `npm run test:kills` for 1,000. */
const kills = Number(process.env['SASWATCH_TEST_KILLS'] ?? 60);
const filesPerLife = 8;
const rowsPerFile = 40;
const lookAgainMs = 10;
/** One life of so many is killed while it starts, which is when it mends what the one before left. */
const killedAtStart = 6;

let folder: string;
let logs: string;
let dataDir: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saswatch-kill-'));
  logs = join(folder, 'logs');
  dataDir = join(folder, 'data');
  await mkdir(logs);
});
afterAll(() => rm(folder, { recursive: true }));

/** Log files that keep coming, and what is true about them. */
class Feed {
  rows = 0;
  bytesOut = 0;
  #files = 0;
  readonly #records: Iterator<string>;

  constructor(rowsMax: number) {
    this.#records = generate({ scenario: 'robust-models', rows: rowsMax, seed: 60 }).records()[Symbol.iterator]();
  }

  async add(folderOfLogs: string, files: number): Promise<void> {
    for (let file = 0; file < files; file++) {
      const lines: string[] = [];
      while (lines.length < rowsPerFile) {
        const { value, done } = this.#records.next();
        if (done === true) throw new Error('more lives than rows');
        lines.push(value);
        this.bytesOut += JSON.parse(value).properties.responseBodySize ?? 0;
      }
      this.rows += lines.length;
      await writeFile(join(folderOfLogs, `${String(this.#files++).padStart(6, '0')}.ndjson`), `${lines.join('\n')}\n`);
    }
  }
}

const commits = async () => (await readManifest(dataDir))?.counters.commits ?? 0;

/** Small segments, so that a life commits often; every fourth one has two lanes. */
const startLife = (number: number) => startLanes([logs, dataDir, String(number % 4 === 0 ? 2 : 1), '60']);

/** Milliseconds from the start until something new was committed; null if it ended before. */
async function firstCommit({ child }: Program, before: number): Promise<number | null> {
  const startedMs = performance.now();
  while (child.exitCode === null) {
    if ((await commits()) > before) return performance.now() - startedMs;
    await sleep(lookAgainMs);
  }
  return null;
}

/** Lets a life work for a while and kills it. @returns whether it was killed, and how long its first commit took. */
async function shortLife(number: number): Promise<{ killed: boolean; recoveryMs: number | null }> {
  const before = await commits();
  const life = startLife(number);
  let recoveryMs: number | null = null;
  if (number % killedAtStart === 0) await sleep(Math.random() * 1_500);
  else {
    recoveryMs = await firstCommit(life, before);
    await sleep(Math.random() * 150);
  }
  life.child.kill('SIGKILL');
  const { code } = await life.ended;
  return { killed: code === null, recoveryMs };
}

async function lake() {
  const reader = await openReader(dataDir);
  try {
    const result = await reader.connection.runAndReadAll(
      `SELECT count(*)::INTEGER AS rows, sum(response_body_bytes)::DOUBLE AS bytes_out,
              count(DISTINCT (correlation_id, operation_count, operation_name, time, time_tick))::INTEGER AS records,
              (SELECT sum("rows") FROM rollup)::INTEGER AS rolled_up FROM storage_log`,
    );
    const [row] = result.getRowObjects();
    return {
      rows: Number(row?.['rows']),
      records: Number(row?.['records']),
      bytesOut: row?.['bytes_out'],
      rolledUp: row?.['rolled_up'],
    };
  } finally {
    reader.close();
  }
}

const percentile = (values: readonly number[], share: number) =>
  Math.round(values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? Number.NaN);

it(`loses and doubles no row in ${kills} kills at random`, { timeout: Math.max(300_000, kills * 15_000) }, async () => {
  const feed = new Feed(Math.max(20_000, kills * 2 * filesPerLife * rowsPerFile));
  const acknowledged = new Set<string>();
  const recoveries: number[] = [];
  let killed = 0;
  for (let life = 1; killed < kills; life++) {
    await feed.add(logs, filesPerLife);
    const outcome = await shortLife(life);
    killed += Number(outcome.killed);
    if (outcome.recoveryMs !== null) recoveries.push(outcome.recoveryMs);
    for (const { path } of (await readManifest(dataDir))?.segments ?? []) acknowledged.add(path);
  }
  const last = await run(['ingest', logs, '--once', '--json', '--data', dataDir]);
  expect([last.code, summaryOf(last.stdout)['quarantined']], last.stderr).toEqual([0, 0]);

  const { rows, records, bytesOut, rolledUp } = await lake();
  const named = new Set((await readManifest(dataDir))?.segments.map(({ path }) => path));
  const onDisk = new Set(
    (await readdir(join(dataDir, 'lake/l0'), { recursive: true })).map((path) => `lake/l0/${path}`),
  );
  const missing = [...acknowledged].filter((path) => !named.has(path) || !onDisk.has(path));
  const figures = {
    lost: feed.rows - records,
    duplicated: rows - records,
    acknowledgedButMissing: missing.length,
  };
  console.log(
    `${killed} kills, ${feed.rows} rows, ${acknowledged.size} segments acknowledged before one: lost ${figures.lost}, ` +
      `duplicated ${figures.duplicated}, acknowledged but missing ${missing.length}; from start to first new commit ` +
      `p50 ${percentile(recoveries, 0.5)} ms, p95 ${percentile(recoveries, 0.95)} ms`,
  );
  expect(figures).toEqual({ lost: 0, duplicated: 0, acknowledgedButMissing: 0 });
  expect([bytesOut, rolledUp]).toEqual([feed.bytesOut, feed.rows]);
  expect(acknowledged.size).toBeGreaterThan(kills / 2);
});
