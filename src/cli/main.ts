#!/usr/bin/env node
import { isSystemError } from '../core/errors.ts';
import type { Effects } from './effects.ts';
import { exitCodes } from './exit-codes.ts';
import { runProgram } from './program.ts';

const { stdout, stderr, env } = process;
const interrupted = new AbortController();

// `saswatch query … | head` closes the pipe early: that is the reader's right, not a fault.
stdout.on('error', (error) => {
  if (!isSystemError(error, 'EPIPE')) throw error;
  process.exit(exitCodes.done);
});
stderr.on('error', () => {});

const signals = ['SIGINT', 'SIGTERM'] as const;
const onSignal = () => {
  if (interrupted.signal.aborted) process.exit(exitCodes.interrupted);
  interrupted.abort();
  if (stderr.isTTY) stderr.write('\nfinishing what is in hand; once more to stop at once\n');
};
for (const name of signals) process.on(name, onSignal);

const effects: Effects = {
  // Opened by whoever reads it: Node would make the pipe non-blocking and take its first bytes, which a lane is to read.
  get stdin() {
    return process.stdin;
  },
  stdout,
  stderr,
  isTTY: { stdout: stdout.isTTY === true, stderr: stderr.isTTY === true },
  width: () => (stdout.isTTY ? stdout.columns : null),
  signal: interrupted.signal,
  stopOnSignal: () => {
    for (const name of signals) process.off(name, onSignal);
  },
  clock: () => new Date(),
  env,
};

const code = await runProgram(process.argv.slice(2), effects);
// Pipes are asynchronous: leave only when the last byte is out.
await Promise.all([stdout, stderr].map((stream) => new Promise((resolve) => stream.write('', resolve))));
process.exit(code);
