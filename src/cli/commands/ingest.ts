import type { Command } from 'commander';
import type { Config } from '../../core/config.ts';
import { AppError } from '../../core/errors.ts';
import type { Level } from '../../core/finding.ts';
import { type Committed, EventHubsPlan, FilePlan, type SourcePlan } from '../../ingest/sources/plan.ts';
import { failOnCode, failOnOption } from '../fail-on.ts';
import { runPipeline } from '../pipeline.ts';
import { PipelineReport } from '../pipeline-report.ts';
import type { Act, Session } from '../session.ts';

interface Options {
  readonly once?: boolean;
  readonly lanes?: string;
  readonly failOn?: Level;
}

const eventHubsName = 'eventhubs';

export function define(command: Command, act: Act): void {
  command
    .argument(
      '[source...]',
      'file or folder with logs, "-" for standard input, or "eventhubs" (as configured; the default)',
    )
    .option('--once', 'end when all there is has been read; without it, follow')
    .option('--lanes <n>', 'worker threads that read, parse and write (default: one a core)')
    .addOption(failOnOption());
  act<Options>(command, async ({ session, options, operands }) => {
    const config = session.config({ 'ingest.lanes': options.lanes });
    const report = new PipelineReport(session);
    const { summary, findings } = await runPipeline({
      config,
      dataDir: config.data,
      live: options.once !== true,
      signal: session.effects.signal,
      plans: (committed) => openPlans({ operands, config, session, once: options.once ?? false, report }, committed),
      ...report.hooks,
    });
    await report.end(summary);
    return failOnCode(options.failOn, findings);
  });
}

interface PlanRequest {
  readonly operands: readonly string[];
  readonly config: Config;
  readonly session: Session;
  readonly once: boolean;
  readonly report: PipelineReport;
}

async function openPlans(request: PlanRequest, committed: Committed): Promise<readonly SourcePlan[]> {
  const { operands, config, once } = request;
  const sources = operands.length === 0 ? [eventHubsName] : operands;
  const unsupported = sources.find((source) => /^[a-z]+:\/\//i.test(source));
  if (unsupported !== undefined) {
    throw new AppError(
      'CONFIG_INVALID',
      `Cannot read ${unsupported}: a source is a file, a folder, "-" or "eventhubs". Copy the archive to a folder first.`,
    );
  }
  const paths = sources.filter((source) => source !== eventHubsName);
  const plans: SourcePlan[] = paths.length === 0 ? [] : [await filePlan(paths, request, committed)];
  if (sources.includes(eventHubsName)) {
    const { hubs, consumerGroup, connectionString, fullyQualifiedNamespace, start } = config.eventhubs;
    for (const eventHubName of hubs) {
      const connection = { eventHubName, consumerGroup, connectionString, fullyQualifiedNamespace };
      const plan = new EventHubsPlan({ connection, start, once }, committed);
      const { partitions } = await plan.open();
      request.report.note(`reading ${eventHubName}: ${partitions} partitions`);
      plans.push(plan);
    }
  }
  return plans;
}

async function filePlan(paths: readonly string[], { session, once, report }: PlanRequest, committed: Committed) {
  const stdinName = `stdin ${session.effects.clock().toISOString()}`;
  const plan = new FilePlan({ paths, once, tail: 'leave', stdinName }, committed);
  report.files(await plan.open());
  return plan;
}
