import { type ChildProcess, fork } from 'node:child_process';
import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError, errorText } from '../core/errors.ts';
import { channels } from '../core/log.ts';
import type { QueryResult, Row } from './cell.ts';
import type { FromQueryProcess, ToQueryProcess } from './protocol.ts';
import type { QueryLimits } from './sandbox.ts';

/** Time after the deadline in which the query process may report by itself before it is killed. */
const graceMs = 2_000;
/** Time in which the process must have opened the lake; a busy machine and many files make it slow. */
const openMsMax = 120_000;

export interface QueryOptions {
  readonly dataDir: string;
  readonly limits: QueryLimits;
  /** Ends the query at once. */
  readonly signal: AbortSignal;
  /** Write the result to this Parquet file, which must not be anything worth keeping, and give no rows. */
  readonly parquetPath?: string;
}

/** The query process under its own roof: no environment but what starting needs, a temporary folder for its own. */
function startProcess(cwd: string): ChildProcess {
  const extension = extname(fileURLToPath(import.meta.url));
  const { PATH } = process.env;
  return fork(fileURLToPath(new URL(`./query-process${extension}`, import.meta.url)), {
    cwd,
    execArgv: extension === '.ts' ? ['--import', import.meta.resolve('tsx')] : [],
    env: { ...(PATH === undefined ? {} : { PATH }), TZ: 'UTC', TMPDIR: cwd },
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
}

function hasExited({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** One question to the query process, one answer; it is killed if that takes longer than `msMax`. */
async function ask(child: ChildProcess, message: ToQueryProcess, msMax: number): Promise<FromQueryProcess> {
  const settled = new AbortController();
  const timer = setTimeout(() => child.kill('SIGKILL'), msMax);
  try {
    const answer = once(child, 'message', { signal: settled.signal });
    const exit = hasExited(child) ? Promise.resolve() : once(child, 'exit', { signal: settled.signal });
    answer.catch(() => {});
    exit.catch(() => {});
    if (child.connected) child.send(message, () => {});
    const [reply] = await Promise.race([answer, exit.then(() => [null])]);
    if (reply === null) throw new AppError('QUERY_FAILED', 'the query was stopped: out of time, or out of memory');
    return reply as FromQueryProcess;
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('QUERY_FAILED', `the query process could not be started: ${errorText(error)}`, { cause: error });
  } finally {
    clearTimeout(timer);
    settled.abort();
  }
}

/**
 * Runs the SQL of a stranger: one SELECT over the views, in a process that can reach nothing else, is stopped at its
 * deadline, killed two seconds later, and ended when `batches` is.
 *
 * @throws AppError QUERY_REJECTED for what may not be run, QUERY_FAILED for what could not; `batches` throws the latter.
 */
export async function runQuery(sql: string, options: QueryOptions): Promise<QueryResult> {
  const { limits, signal } = options;
  const started = performance.now();
  const tempDir = await mkdtemp(join(tmpdir(), 'saswatch-query-'));
  const child = startProcess(tempDir);
  const kill = () => child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  if (signal.aborted) kill();
  let rowCount = 0;
  let truncated = false;

  const close = async (failed: boolean): Promise<void> => {
    signal.removeEventListener('abort', kill);
    if (child.pid !== undefined && !hasExited(child)) {
      kill();
      await once(child, 'exit');
    }
    await rm(tempDir, { recursive: true, force: true });
    channel(channels.queryRun).publish({ rows: rowCount, duration_ms: performance.now() - started, failed });
  };
  const answer = async (message: ToQueryProcess, msMax = limits.timeoutMs + graceMs): Promise<FromQueryProcess> => {
    try {
      const reply = await ask(child, message, msMax);
      if (reply.kind === 'error') throw new AppError(reply.code, reply.message);
      return reply;
    } catch (error) {
      await close(true);
      signal.throwIfAborted();
      throw error;
    }
  };
  async function* batches(): AsyncGenerator<readonly Row[]> {
    try {
      for (;;) {
        const reply = await answer({ kind: 'next' });
        if (reply.kind === 'rows') {
          rowCount += reply.rows.length;
          yield reply.rows;
        } else {
          truncated = reply.kind === 'end' && reply.truncated;
          break;
        }
      }
    } finally {
      await close(false);
    }
  }

  const parquetPath = options.parquetPath === undefined ? null : resolve(options.parquetPath);
  await answer({ kind: 'open', dataDir: resolve(options.dataDir), tempDir, parquetPath, limits }, openMsMax);
  const first = await answer({ kind: 'run', sql });
  const columns = first.kind === 'columns' ? first.columns : [];
  return { columns, batches: batches(), truncated: () => truncated };
}
