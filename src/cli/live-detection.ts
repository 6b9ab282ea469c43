import type { Finding } from '../core/finding.ts';
import { startOfDay } from '../core/utc-day.ts';
import type { Detector, Evaluation } from '../detect/detector.ts';
import type { CommitEvent } from '../ingest/coordinator.ts';
import type { Catalog } from '../store/catalog.ts';
import { Watermark } from './watermark.ts';

export interface LiveDetectionOptions {
  /** Shortest time between two runs of the rules. */
  readonly intervalMs: number;
  /** How far event time may run ahead of rows still expected. */
  readonly latenessMs: number;
  /** A clock that never goes back, milliseconds. */
  readonly clockMs: () => number;
  readonly onFindings: (findings: readonly Finding[]) => void;
}

/** The steps of the rollups: rules that wait for the watermark are not run again before it has passed another. */
const stepMicros = 300_000_000n;

/** Over fewer rows, threads cost a quarter more CPU and are no sooner done. */
const oneCoreRowsMax = 5_000_000;

const earlier = (a: bigint | null, b: bigint): bigint => (a === null || b < a ? b : a);

/**
 * Runs the rules while rows come in, in four steps.
 *
 * Posture rules are run at once, up to the newest row: they look at tokens and not at the log, and a run of them is short.
 * Window rules follow, over the day that is being filled: what they find of rows that are there can be told. Rules that
 * compare with history or look for a sequence are run up to the watermark, with the others once more and with days that rows
 * came too late for. Once the watermark has passed the end of a day, all rules judge it, and findings that they do not
 * confirm are taken back.
 *
 * Posture rules take half of the time at most, window rules a third, and so do the others: a run that reads much of the day, as
 * those up to the watermark do, puts off the next of its own step and not what can be told at once. A commit during a run leads to
 * another one after it. Posture rules wait for no other rule: they are run between two statements of the others, and beside one that
 * reads the log.
 */
export class LiveDetection {
  readonly #catalog: Catalog;
  readonly #detector: Detector;
  readonly #options: LiveDetectionOptions;
  readonly #watermark: Watermark;
  /** The earliest row that each step has not seen yet. */
  #unseen: Record<'posture' | 'window' | 'settled' | 'ended', bigint | null>;
  #settledUntil = 0n;
  #running: Promise<void> = Promise.resolve();
  #busy = false;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;
  #nextPostureMs = Number.NEGATIVE_INFINITY;
  #nextWindowMs = Number.NEGATIVE_INFINITY;
  #nextSettledMs = Number.NEGATIVE_INFINITY;
  /** Whether rules that wait for the watermark were left out of a run, since it was too soon after their last. */
  #isSettledPutOff = false;
  #fault: unknown;
  findings = 0;

  constructor(catalog: Catalog, detector: Detector, options: LiveDetectionOptions) {
    this.#catalog = catalog;
    this.#detector = detector;
    this.#options = options;
    this.#watermark = new Watermark(options.clockMs);
    // A process that was killed may have left rows that no rule has seen.
    const left = catalog.unjudged()?.first ?? null;
    this.#unseen = { posture: left, window: left, settled: left, ended: left };
  }

  /** Takes note of a commit and, where the rules run `live`, starts a run if one is due. @throws whatever the last run failed with. */
  note({ commit, status }: CommitEvent, live: boolean): void {
    if (this.#fault !== undefined) throw this.#fault;
    if (status === 'duplicate') return;
    this.#watermark.advance(commit);
    this.#detector.note(commit.segments);
    for (const { minTime } of commit.segments) {
      const { posture, window, settled, ended } = this.#unseen;
      this.#unseen = {
        posture: earlier(posture, minTime),
        window: earlier(window, minTime),
        settled: earlier(settled, minTime),
        ended: earlier(ended, minTime),
      };
    }
    if (live) this.#start();
  }

