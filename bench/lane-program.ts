import { limits } from '../src/core/limits.ts';
import { FilePlan } from '../src/ingest/sources/plan.ts';
import { Catalog } from '../src/store/catalog.ts';
import { runLanes } from './lane-run.ts';

/**
 * Lanes without rules as a program of their own, to be measured, and to be killed by tests:
 * `lane-program.js LOGS DATA LANES [BATCH_ROWS_MAX]`, files to committed rows, from the last commit on.
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
const figures = await runLanes(catalog, plan, Number(lanes), {
  dataDir,
  flushIntervalMs: limits.flushIntervalMs,
  batchRowsMax: batchRowsMax === undefined ? limits.segmentRowsMax : Number(batchRowsMax),
  decoder: 'scanner',
  writer: 'encoder',
  range: null,
});
await catalog.close();
process.stdout.write(`${JSON.stringify(figures())}\n`);
