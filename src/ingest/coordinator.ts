import { setTimeout as sleep } from 'node:timers/promises';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { AppError, errorText } from '../core/errors.ts';
import type { Catalog } from '../store/catalog.ts';
import type { Commit } from '../store/commit.ts';
import { type Admission, admitAll } from './admission.ts';
import type { Fallback } from './decode/decoder.ts';
import type { LaneAnswer, LaneRequest, LaneTask, ToCoordinator, ToLane } from './lane-protocol.ts';
import { LanePool } from './pool.ts';
import type { SourcePlan } from './sources/plan.ts';

export type LaneSettings = Omit<LaneTask, 'assignment' | 'port'>;

/** What one commit made visible, for counters, progress and the detector. */
export interface CommitEvent {
  readonly commit: Commit;
  readonly status: 'committed' | 'duplicate';
  /** Log bytes the rows were read from. */
  readonly bytes: number;
  readonly rows: number;
  /** What the lane's decoder left to a slower one. */
  readonly fallback: Fallback | null;
}

/** A lane that fails this often in a row without committing anything is given up. */
const failuresMax = 3;

/**
 * Hands assignments to lanes, commits what they finish, and starts a lane again where it failed.
 *
 * The only writer of the catalog: one transaction a batch, in the order lanes ask. No log bytes pass through it.
 */
export class Coordinator {
  readonly #catalog: Catalog;
  readonly #settings: LaneSettings;
  readonly #onCommit: (event: CommitEvent) => void;
  readonly #admission: Admission;

  constructor(
    catalog: Catalog,
    settings: LaneSettings,
    onCommit: (event: CommitEvent) => void,
    admission: Admission = admitAll,
  ) {
    this.#catalog = catalog;
    this.#settings = settings;
    this.#onCommit = onCommit;
    this.#admission = admission;
  }

  /**
   * Reads everything the plans hold.
   *
   * @param lanes threads for each plan.
   * @param signal first stops pulling: lanes flush, commit and end.
   * @throws AppError the first fault that no retry mends, or whatever `onCommit` threw; all other lanes are stopped and have
   * committed by then.
   */
  async run(plans: readonly SourcePlan[], lanes: number, signal: AbortSignal): Promise<void> {
    const stop = new AbortController();
    const everyStop = AbortSignal.any([signal, stop.signal]);
    const stopPlans = () => {
      for (const plan of plans) plan.stop();
    };
    everyStop.addEventListener('abort', stopPlans, { once: true });
    const starts = plans.flatMap((plan) => Array.from({ length: plan.lanesFor(lanes) }, (_, lane) => ({ plan, lane })));
    const pool = new LanePool(Math.max(1, starts.length));
    const faults: unknown[] = [];
    // A lane is not at fault for it: started again, it would commit, and be refused, for ever.
    const onCommit = (event: CommitEvent) => {
      try {
        this.#onCommit(event);
      } catch (error) {
        faults.push(error);
        stop.abort();
      }
    };
    try {
      const runs = starts.map(({ plan, lane }) =>
        this.#keepRunning(pool, plan, lane, { signal: everyStop, onCommit }).catch((error: unknown) => {
          stop.abort();
          throw error;
        }),
      );
      const failed = (await Promise.allSettled(runs)).find((run) => run.status === 'rejected');
      if (faults.length > 0) throw faults[0];
      if (failed !== undefined) throw failed.reason;
    } finally {
      await pool.close();
    }
  }

  async #keepRunning(
    pool: LanePool,
    plan: SourcePlan,
    lane: number,
    { signal, onCommit }: { readonly signal: AbortSignal; readonly onCommit: (event: CommitEvent) => void },
  ): Promise<void> {
    for (let failures = 0; ; ) {
      await this.#admission.admit(signal);
      const run = new LaneRun(this.#catalog, plan, lane, onCommit, this.#admission);
      const assignment = plan.assignment(lane);
      if (assignment === null) return;
      try {
        await pool.run({ ...this.#settings, assignment, port: run.lanePort(signal) });
        return;
      } catch (error) {
        // Nothing that it asked for before it died may be taken for its next life.
        run.close();
        failures = run.commits > 0 ? 1 : failures + 1;
        if (!(error instanceof AppError) || !error.retryable || failures >= failuresMax || signal.aborted) throw error;
        plan.recover(lane);
        await sleep(200 * failures, undefined, { signal }).catch(() => {});
      } finally {
        run.close();
      }
    }
  }
}

/** The coordinator's end of one lane's channel. */
export class LaneRun {
  readonly #catalog: Catalog;
  readonly #plan: SourcePlan;
  readonly #lane: number;
  readonly #onCommit: (event: CommitEvent) => void;
  readonly #admission: Admission;
  readonly #channel = new MessageChannel();
  commits = 0;

  constructor(
    catalog: Catalog,
    plan: SourcePlan,
    lane: number,
    onCommit: (event: CommitEvent) => void,
    admission: Admission = admitAll,
  ) {
    this.#catalog = catalog;
    this.#plan = plan;
    this.#lane = lane;
    this.#onCommit = onCommit;
    this.#admission = admission;
  }

  /** The port to give to the lane; from now on its requests are answered. */
  lanePort(signal: AbortSignal): MessagePort {
    const { port1, port2 } = this.#channel;
    const post = (message: ToLane) => port1.postMessage(message);
    port1.on('message', ({ id, request }: ToCoordinator) => {
      this.#answer(request, signal).then(
        (answer) => post({ id, answer }),
        (error: unknown) => post({ id, answer: refusal(request, error) }),
      );
    });
    if (signal.aborted) post({ stop: true });
    signal.addEventListener('abort', () => post({ stop: true }), { once: true });
    return port2;
  }

  close(): void {
    this.#channel.port1.close();
  }

  /** A lane takes nothing while it waits for an answer, which is how admission holds it. */
  async #answer(request: LaneRequest, signal: AbortSignal): Promise<LaneAnswer> {
    if (request.kind === 'work') return { kind: 'work', work: await this.#plan.nextWork(this.#lane, request.finished) };
    const { commit, bytes, fallback } = request;
    const { status } = await this.#catalog.commit(commit);
    this.commits++;
    const rows = status === 'duplicate' ? 0 : commit.segments.reduce((sum, segment) => sum + segment.rows, 0);
    this.#onCommit({ commit, status, bytes, rows, fallback });
    await this.#admission.admit(signal);
    return { kind: 'committed', status };
  }
}

/** Of a commit, whatever it is, the same rows may be committed later. */
function refusal({ kind }: LaneRequest, error: unknown): LaneAnswer {
  const known = kind === 'work' && error instanceof AppError;
  const { code, retryable } = known ? error : ({ code: 'SINK_WRITE', retryable: true } as const);
  return { kind: 'refused', code, message: errorText(error), retryable };
}
