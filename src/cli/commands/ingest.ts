import type { Command } from 'commander';
import type { Config } from '../../core/config.ts';
import type { Level } from '../../core/finding.ts';
import type { Committed, SourcePlan } from '../../ingest/sources/plan.ts';
import { failOnOption, judgedCode } from '../fail-on.ts';
import { runPipeline } from '../pipeline.ts';
import { PipelineReport } from '../pipeline-report.ts';
import type { Act, Session } from '../session.ts';
import { checkSources } from '../source-operands.ts';
import { openStoredSources, type StoredSources } from '../stored-sources.ts';

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
      'file or folder with logs, "-" for standard input, az://ACCOUNT/CONTAINER[/PREFIX], or "eventhubs" (as configured; the default)',
    )
    .option('--once', 'end when all there is has been read; without it, follow')
    .option('--lanes <n>', 'worker threads that read, parse and write (default: one a core)')
    .addOption(failOnOption())
    .addHelpText(
      'after',
      '\nIncidents are told as they appear, with their findings beneath; again at a new tactic and at ten times the findings.\n' +
        'With --json every finding is an object of type "finding", and what is told of an incident one of type "incident".',
    );
  act<Options>(command, async ({ session, options, operands }) => {
    const config = session.config({ 'ingest.lanes': options.lanes });
    const stored = operands.filter((operand) => operand !== eventHubsName);
    checkSources(stored);
    const hubs = operands.length === 0 || stored.length < operands.length;
    const report = new PipelineReport(session);
    let archiveUsage: StoredSources['usage'] = () => null;
    const { summary, findings } = await runPipeline({
      config,
      dataDir: config.data,
      live: options.once !== true,
      signal: session.effects.signal,
      plans: async (committed) => {
        const once = options.once ?? false;
        const { plans, usage } = await openPlans({ stored, hubs, config, session, once, report }, committed);
        archiveUsage = usage;
        return plans;
      },
      ...report.hooks,
    });
    await report.end({ ...summary, ...archiveUsage() });
    return judgedCode(options.failOn, findings, summary.failed_rules);
  });
}

interface PlanRequest {
  /** Files, folders, `-` and places in archives. */
  readonly stored: readonly string[];
  /** Whether Event Hubs are read too. */
  readonly hubs: boolean;
  readonly config: Config;
  readonly session: Session;
  readonly once: boolean;
  readonly report: PipelineReport;
}

async function openPlans(request: PlanRequest, committed: Committed): Promise<StoredSources> {
  const { config, once, session, report } = request;
  const stored = await openStoredSources(
    {
      operands: request.stored,
      session,
      config,
      once,
      stdinName: `stdin ${session.effects.clock().toISOString()}`,
      range: null,
      tail: 'leave',
      claimant: config.data,
    },
    committed,
    report,
  );
  if (!request.hubs) return stored;
  return { ...stored, plans: [...stored.plans, ...(await hubPlans(request, committed))] };
}

async function hubPlans({ config, session, once, report }: PlanRequest, committed: Committed): Promise<SourcePlan[]> {
  const { hubs, consumerGroup, connectionString, fullyQualifiedNamespace, start } = config.eventhubs;
  const { EventHubsPlan } = await import('../../ingest/sources/event-hubs-plan.ts');
  const plans: SourcePlan[] = [];
  for (const eventHubName of hubs) {
    const connection = { eventHubName, consumerGroup, connectionString, fullyQualifiedNamespace };
    const plan = new EventHubsPlan({ connection, start, once }, committed);
    const { partitions } = await plan.open(session.effects.signal);
    report.note(`reading ${eventHubName}: ${partitions} partitions`);
    plans.push(plan);
  }
  return plans;
}
