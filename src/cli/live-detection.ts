import type { Finding } from '../core/finding.ts';
import type { Detector } from '../detect/detector.ts';
import type { CommitEvent } from '../ingest/coordinator.ts';
import type { Catalog } from '../store/catalog.ts';
import type { Commit } from '../store/commit.ts';

export interface LiveDetectionOptions {
  /** Shortest time between two runs of the rules. */
  readonly intervalMs: number;
  /** How far event time may run ahead of rows still expected. */
  readonly latenessMs: number;
  readonly onFindings: (findings: readonly Finding[]) => void;
}

/** A partition that has brought nothing for this long holds the watermark back no more. */
const idleAfterMs = 30_000;

/**
 * Runs the rules while rows come in: over the stretch of event time that commits have touched, up to the watermark.
 *
 * The watermark is the newest event time of the partition that is furthest behind, less the lateness; rows behind it open
 * their windows again. One run at a time; a commit during a run leads to another one after it.
 */
export class LiveDetection {
  readonly #catalog: Catalog;
  readonly #detector: Detector;
  readonly #options: LiveDetectionOptions;
  #touchedFrom: bigint | null = null;
  #newest = 0n;
  #running: Promise<void> = Promise.resolve();
  #busy = false;
  readonly #partitions = new Map<string, { newest: bigint; atMs: number }>();
  #lastRunMs = Number.NEGATIVE_INFINITY;
  #fault: unknown;
  findings = 0;

  constructor(catalog: Catalog, detector: Detector, options: LiveDetectionOptions) {
    this.#catalog = catalog;
    this.#detector = detector;
    this.#options = options;
  }

  /** Takes note of a commit and, where the rules run `live`, starts a run if one is due. @throws whatever the last run failed with. */
  note({ commit, status }: CommitEvent, live: boolean): void {
    if (this.#fault !== undefined) throw this.#fault;
    if (status === 'duplicate') return;
    this.#advance(commit);
    for (const { minTime, maxTime } of commit.segments) {
      if (this.#touchedFrom === null || minTime < this.#touchedFrom) this.#touchedFrom = minTime;
      if (maxTime > this.#newest) this.#newest = maxTime;
    }
    if (!live || this.#busy || performance.now() - this.#lastRunMs < this.#options.intervalMs) return;
    const since = this.#touchedFrom;
    const until = this.#watermark - BigInt(this.#options.latenessMs) * 1_000n;
    if (since === null || until <= since) return;
    this.#touchedFrom = until;
    this.#busy = true;
    this.#running = this.#run({ since, until, final: false })
      .catch((error: unknown) => {
        this.#fault = error;
      })
      .finally(() => {
        this.#busy = false;
        this.#lastRunMs = performance.now();
      });
  }

  #advance({ ranges, segments }: Commit): void {
    const newest = segments.reduce((max, { maxTime }) => (maxTime > max ? maxTime : max), 0n);
    for (const { source, partition } of ranges) {
      const key = `${source}\n${partition}`;
      const known = this.#partitions.get(key)?.newest ?? 0n;
      this.#partitions.set(key, { newest: newest > known ? newest : known, atMs: performance.now() });
    }
  }

  get #watermark(): bigint {
    const active = [...this.#partitions.values()].filter(({ atMs }) => performance.now() - atMs < idleAfterMs);
    return active.reduce((min, { newest }) => (newest < min ? newest : min), this.#newest);
  }

  /**
   * The last run: over everything that no last run has seen yet, be it of this process or of one that was killed, up to the
   * newest row of the lake, since rows may change what a rule says of later days.
   */
  async finish(): Promise<void> {
    await this.#running;
    if (this.#fault !== undefined) throw this.#fault;
    const span = this.#catalog.unjudged();
    if (span === null) return;
    await this.#run({ since: span.first, until: span.last + 1n, final: true });
    await this.#catalog.markJudged();
  }

  async #run(range: { since: bigint; until: bigint; final: boolean }): Promise<void> {
    const found = await this.#detector.evaluate(range);
    this.findings += found.length;
    if (found.length > 0) this.#options.onFindings(found);
  }
}
