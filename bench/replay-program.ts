import { logsRead } from '../src/cli/replay/logs-read.ts';
import { writeManifest } from '../src/cli/replay/manifest.ts';
import { limits } from '../src/core/limits.ts';
import { isArchiveUrl, parseArchiveUrl } from '../src/ingest/sources/archive/url.ts';
import { type Committed, FilePlan } from '../src/ingest/sources/plan.ts';
import { Catalog } from '../src/store/catalog.ts';
import { runLanes } from './lane-run.ts';

/**
 * A replay less its rules as a program of its own, to be measured: `replay-program.js SOURCE DATA LANES [ENDPOINT KEY]`, logs
 * to a proved lake. The source is a folder, or a place in the archive at the endpoint, whose account has the key.
 */
const [source, dataDir, lanes, endpoint = null, accountKey = null] = process.argv.slice(2);
if (source === undefined || dataDir === undefined || lanes === undefined) {
  throw new Error('usage: replay-program SOURCE DATA LANES [ENDPOINT KEY]');
}

const since = '2000-01-01T00:00:00Z';
const until = '2100-01-01T00:00:00Z';
const logged = { from: Date.parse(since), to: Date.parse(until) };
const once = { once: true, tail: 'take', logged } as const;

async function planOf(place: string, committed: Committed) {
  if (!isArchiveUrl(place)) return new FilePlan({ ...once, paths: [place], stdinName: 'stdin' }, committed);
  const { BlobArchivePlan } = await import('../src/ingest/sources/archive/plan.ts');
  return new BlobArchivePlan(
    {
      ...once,
      urls: [parseArchiveUrl(place)],
      connection: { endpoint, accountKey, connectionString: null, sas: null },
      requestsPerSecond: null,
      lookAgainMs: 1_000,
      clock: () => new Date(),
    },
    committed,
  );
}

const catalog = await Catalog.open(dataDir, { publishIntervalMs: limits.unwatchedIntervalMs });
const plan = await planOf(source, (kind, partition) => catalog.position({ source: kind, partition }));
await plan.open();
const figures = await runLanes(catalog, plan, Number(lanes), {
  dataDir,
  flushIntervalMs: limits.unwatchedIntervalMs,
  batchRowsMax: limits.segmentRowsMax,
  decoder: 'scanner',
  writer: 'encoder',
  range: { since: BigInt(logged.from) * 1_000n, until: BigInt(logged.to) * 1_000n },
  proof: true,
});
await catalog.publish();
const logs = logsRead(await catalog.positions(), await catalog.stretchesRead());
await writeManifest(dataDir, { sources: [source], since, until }, logs);
await catalog.close();
process.stdout.write(`${JSON.stringify(figures())}\n`);
