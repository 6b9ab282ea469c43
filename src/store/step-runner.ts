import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '../core/duckdb.ts';
import { AppError, errorText } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { runStep, type StepRequest, type StepResult } from './compaction-step.ts';
import { type DirectoryRequest, runDirectoryStep } from './directory-step.ts';

/** A step of compaction, or one that makes a token directory. */
export type AnyRequest = StepRequest | DirectoryRequest;

/** What came of a step. */
export type StepReply =
  | { readonly ok: true; readonly result: StepResult; readonly cpuS: number }
  | { readonly ok: false; readonly message: string };

/** Does steps of compaction, one at a time. */
export interface StepRunner {
  /** @throws AppError WORKER_CRASHED, retryable, where nobody can tell what came of it. */
  run(request: AnyRequest): Promise<StepReply>;
  /** Ends what is under way. */
  stop(): void;
}

/** Runs a step on this thread, in a database of its own, which gives all memory back after it. */
export async function runStepHere(request: AnyRequest): Promise<StepReply> {
  const started = process.cpuUsage();
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '1',
    memory_limit: limits.compactionMemory,
    temp_directory: join(request.folder, 'spill'),
  });
  try {
    const connection = await instance.connect();
    const result = await ('step' in request ? runStep(connection, request) : runDirectoryStep(connection, request));
    connection.closeSync();
    const { user, system } = process.cpuUsage(started);
    return { ok: true, result, cpuS: (user + system) / 1e6 };
  } catch (error) {
    return { ok: false, message: errorText(error) };
  } finally {
    instance.closeSync();
  }
}

/** Below everything that waits for an answer. */
const niceness = 10;

/** Does steps in a process of its own, started when first needed and again if it died. */
export class StepProcess implements StepRunner {
  #child: ChildProcess | null = null;

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async run(request: AnyRequest): Promise<StepReply> {
    const child = this.#child ?? this.#start();
    const settled = new AbortController();
    try {
      const reply = once(child, 'message', { signal: settled.signal });
      const exit = once(child, 'exit', { signal: settled.signal });
      reply.catch(() => {});
      exit.catch(() => {});
      child.send(request, () => {});
      const [answer] = (await Promise.race([reply, exit.then(() => [null])])) as [StepReply | null];
      if (answer !== null) return answer;
      throw crashed('died');
    } catch (error) {
      throw error instanceof AppError ? error : crashed(`could not be started: ${errorText(error)}`);
    } finally {
      settled.abort();
    }
  }

  stop(): void {
    this.#child?.kill('SIGKILL');
  }

  #start(): ChildProcess {
    const extension = extname(fileURLToPath(import.meta.url));
    const child = fork(fileURLToPath(new URL(`./compaction-process${extension}`, import.meta.url)), {
      execArgv: extension === '.ts' ? ['--import', import.meta.resolve('tsx')] : [],
      env: { ...process.env, TZ: 'UTC' },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    if (child.pid !== undefined) setPriority(child.pid, niceness);
    this.#child = child;
    const forget = () => {
      this.#child = null;
    };
    // Dead between two steps, or never started, it would not say so again.
    child.once('exit', forget).on('error', forget);
    return child;
  }
}

function crashed(how: string): AppError {
  const message = `The compaction process ${how}. Nothing is lost; compact again to do what it was at.`;
  return new AppError('WORKER_CRASHED', message, { retryable: true });
}
