import type { Command } from 'commander';
import { AppError } from '../../core/errors.ts';
import type { Level } from '../../core/finding.ts';
import type { TimeRange } from '../../ingest/time-range.ts';
import { readCoverage } from '../coverage.ts';
import { failOnCode, failOnOption } from '../fail-on.ts';
import { type Moment, parseMoment } from '../option-values.ts';
import { runPipeline } from '../pipeline.ts';
import { PipelineReport } from '../pipeline-report.ts';
import type { Act } from '../session.ts';
import { openStoredSources, type StoredSources } from '../stored-sources.ts';

interface Options {
  readonly since: Moment;
  readonly until: Moment;
  readonly failOn?: Level;
}

export function define(command: Command, act: Act): void {
  command
    .argument('<source...>', 'file or folder with logs, or az://ACCOUNT/CONTAINER[/PREFIX]')
    .requiredOption('--since <time>', 'first moment of event time to keep: ISO 8601, or -24h before now', parseMoment)
    .requiredOption('--until <time>', 'first moment no longer kept', parseMoment)
    .addOption(failOnOption())
    .addHelpText(
      'after',
      '\nReads into a data folder of its own: --data, else ./saswatch-replay-SINCE-UNTIL. The same call goes on where an\n' +
        'interrupted one stopped. Finding ids are those of a live run over the same records.',
    );
  act<Options>(command, async ({ session, options, operands }) => {
    const config = session.config();
    const now = session.effects.clock();
    const range = checked({ since: options.since(now), until: options.until(now) });
    const dataDir = session.dataGiven ?? `./saswatch-replay-${stamp(range.since)}-${stamp(range.until)}`;
    const report = new PipelineReport(session);
    let archiveUsage: StoredSources['usage'] = () => null;
    const { summary, findings } = await runPipeline({
      config,
      dataDir,
      range,
      live: false,
      signal: session.effects.signal,
      plans: async (committed) => {
        const request = { operands, session, config, once: true, stdinName: 'stdin', range, tail: 'take' } as const;
        const { plans, usage } = await openStoredSources(request, committed, report);
        archiveUsage = usage;
        return plans;
      },
      ...report.hooks,
    });
    await report.end({ ...summary, ...archiveUsage(), data: dataDir, ...(await readCoverage(dataDir)) });
    return failOnCode(options.failOn, findings);
  });
}

function checked(range: TimeRange): TimeRange {
  if (range.since < range.until) return range;
  throw new AppError(
    'CONFIG_INVALID',
    `--since ${iso(range.since)} is not before --until ${iso(range.until)}: nothing lies between them.`,
  );
}

function iso(us: bigint): string {
  return new Date(Number(us / 1_000n)).toISOString();
}

/** A moment as part of a folder's name, as 20230622T100000Z. */
function stamp(us: bigint): string {
  return iso(us).replaceAll(/[-:]|\.\d+/g, '');
}
