import { Piscina } from 'piscina';
import { AppError, errorClause } from '../core/errors.ts';
import type { LaneOutcome, LaneTask } from './lane-protocol.ts';
import { laneModule, workerFlags } from './worker-entry.ts';

/** The worker threads lanes run on: one lane a thread, for as long as the lane lives. */
export class LanePool {
  readonly #piscina: Piscina<LaneTask, LaneOutcome>;

  constructor(lanes: number) {
    this.#piscina = new Piscina({
      execArgv: [...workerFlags],
      minThreads: lanes,
      maxThreads: lanes,
      concurrentTasksPerWorker: 1,
      atomics: 'disabled',
    });
  }

  /** Runs one lane to its end. @throws AppError its fault, or WORKER_CRASHED (retryable) where its thread died. */
  async run(task: LaneTask): Promise<void> {
    const options = { filename: laneModule(task.assignment.kind), transferList: [task.port] };
    const outcome = await this.#piscina.run(task, options).catch((cause: unknown) => {
      throw new AppError('WORKER_CRASHED', `A lane's worker thread died: ${errorClause(cause)}.`, {
        cause,
        retryable: true,
      });
    });
    if (!outcome.ok) throw new AppError(outcome.code, outcome.message, { retryable: outcome.retryable });
  }

  close(): Promise<void> {
    return this.#piscina.destroy();
  }
}
