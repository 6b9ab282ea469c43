import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { limits } from '../src/core/limits.ts';
import type { BenchOptions, BenchResult } from './bench.ts';
import { LakeWatcher } from './lake-watcher.ts';
import { type Arrival, LiveFeed } from './live-feed.ts';
import { percentile } from './statistics.ts';

const rowsPerSecond = 100_000;
const ticksPerSecond = 20;
const secondsMin = 30;
const files = 2;
const scenario = 'robust-models';

/** A token's first row, and the digits a finding names the token by. */
interface NewToken extends Arrival {
  readonly tokenId: string;
}

/** Feeds growing files at a steady rate, and how far behind that rate the feeder itself fell. */
async function feed(live: LiveFeed, seconds: number) {
  const ticks: Arrival[] = [];
  const newTokens: NewToken[] = [];
  const startMs = performance.now();
  for (let tick = 0; tick < seconds * ticksPerSecond; tick++) {
    await sleep(Math.max(0, startMs + (tick * 1_000) / ticksPerSecond - performance.now()));
    ticks.push(live.append(rowsPerSecond / ticksPerSecond));
    if (tick % ticksPerSecond === 0) {
      // The first half names the token.
      const hash = `A11C${String(tick).padStart(28, '0')}`.padEnd(64, '0');
      newTokens.push({ ...live.appendNewToken(hash), tokenId: hash.slice(0, 32) });
    }
  }
  return { ticks, newTokens, rate: (seconds * rowsPerSecond) / ((performance.now() - startMs) / 1_000) };
}

function latencyRow(name: string, latencies: readonly (number | undefined)[]): readonly string[] {
  const seen = latencies.filter((latency) => latency !== undefined);
  const seconds = (share: number) => (percentile(seen, share) / 1_000).toFixed(2);
  return [name, String(latencies.length), String(latencies.length - seen.length), ...[0.5, 0.99, 1].map(seconds)];
}

/** How long after its arrival a row can be queried and a token is reported, while files grow by 100,000 rows a second. */
export async function latencyBench({ rows, note }: BenchOptions): Promise<BenchResult> {
  const root = await mkdtemp(join(tmpdir(), 'saswatch-bench-'));
  const [logs, dataDir] = [join(root, 'logs'), join(root, 'data')];
  const seconds = Math.max(secondsMin, Math.ceil(rows / rowsPerSecond));
  try {
    await mkdir(logs);
    const live = new LiveFeed(
      Array.from({ length: files }, (_, index) => join(logs, `live-${index}.ndjson`)),
      scenario,
    );
    live.append(1);
    live.append(1);
    const main = fileURLToPath(new URL('../src/cli/main.js', import.meta.url));
    const program = spawn(process.execPath, [main, 'ingest', logs, '--json', '--quiet', '--data', dataDir], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const watcher = new LakeWatcher(dataDir);
    const watching = new AbortController();
    const watched = watcher.watch(watching.signal);
    while (watcher.rows === 0) await sleep(100);
    note(`${rowsPerSecond.toLocaleString('en')} rows a second for ${seconds} s`);
    const { ticks, newTokens, rate } = await feed(live, seconds);
    await sleep(3 * limits.flushIntervalMs);
    // An orderly stop runs all rules once more, which is no part of this.
    program.kill('SIGKILL');
    await once(program, 'exit');
    watching.abort();
    await watched;
    const since = (arrival: Arrival, atMs: number | undefined) =>
      atMs === undefined ? undefined : atMs - arrival.atMs;
    return {
      title: 'latency: from arrival to query and finding',
      parts: [
        `\`${scenario}\` rows with the time of their arrival, appended to ${files} growing files at ` +
          `${Math.round(rate).toLocaleString('en')} rows/s for ${seconds} s while \`saswatch ingest\` follows them with its ` +
          `defaults (flush interval ${limits.flushIntervalMs / 1_000} s), on the same machine; every second one row of a token ` +
          'never seen before, which a posture rule reports.',
        [
          ['', 'measured', 'never seen', 'p50 s', 'p99 s', 'max s'],
          latencyRow(
            'arrival → queryable',
            ticks.map((tick) => since(tick, watcher.readableAt(tick.file, tick.end))),
          ),
          latencyRow(
            'arrival → finding',
            newTokens.map((token) => since(token, watcher.findingAt(token.tokenId))),
          ),
        ],
        'A row is queryable when a published snapshot covers its bytes; a token is found when a published findings file ' +
          'names it. Both as a reader sees them that looks every 20 ms. Never seen: not before the program was stopped ' +
          `${(3 * limits.flushIntervalMs) / 1_000} s after the last row.`,
      ],
    };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
