import type { Finding } from '../core/finding.ts';
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

const dayMicros = 86_400_000_000n;
/** The steps of the rollups: rules that wait for the watermark are not run again before it has passed another. */
const stepMicros = 300_000_000n;

const dayOf = (micros: bigint): bigint => micros - (micros % dayMicros);
const earlier = (a: bigint | null, b: bigint): bigint => (a === null || b < a ? b : a);

/**
 * Runs the rules while rows come in, in three steps.
 *
 * Posture and window rules are run at once, up to the newest row, over the day that is being filled: what they find of
 * rows that are there can be told. Rules that compare with history or look for a sequence are run up to the watermark,
 * with the others once more and with days that rows came too late for. Once the watermark has passed the end of a day,
 * all rules judge it, and findings that they do not confirm are taken back.
 *
 * One run at a time, and half of the time at most; a commit during a run leads to another one after it.
 */
export class LiveDetection {
  readonly #catalog: Catalog;
  readonly #detector: Detector;
  readonly #options: LiveDetectionOptions;
  readonly #watermark: Watermark;
  /** The earliest row that each step has not seen yet. */
  #unseen: { prompt: bigint | null; settled: bigint | null; ended: bigint | null };
  #settledUntil = 0n;
  #running: Promise<void> = Promise.resolve();
  #busy = false;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;
  #nextRunMs = Number.NEGATIVE_INFINITY;
  #fault: unknown;
  findings = 0;

  constructor(catalog: Catalog, detector: Detector, options: LiveDetectionOptions) {
    this.#catalog = catalog;
    this.#detector = detector;
    this.#options = options;
    this.#watermark = new Watermark(options.clockMs);
    // A process that was killed may have left rows that no rule has seen.
    const left = catalog.unjudged()?.first ?? null;
    this.#unseen = { prompt: left, settled: left, ended: left };
  }

  /** Takes note of a commit and, where the rules run `live`, starts a run if one is due. @throws whatever the last run failed with. */
  note({ commit, status }: CommitEvent, live: boolean): void {
    if (this.#fault !== undefined) throw this.#fault;
    if (status === 'duplicate') return;
    this.#watermark.advance(commit);
    this.#detector.note(commit.segments);
    for (const { minTime } of commit.segments) {
      const { prompt, settled, ended } = this.#unseen;
      this.#unseen = {
        prompt: earlier(prompt, minTime),
        settled: earlier(settled, minTime),
        ended: earlier(ended, minTime),
      };
    }
    if (live) this.#start();
  }

  #start(): void {
    if (this.#busy || this.#stopped || this.#unseen.prompt === null) return;
    const waitMs = this.#nextRunMs - this.#options.clockMs();
    if (waitMs > 0) {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#start();
      }, waitMs);
      return;
    }
    this.#busy = true;
    const startMs = this.#options.clockMs();
    this.#running = this.#runDue()
      .catch((error: unknown) => {
        this.#fault = error;
      })
      .finally(() => {
        this.#busy = false;
        const now = this.#options.clockMs();
        this.#nextRunMs = now + Math.max(this.#options.intervalMs, now - startMs);
        if (this.#fault === undefined) this.#start();
      });
  }

  async #runDue(): Promise<void> {
    const { newest } = this.#watermark;
    const settledUntil = this.#watermark.value - BigInt(this.#options.latenessMs) * 1_000n;
    const today = dayOf(settledUntil);
    const { prompt } = this.#unseen;
    this.#unseen.prompt = null;
    if (prompt !== null && newest >= today) {
      const since = prompt < today ? today : prompt;
      await this.#run({ since, until: newest + 1n, choice: 'prompt', final: false });
    }
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
   * newest row of the lake, since rows may change what a rule says of later days.
   */
  async finish(): Promise<void> {
    await this.stop();
    if (this.#fault !== undefined) throw this.#fault;
    const span = this.#catalog.unjudged();
    if (span !== null) {
      this.#tell(await this.#detector.evaluate({ since: span.first, until: span.last + 1n, final: true }));
      await this.#catalog.markJudged();
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
    this.#tell(await this.#detector.evaluate({ ...evaluation, standing: true }));
  }

  #tell(found: readonly Finding[]): void {
    this.findings += found.length;
    if (found.length > 0) this.#options.onFindings(found);
  }
}
