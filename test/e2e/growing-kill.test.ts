import { appendFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Prng } from '../../src/generate/prng.ts';
import { generate } from '../../src/generate/scenario.ts';
import { readManifest } from '../../src/store/manifest.ts';
import { openReader } from '../../src/store/reader.ts';
import { startBuilt, summaryOf } from './program.ts';

const kills = 8;
const pieceBytesMax = 20_000;
const commitsAwaited = 2;
/** Where the machine is busy, files would grow by more than a test can read. */
const rowsAheadMax = 2_000;
const settings = { SASWATCH_INGEST__FLUSH_INTERVAL_MS: '200' };

let folder: string;
let logs: string;
let dataDir: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saswatch-growing-'));
  logs = join(folder, 'logs');
  dataDir = join(folder, 'data');
  await mkdir(logs);
});
afterAll(() => rm(folder, { recursive: true }));

/** Three files that go on growing by pieces that end anywhere, as a collector writes them. */
class GrowingLogs {
  rows = 0;
  readonly #prng = new Prng(7, 'pieces');
  readonly #records = generate({ scenario: 'robust-models', rows: 200_000, seed: 61 }).records()[Symbol.iterator]();
  /** What each file has yet to be given. */
  readonly #pending = ['', '', ''];
  readonly #halt = new AbortController();

  async grow(): Promise<void> {
    while (!this.#halt.signal.aborted) {
      await sleep(10);
      if (this.rows > (await committed()).rows + rowsAheadMax) continue;
      const file = this.#prng.int(0, this.#pending.length - 1);
      const pending = this.#fill(file);
      const cut = this.#prng.int(1, Math.min(pieceBytesMax, pending.length));
      this.#pending[file] = pending.slice(cut);
      await appendFile(this.#path(file), pending.slice(0, cut));
    }
    for (const [file, pending] of this.#pending.entries()) await appendFile(this.#path(file), pending);
  }

  /** Lets the files end with whole lines. */
  halt(): void {
    this.#halt.abort();
  }

  #path = (file: number) => join(logs, `${file}.ndjson`);

  #fill(file: number): string {
    let pending = this.#pending[file] ?? '';
    while (pending.length < pieceBytesMax) {
      const { value, done } = this.#records.next();
      if (done === true) throw new Error('the files grew by more rows than were planned');
      pending += `${value}\n`;
      this.rows += 1;
    }
    return pending;
  }
}

const committed = async () => (await readManifest(dataDir))?.counters ?? { commits: 0, rows: 0 };

/** Follows the files until some of their rows are committed, and is killed at any moment after that. */
async function life(number: number): Promise<void> {
  const wanted = (await committed()).commits + commitsAwaited;
  const program = startBuilt(
    ['ingest', logs, '--json', '--lanes', String((number % 2) + 1), '--data', dataDir],
    settings,
  );
  while (program.child.exitCode === null && (await committed()).commits < wanted) await sleep(10);
  await sleep(Math.random() * 300);
  program.child.kill('SIGKILL');
  const { code, stderr } = await program.ended;
  expect(code, stderr).toBe(null);
}

async function lake() {
  const reader = await openReader(dataDir);
  try {
    const result = await reader.connection.runAndReadAll(
      `SELECT count(*)::INTEGER AS "rows", (SELECT sum("rows") FROM rollup)::INTEGER AS rolled_up,
              count(DISTINCT (correlation_id, operation_count, operation_name, time, time_tick))::INTEGER AS records
       FROM storage_log`,
    );
    return result.getRowObjects()[0];
  } finally {
    reader.close();
  }
}

it(`loses and doubles no row of growing files in ${kills} kills`, { timeout: 180_000 }, async () => {
  const files = new GrowingLogs();
  const grown = files.grow();
  try {
    for (let number = 1; number <= kills; number++) await life(number);
  } finally {
    files.halt();
    await grown;
  }
  const last = await startBuilt(['ingest', logs, '--once', '--json', '--data', dataDir]).ended;
  expect([last.code, summaryOf(last.stdout)['quarantined']], last.stderr).toEqual([0, 0]);
  expect(await lake()).toEqual({ rows: files.rows, rolled_up: files.rows, records: files.rows });
  expect(files.rows).toBeGreaterThan(1_000);
});
