import { Readable, Writable } from 'node:stream';
import type { Effects } from '../../src/cli/effects.ts';
import { runProgram } from '../../src/cli/program.ts';

class Recorder extends Writable {
  text = '';

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

interface World {
  readonly env?: Effects['env'];
  readonly stdin?: string;
  readonly signal?: AbortSignal;
  readonly tty?: boolean;
}

/** Runs a command line in this process; `argv` as after the program's name. */
export async function run(argv: readonly string[], { env = {}, stdin = '', signal, tty = false }: World = {}) {
  const stdout = new Recorder();
  const stderr = new Recorder();
  const code = await runProgram(argv, {
    stdin: Readable.from([stdin]),
    stdout,
    stderr,
    isTTY: { stdout: tty, stderr: tty },
    width: () => (tty ? 100 : null),
    signal: signal ?? new AbortController().signal,
    stopOnSignal: () => {},
    clock: () => new Date('2026-01-02T00:00:00Z'),
    env,
  });
  return { code, stdout: stdout.text, stderr: stderr.text };
}
