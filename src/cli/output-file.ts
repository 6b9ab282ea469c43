import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { AppError, errorText } from '../core/errors.ts';
import type { Sink } from '../query/render/sink.ts';
import { write } from './effects.ts';

/**
 * Gives `body` a file beside `path` to fill, and puts it in the place of `path` once it is whole; after an error nothing
 * is left behind.
 *
 * @throws AppError SINK_WRITE if the file cannot be written; what `body` throws passes through.
 */
export async function replaceFile(path: string, body: (temporaryPath: string) => Promise<void>): Promise<void> {
  const temporaryPath = `${path}.${process.pid}.tmp`;
  try {
    await body(temporaryPath);
    await rename(temporaryPath, path);
  } catch (error) {
    await rm(temporaryPath, { force: true });
    throw error instanceof AppError ? error : unwritable(path, error);
  }
}

/** Fills a file piece by piece. */
export async function fillFile(path: string, body: (sink: Sink) => Promise<void>): Promise<void> {
  const stream = createWriteStream(path, { flags: 'wx', mode: 0o600 });
  const opened = finished(stream);
  opened.catch(() => {});
  await body((piece) => write(stream, piece));
  stream.end();
  await opened;
}

function unwritable(path: string, cause: unknown): AppError {
  return new AppError('SINK_WRITE', `cannot write ${path}: ${errorText(cause)}`, { cause });
}
