import { limits } from '../src/core/limits.ts';
import type { CommitEvent } from '../src/ingest/coordinator.ts';

/** Full segments of each lane that count as warming up: code is being compiled, memory touched for the first time. */
const coldSegments = 2;
/** A segment ends with a delivery, and so before it is quite full. */
const fullShare = 0.9;

/**
 * What rows cost once lanes are warm: CPU of the process between commits of full segments. Each lane has some part of its
 * next segment at hand at any commit, so that what is left out at the beginning is about what is left out at the end.
 */
export class WarmRate {
  readonly #lanes: number;
  readonly #marks: { rows: number; cpuS: number }[] = [];
  #rows = 0;

  constructor(lanes: number) {
    this.#lanes = Math.max(1, lanes);
  }

  count({ rows }: CommitEvent): void {
    this.#rows += rows;
    if (rows < fullShare * limits.segmentRowsMax) return;
    const { user, system } = process.cpuUsage();
    this.#marks.push({ rows: this.#rows, cpuS: (user + system) / 1e6 });
  }

  /** CPU-seconds per million rows; null where there were too few segments. */
  get perMillion(): number | null {
    const [first] = this.#marks.slice(coldSegments * this.#lanes);
    const last = this.#marks.at(-1);
    if (first === undefined || last === undefined || last.rows === first.rows) return null;
    return ((last.cpuS - first.cpuS) * 1e6) / (last.rows - first.rows);
  }
}
