import { createReadStream, fstatSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';

/** The path that stands for standard input. */
export const stdinPath = '-';

/**
 * Opens standard input, which can be done once in a process.
 *
 * Pipes are read as sockets are: a read of a file would fail on one that another process has made non-blocking, and where
 * nothing comes it would keep its thread from ending.
 *
 * @param signal ends it, whatever it waits for.
 */
export function standardInput(signal?: AbortSignal): Readable {
  const stats = fstatSync(0);
  const input =
    stats.isFIFO() || stats.isSocket()
      ? new Socket({ fd: 0, readable: true, writable: false })
      : createReadStream('', { fd: 0, autoClose: false });
  const stop = () => input.destroy();
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();
  return input.once('close', () => signal?.removeEventListener('abort', stop));
}
