import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../core/config.ts';
import { errorText } from '../core/errors.ts';
import type { Catalog } from '../store/catalog.ts';
import { SegmentHours } from '../store/segment-hours.ts';
import { keepUp, type UpkeepTotals } from './lake-upkeep.ts';

export interface IdleUpkeepOptions {
  readonly catalog: Catalog;
  readonly config: Config;
  readonly dataDir: string;
  readonly onUpkeep: (totals: UpkeepTotals) => void;
  /** A fault is no reason to stop reading: it is told, and the same work is tried again at the next look. */
  readonly onFault: (text: string) => void;
}

/** Compaction and retention beside an ingest: hours that have ended, in small steps, at low priority. */
export class IdleUpkeep {
  readonly #options: IdleUpkeepOptions;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  constructor(options: IdleUpkeepOptions) {
    this.#options = options;
    this.#running = options.config.compaction.cpuShareMax > 0 ? this.#loop() : Promise.resolve();
  }

  /** Ends the step under way, whose work is lost, and waits until nothing is left of it. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stop;
    const { catalog, config, dataDir, onUpkeep, onFault } = this.#options;
    const hours = new SegmentHours(dataDir);
    for (;;) {
      await sleep(config.compaction.intervalMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      const newest = catalog.segments().reduce((max, { maxTime }) => (maxTime > max ? maxTime : max), 0n);
      const until = newest - BigInt(config.detect.latenessMs) * 1_000n;
      try {
        const plan = { until, onlyGain: true, splitSparse: false };
        const { cpuShareMax } = config.compaction;
        onUpkeep(await keepUp({ catalog, config, dataDir, now: new Date(), plan, hours, cpuShareMax, signal }));
      } catch (error) {
        onFault(errorText(error));
      }
    }
  }
}
