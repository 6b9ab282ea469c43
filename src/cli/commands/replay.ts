import type { Command } from 'commander';
import { AppError } from '../../core/errors.ts';
import type { Level } from '../../core/finding.ts';
import { failOnOption } from '../fail-on.ts';
import { type Moment, parseMoment } from '../option-values.ts';
import { defaultFolder, type ReplayRange, replayRange } from '../replay/range.ts';
import { runReplay, tellEstimate } from '../replay/run.ts';
import type { Act, Session } from '../session.ts';
import { checkSources } from '../source-operands.ts';

interface Options {
  readonly since?: Moment;
  readonly until?: Moment;
  readonly dryRun?: boolean;
  readonly verify?: boolean;
  readonly requestsPerSecond?: string;
  readonly failOn?: Level;
}

const help = `
Reads into a data folder of its own: --data, else ./saswatch-replay-SINCE-UNTIL. The same call goes on where an
interrupted one stopped. Finding ids are those of a live run over the same records.

It ends with coverage (the hours that have no records, per account and category) and with replay-manifest.ndjson in the
data folder: the SHA-256 of everything that was read, line chained to line. Later, --verify reads the logs again and
compares; exit code 5 where something is not as it was.

Examples:
  saswatch replay az://logs/insights-logs-storageread --since 2022-03-01 --until 2022-04-01 --dry-run
  saswatch replay ./archive --since 2022-03-01 --until 2022-04-01 --data ./case
  saswatch replay --verify --data ./case`;

export function define(command: Command, act: Act): void {
  command
    .argument('[source...]', 'file or folder with logs, or az://ACCOUNT/CONTAINER[/PREFIX]')
    .option('--since <time>', 'first moment of event time to keep: ISO 8601, or -24h before now', parseMoment)
    .option('--until <time>', 'first moment no longer kept', parseMoment)
    .option('--dry-run', 'list the logs and say how much there is to read, and about how long it takes; read none')
    .option('--verify', 'read the logs of an earlier replay again and compare them with its manifest')
    .option('--requests-per-second <n>', 'requests to archives at most (archive.requests_per_second)')
    .addOption(failOnOption())
    .addHelpText('after', help);
  act<Options>(command, async ({ session, options, operands }) => {
    const config = session.config({ 'archive.requests_per_second': options.requestsPerSecond });
    const range = rangeOf(session, options);
    const dataDir = session.dataGiven ?? (range === null ? null : defaultFolder(range));
    if (options.verify) {
      if (operands.length > 0 || options.dryRun) {
        throw new AppError('CONFIG_INVALID', '--verify takes no sources: it reads again what the manifest names.');
      }
      if (dataDir === null) throw new AppError('CONFIG_INVALID', 'Name the data folder of the replay with --data.');
      // Loads the SDK of Blob Storage, which no other way through this command needs here.
      const { runVerification } = await import('../replay/run-verification.ts');
      return runVerification(session, config, dataDir);
    }
    if (operands.length === 0) {
      throw new AppError('CONFIG_INVALID', 'Name what to read: a file, a folder or az://ACCOUNT/CONTAINER[/PREFIX].');
    }
    if (range === null || dataDir === null) {
      throw new AppError('CONFIG_INVALID', 'A replay needs --since and --until: which event time is to be kept.');
    }
    checkSources(operands);
    const call = { session, config, operands, range, dataDir };
    return options.dryRun ? tellEstimate(call) : runReplay(call, options.failOn);
  });
}

function rangeOf({ effects }: Session, { since, until }: Options): ReplayRange | null {
  if (since === undefined || until === undefined) return null;
  const now = effects.clock();
  return replayRange(since(now), until(now));
}
