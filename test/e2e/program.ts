import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const built = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const lanes = fileURLToPath(new URL('../../dist/bench/lane-program.js', import.meta.url));

/** The program as a process of its own, as users run it. */
export interface Program {
  readonly child: ChildProcess;
  /** Ends with the exit code (null after a signal) and what it wrote. */
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
}

export function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Program {
  const { stdin, ...program } = startPiped(args, env);
  stdin.end();
  return program;
}

/** With a standard input that the test writes and ends. */
export function startPiped(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return spawned(['--import', 'tsx', main, ...args], env);
}

/** The program as last built, which starts in a third of the time: for tests that start it many times. */
export function startBuilt(args: readonly string[], env: Readonly<Record<string, string>> = {}): Program {
  return spawned([built, ...args], env);
}

/** Lanes as last built, without rules, whose start costs a third: `bench/lane-program.ts` with its arguments. */
export function startLanes(args: readonly string[]): Program {
  return spawned([lanes, ...args], {});
}

function spawned(args: readonly string[], env: Readonly<Record<string, string>>): Program & { stdin: Writable } {
  const child = spawn(process.execPath, args, { env: { ...process.env, NO_COLOR: '1', ...env } });
  const output = Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  const ended = output.then(([stdout, stderr, [code]]) => ({ code, stdout, stderr }));
  return { child, ended, stdin: child.stdin };
}

export function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return start(args, env).ended;
}

/** What a program that goes on running writes first. */
export async function firstLine({ child, ended }: Program): Promise<string> {
  const written =
    child.stdout === null ? [''] : await Promise.race([once(child.stdout, 'data'), ended.then(() => [''])]);
  return String(written[0]).split('\n')[0] ?? '';
}

/** The first line of stderr that matches. @throws Error if the program ends without one. */
export async function lineOf({ child, ended }: Program, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let written = '';
    child.stderr?.on('data', (piece) => {
      written += piece;
      const line = written.split('\n').find((text) => pattern.test(text));
      if (line !== undefined) resolve(line);
    });
    ended.then(() => reject(new Error(`ended without ${pattern}: ${written}`)), reject);
  });
}

/** The objects of a `--json` run. */
export function rowsOf(stdout: string): Record<string, unknown>[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** The last object of an ingest or a replay. */
export function summaryOf(stdout: string): Record<string, unknown> {
  return (
    rowsOf(stdout)
      .filter(({ type }) => type === 'summary')
      .at(-1) ?? {}
  );
}
