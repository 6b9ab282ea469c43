import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { type Config, type ConfigFlags, type LoadedConfig, parseConfig } from '../core/config.ts';
import { AppError, errorText, isSystemError } from '../core/errors.ts';
import { createLog, type Log } from '../core/log.ts';
import type { Effects } from './effects.ts';
import type { ExitCode } from './exit-codes.ts';

/** The options every command takes. */
export interface CommonOptions {
  readonly data?: string;
  readonly config?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly debug?: boolean;
}

/** One call of one command: its world, the common options and what they lead to. */
export interface Session {
  readonly effects: Effects;
  /** JSON Lines on stdout, one object a row. */
  readonly json: boolean;
  /** No notes and no progress on stderr. */
  readonly quiet: boolean;
  readonly debug: boolean;
  /** The folder given with `--data`; null where none was. */
  readonly dataGiven: string | null;
  readonly log: Log;
  /** The configuration, with the command's own flags over it: `config({ 'ingest.lanes': options.lanes })`. */
  config(flags?: ConfigFlags): Config;
  /** The same with the origin of each value. @throws AppError CONFIG_INVALID. */
  loadConfig(flags?: ConfigFlags): LoadedConfig;
}

/** What a command's body gets: options as commander parsed them, operands as written. */
export interface Call<Options> {
  readonly session: Session;
  readonly options: Options;
  readonly operands: readonly string[];
}

/** The work of a command. Returning nothing means done (or interrupted, if the signal aborted meanwhile). */
export type Body<Options> = (call: Call<Options>) => Promise<ExitCode | undefined>;

/** Makes `body` the action of `command`. */
export type Act = <Options extends object>(command: Command, body: Body<Options>) => void;

/** What each file in `commands/` exports: it gives `command` its arguments, options, subcommands and actions. */
export interface CommandModule {
  define(command: Command, act: Act): void;
}

const defaultConfigFile = 'saswatch.yaml';

/** Reads a file for the configuration; `null` where it does not exist and need not. */
function readConfigFile(path: string, required: boolean): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (!required && isSystemError(cause, 'ENOENT')) return null;
    throw new AppError('CONFIG_INVALID', `cannot read ${path}: ${errorText(cause)}`, { cause });
  }
}

export function createSession(effects: Effects, options: CommonOptions): Session {
  const { json = false, quiet = false, debug = false } = options;
  const loadConfig = (flags: ConfigFlags = {}): LoadedConfig => {
    const path = options.config ?? defaultConfigFile;
    const text = readConfigFile(path, options.config !== undefined);
    return parseConfig({
      file: text === null ? null : { path, text },
      env: effects.env,
      flags: { data: options.data, ...flags },
      cores: availableParallelism(),
      readSecret: (secretPath) => readConfigFile(secretPath, true) ?? '',
    });
  };
  return {
    effects,
    json,
    quiet,
    debug,
    dataGiven: options.data ?? null,
    log: createLog({ level: debug ? 'debug' : quiet ? 'error' : 'info', stream: effects.stderr }),
    config: (flags) => loadConfig(flags).config,
    loadConfig,
  };
}
