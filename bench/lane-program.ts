import { IngestMeter } from '../src/cli/ingest-meter.ts';
import { limits } from '../src/core/limits.ts';
import { type CommitEvent, Coordinator, LaneRun, type LaneSettings } from '../src/ingest/coordinator.ts';
import { runLane } from '../src/ingest/lane.ts';
import { FileSource } from '../src/ingest/sources/file.ts';
import { FilePlan } from '../src/ingest/sources/plan.ts';
import { Catalog } from '../src/store/catalog.ts';
import { mainThreadCpuS } from './processor-time.ts';
import { WarmRate } from './warm-rate.ts';

/**
 * Lanes without rules as a program of their own, to be measured, and to be killed by tests:
 * `lane-program.js LOGS DATA LANES [BATCH_ROWS_MAX]`, files to committed rows, from the last commit on. LANES 0 is one
 * lane in the main thread, where Node's profiler sees it: it writes no profile of a worker.
 */
const [logs, dataDir, lanes, batchRowsMax] = process.argv.slice(2);
if (logs === undefined || dataDir === undefined || lanes === undefined) {
  throw new Error('usage: lane-program LOGS DATA LANES [BATCH_ROWS_MAX]');
}

const catalog = await Catalog.open(dataDir);
const plan = new FilePlan(
  { paths: [logs], once: true, tail: 'leave', stdinName: 'stdin', logged: null },
  (source, partition) => catalog.position({ source, partition }),
);
await plan.open();
const meter = new IngestMeter();
const warm = new WarmRate(Number(lanes));
const settings: LaneSettings = {
  dataDir,
  flushIntervalMs: limits.flushIntervalMs,
  batchRowsMax: batchRowsMax === undefined ? limits.segmentRowsMax : Number(batchRowsMax),
  decoder: 'scanner',
  writer: 'filler',
  range: null,
};
const count = (event: CommitEvent) => {
  meter.count(event);
  warm.count(event);
};
const { signal } = new AbortController();
if (lanes === '0') {
  const run = new LaneRun(catalog, plan, 0, count);
  const task = { ...settings, assignment: plan.assignment(), port: run.lanePort(signal) };
  const outcome = await runLane(task, (_, deps) => new FileSource(deps));
  if (!outcome.ok) throw new Error(outcome.message);
  run.close();
} else {
  await new Coordinator(catalog, settings, count).run([plan], Number(lanes), signal);
}
const summary = meter.summary(0);
await catalog.close();
const figures = { ...summary, main_thread_cpu_s: mainThreadCpuS(), warm_cpu_s_per_million: warm.perMillion };
process.stdout.write(`${JSON.stringify(figures)}\n`);
