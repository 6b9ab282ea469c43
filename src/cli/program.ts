import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { redact } from '../core/redaction.ts';
import { terminalText } from '../query/render/terminal-text.ts';
import type { Effects } from './effects.ts';
import { errorReport } from './error-report.ts';
import { type ExitCode, exitCodeOf, exitCodes } from './exit-codes.ts';
import { type Act, type CommandModule, type CommonOptions, createSession } from './session.ts';

interface Entry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<CommandModule>;
}

/** The commands in the order of `--help`; a module is loaded only when its command is called. */
const entries: readonly Entry[] = [
  {
    name: 'demo',
    summary: 'the 2023 leak on embedded parts: stream, lake, findings',
    load: () => import('./commands/demo.ts'),
  },
  {
    name: 'ingest',
    summary: 'read logs into the lake and run the rules over them',
    load: () => import('./commands/ingest.ts'),
  },
  {
    name: 'replay',
    summary: 'read a stretch of event time from an archive into a lake of its own',
    load: () => import('./commands/replay.ts'),
  },
  {
    name: 'findings',
    summary: 'what the rules found',
    load: () => import('./commands/findings.ts'),
  },
  { name: 'token', summary: 'the SAS tokens the log knows of', load: () => import('./commands/token.ts') },
  { name: 'detect', summary: 'the rules: list, test, run over a stretch', load: () => import('./commands/detect.ts') },
  { name: 'query', summary: 'read-only SQL over the lake', load: () => import('./commands/query.ts') },
  {
    name: 'compact',
    summary: 'merge segments into one file an hour, remove what was delivered twice, apply the retention',
    load: () => import('./commands/compact.ts'),
  },
  {
    name: 'generate',
    summary: 'seeded logs of a made-up estate, with the truth about them',
    load: () => import('./commands/generate.ts'),
  },
  {
    name: 'evaluate',
    summary: 'how well the rules do on generated logs, beside published ones',
    load: () => import('./commands/evaluate.ts'),
  },
  {
    name: 'eventhub',
    summary: 'an Event Hubs endpoint on this machine, for tries and tests',
    load: () => import('./commands/eventhub.ts'),
  },
  { name: 'doctor', summary: 'look over machine and data folder', load: () => import('./commands/doctor.ts') },
  {
    name: 'config',
    summary: 'show or check the configuration',
    load: () => import('./commands/config.ts'),
  },
];

function version(): string {
  const { version } = JSON.parse(readFileSync(new URL(import.meta.resolve('#package')), 'utf8'));
  return String(version);
}

/**
 * Runs one command line.
 *
 * @param argv arguments after the program's name.
 * @returns the exit code; whatever a command throws has been reported on stderr.
 */
export async function runProgram(argv: readonly string[], effects: Effects): Promise<ExitCode> {
  let outcome: ExitCode | undefined;
  const program = new Command('saswatch')
    .description('Watches who uses Azure Storage with which SAS token.')
    .version(version())
    .option('--data <dir>', 'folder of the lake and the catalog (default: ./saswatch-data)')
    .option('--config <file>', 'configuration file (default: saswatch.yaml, if there is one)')
    .option('--json', 'JSON Lines on stdout, one object a row')
    .option('--quiet', 'no notes and no progress on stderr')
    .option('--debug', 'debug log, and stacks of errors, on stderr')
    .exitOverride()
    .showSuggestionAfterError(true)
    .configureHelp({
      showGlobalOptions: true,
      ...(effects.width() === null ? {} : { helpWidth: effects.width() ?? 80 }),
    })
    .configureOutput({
      writeOut: (text) => effects.stdout.write(text),
      writeErr: (text) => effects.stderr.write(terminalText(redact(text))),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });

  const act: Act = (command, body) => {
    command.action(async () => {
      const session = createSession(effects, command.optsWithGlobals<CommonOptions>());
      const code = await body({ session, options: command.opts(), operands: command.args });
      outcome = code ?? (effects.signal.aborted ? exitCodes.interrupted : exitCodes.done);
    });
  };
  const loaders = new Map(
    entries.map(({ name, summary, load }) => [program.command(name).summary(summary).description(summary), load]),
  );
  program.hook('preSubcommand', async (_, subcommand) => {
    const module = await loaders.get(subcommand)?.();
    module?.define(subcommand, act);
  });

  try {
    await program.parseAsync(argv, { from: 'user' });
    return outcome ?? exitCodes.done;
  } catch (error) {
    // commander has written help, version or the usage error itself.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    if (effects.signal.aborted && effects.signal.reason === error) return exitCodes.interrupted;
    effects.stderr.write(`${errorReport(error, program.opts<CommonOptions>().debug ?? false)}\n`);
    return exitCodeOf(error);
  }
}
