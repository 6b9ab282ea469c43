import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { EventHubEndpoint } from '../../eventhub/server.ts';
import { generate } from '../../generate/scenario.ts';
import { EventHubsPlan } from '../../ingest/sources/event-hubs-plan.ts';
import { demoSummary } from '../demo-summary.ts';
import { sendTraffic } from '../demo-traffic.ts';
import { parseCount } from '../option-values.ts';
import { runPipeline } from '../pipeline.ts';
import { PipelineReport } from '../pipeline-report.ts';
import type { Act } from '../session.ts';

interface Options {
  readonly keep?: boolean;
  readonly rows: number;
  readonly seed: number;
  readonly duration: number;
}

const hub = 'insights-logs-storage';
const partitions = 4;
const flushIntervalMs = 1_000;
/** Three years pass in half a minute: partitions a second apart are weeks apart in event time. */
const latenessMs = 30 * 86_400_000;

export function define(command: Command, act: Act): void {
  command
    .option('--keep', 'stay up after the summary, watching the endpoint until Ctrl-C')
    .option('--rows <n>', 'records of the story', parseCount(20_000), 300_000)
    .option('--seed <n>', 'same seed, same story', parseCount(0), 2023)
    .option('--duration <s>', 'seconds the story is spread over', parseCount(1), 30)
    .addHelpText(
      'after',
      '\nThe 2023 leak, made up anew: one account SAS valid until 2051, three years of access logs in less than a minute.\n' +
        'Everything runs in this process and on 127.0.0.1. The lake is kept (--data, else a temporary folder).',
    );
  act<Options>(command, async ({ session, options }) => {
    const { effects } = session;
    const dataDir = session.dataGiven ?? (await mkdtemp(join(tmpdir(), 'saswatch-demo-')));
    const eventsDir = await mkdtemp(join(tmpdir(), 'saswatch-events-'));
    const endpoint = await EventHubEndpoint.start({
      dataDir: eventsDir,
      hubs: [{ name: hub, partitions }],
      keys: { demo: randomBytes(32).toString('base64') },
    });
    const report = new PipelineReport(session);
    const done = new AbortController();
    try {
      const connectionString = endpoint.connectionString(hub);
      const generation = generate({ scenario: 'robust-models', rows: options.rows, seed: options.seed });
      const connection = {
        eventHubName: hub,
        consumerGroup: '$Default',
        connectionString,
        fullyQualifiedNamespace: null,
      };
      report.note(`Event Hubs endpoint on 127.0.0.1:${endpoint.port}, hub ${hub}, ${partitions} partitions`);
      report.note(`lake in ${dataDir}`);
      const traffic = sendTraffic({
        ...options,
        connectionString,
        partitions,
        generation,
        durationS: options.duration,
        signal: effects.signal,
      });
      traffic.catch((error: unknown) => done.abort(error));
      const config = session.config({ 'ingest.flush_interval_ms': flushIntervalMs, 'detect.lateness_ms': latenessMs });
      const { summary, findings } = await runPipeline({
        config,
        dataDir,
        live: true,
        signal: AbortSignal.any([effects.signal, done.signal]),
        plans: async (committed) => {
          const plan = new EventHubsPlan({ connection, start: 'earliest', once: false }, committed);
          await plan.open(effects.signal);
          return [plan];
        },
        ...report.hooks,
        onCommit: (meter, event) => {
          report.hooks.onCommit?.(meter, event);
          if (meter.rows >= options.rows && options.keep !== true) done.abort();
        },
      });
      await traffic;
      await report.end(summary);
      await demoSummary({ session, dataDir, findings, truth: generation.truth() });
    } finally {
      await endpoint.close();
      await rm(eventsDir, { recursive: true, force: true });
    }
  });
}