  /** When the next run is due, in milliseconds of the clock; infinity while no row has come. */
  get #dueMs(): number {
    const { posture, window } = this.#unseen;
    return Math.min(
      posture === null ? Number.POSITIVE_INFINITY : this.#nextPostureMs,
      window === null ? Number.POSITIVE_INFINITY : this.#nextWindowMs,
      this.#isSettledPutOff ? this.#nextSettledMs : Number.POSITIVE_INFINITY,
    );
  }

  #start(): void {
    const dueMs = this.#dueMs;
    if (this.#busy || this.#stopped || dueMs === Number.POSITIVE_INFINITY) return;
    const waitMs = dueMs - this.#options.clockMs();
    if (waitMs > 0) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#start(), waitMs);
      return;
    }
    this.#busy = true;
    this.#running = this.#runDue()
      .catch((error: unknown) => {
        this.#fault = error;
      })
      .finally(() => {
        this.#busy = false;
        if (this.#fault === undefined) this.#start();
      });
  }

  async #runDue(): Promise<void> {
    const { intervalMs, clockMs } = this.#options;
    const pauseOf = async (run: () => Promise<void>) => {
      const startMs = clockMs();
      await run();
      return clockMs() + Math.max(intervalMs, 2 * (clockMs() - startMs));
    };
    await this.#runPosture();
    const isWindowDue = this.#unseen.window !== null && this.#nextWindowMs <= clockMs();
    if (!isWindowDue && !this.#isSettledPutOff) return;
    if (isWindowDue) this.#nextWindowMs = await pauseOf(() => this.#runToday('window'));
    this.#isSettledPutOff = this.#nextSettledMs > clockMs();
    if (!this.#isSettledPutOff) this.#nextSettledMs = await pauseOf(() => this.#runSettled());
  }

  /** Posture rules, where rows came and it is time; also while the other rules are run, which may take long. */
  async #runPosture(): Promise<void> {
    const { intervalMs, clockMs } = this.#options;
    const startMs = clockMs();
    if (this.#unseen.posture === null || this.#stopped || startMs < this.#nextPostureMs) return;
    await this.#runToday('posture');
    this.#nextPostureMs = clockMs() + Math.max(intervalMs, clockMs() - startMs);
  }

  /** How far rows are still expected. */
  get #settledMicros(): bigint {
    return this.#watermark.value - BigInt(this.#options.latenessMs) * 1_000n;
  }

  /** Rules that need no more than the rows there are, over the day that is being filled. */
  async #runToday(choice: 'posture' | 'window'): Promise<void> {
    const { newest } = this.#watermark;
    const today = startOfDay(this.#settledMicros);
    const since = this.#unseen[choice];
    this.#unseen[choice] = null;
    if (since === null || newest < today) return;
    await this.#run({ since: since < today ? today : since, until: newest + 1n, choice, final: false });
  }

  async #runSettled(): Promise<void> {
    const settledUntil = this.#settledMicros;
    const today = startOfDay(settledUntil);
    const { settled, ended } = this.#unseen;
    const isDayOver = ended !== null && ended < today;
    if (isDayOver) {
      this.#unseen.ended = today;
      await this.#run({ since: ended, until: today, choice: 'all', final: true });
    }
    if (settled !== null && settledUntil > settled && (isDayOver || settledUntil >= this.#settledUntil + stepMicros)) {
      const since = isDayOver && settled < today ? today : settled;
      this.#unseen.settled = settledUntil;
      this.#settledUntil = settledUntil;
      if (since < settledUntil) await this.#run({ since, until: settledUntil, choice: 'settled', final: false });
    }
  }

  /**
   * The last run: over everything that no last run has seen yet, be it of this process or of one that was killed, up to the
   * newest row of the lake, since rows may change what a rule says of later days. Days that have been judged as ended, with all
   * their rows, are left as they are.
   */
  async finish(): Promise<void> {
    await this.stop();
    if (this.#fault !== undefined) throw this.#fault;
    const span = this.#catalog.unjudged();
    if (span !== null) {
      const since = this.#unseen.ended ?? span.first;
      const rows = this.#catalog.segments().reduce((sum, file) => (file.maxTime < since ? sum : sum + file.rows), 0);
      const allCores = rows > oneCoreRowsMax;
      this.#tell(
        await this.#detector.evaluate({ since, until: span.last + 1n, final: true, standing: true, allCores }),
      );
      // What is judged is not judged again: a rule that is mended later is to find what it missed.
      if (this.#detector.failedRules === 0) await this.#catalog.markJudged();
    }
  }

  /** The run under way, if any. */
  get running(): Promise<void> {
    return this.#running;
  }

  /** Starts no further run and waits for the one under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #run(evaluation: Evaluation): Promise<void> {
    const pause = evaluation.choice === 'posture' || evaluation.final ? {} : { pause: () => this.#runPosture() };
    this.#tell(await this.#detector.evaluate({ ...evaluation, standing: true, ...pause }));
  }

  #tell(found: readonly Finding[]): void {
    this.findings += found.length;
    if (found.length > 0) this.#options.onFindings(found);
  }
}
