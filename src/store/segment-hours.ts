import { DuckDBInstance } from '../core/duckdb.ts';
import type { SegmentFile } from './commit.ts';
import type { RowsByHour } from './hour-scans.ts';
import { hoursOfSegments } from './step-rows.ts';

/** Rows of segments by event hour, by the path of the segment. */
export type HoursByPath = ReadonlyMap<string, RowsByHour>;

/** In which event hours segments have rows: the catalog knows their first and last moment, and one stray row makes that years. */
export class SegmentHours {
  readonly #dataDir: string;
  readonly #known = new Map<string, RowsByHour>();

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  /** Reads the rollups of segments it does not know yet; what it knows of files that are gone is forgotten. */
  async of(files: readonly SegmentFile[]): Promise<HoursByPath> {
    const unknown = files.filter(({ path }) => !this.#known.has(path));
    if (unknown.length > 0) {
      const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
      try {
        const connection = await instance.connect();
        const hours = await hoursOfSegments(connection, this.#dataDir, unknown);
        for (const [index, { path }] of unknown.entries()) this.#known.set(path, hours[index] ?? new Map());
      } finally {
        instance.closeSync();
      }
    }
    const asked = new Set(files.map(({ path }) => path));
    for (const path of this.#known.keys()) if (!asked.has(path)) this.#known.delete(path);
    return this.#known;
  }
}
