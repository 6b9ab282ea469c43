import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DuckDBInstance } from '../src/core/duckdb.ts';
import { limits } from '../src/core/limits.ts';
import { type Manifest, readManifest } from '../src/store/manifest.ts';

const lookAgainMs = 20;

/** One published snapshot, when a reader could first have seen it. */
interface Sighting {
  readonly atMs: number;
  readonly manifest: Manifest;
}

/** Looks for new snapshots of a lake as a reader would, and notes when rows and findings were there to be read. */
export class LakeWatcher {
  readonly #dataDir: string;
  readonly #sightings: Sighting[] = [];
  /** First sight of a finding's token, by its hexadecimal digits. */
  readonly #found = new Map<string, number>();

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  async watch(signal: AbortSignal): Promise<void> {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    while (!signal.aborted) {
      const manifest = await readManifest(this.#dataDir);
      const last = this.#sightings.at(-1)?.manifest;
      if (manifest !== null && manifest.version !== last?.version) {
        const atMs = performance.now();
        this.#sightings.push({ atMs, manifest });
        if (manifest.findingsPath !== null && manifest.findingsPath !== last?.findingsPath) {
          const rows = await connection.runAndReadAll('SELECT DISTINCT entity FROM read_parquet($1)', [
            join(this.#dataDir, manifest.findingsPath),
          ]);
          for (const [entity] of rows.getRows()) {
            if (!this.#found.has(String(entity))) this.#found.set(String(entity), atMs);
          }
        }
      }
      await sleep(lookAgainMs);
    }
    connection.closeSync();
    instance.closeSync();
  }

  /** When everything of `file` before byte `end` could be read; undefined if that was never seen. */
  readableAt(file: string, end: number): number | undefined {
    return this.#sightings.find(({ manifest }) => holds(manifest, file, end))?.atMs;
  }

  /** When a finding about the token could be read. */
  findingAt(tokenId: string): number | undefined {
    return this.#found.get(tokenId);
  }

  get rows(): number {
    return this.#sightings.at(-1)?.manifest.counters.rows ?? 0;
  }
}

/** True if every range of the file is committed up to `end`; ranges are partitions named `path#index`. */
function holds({ sources }: Manifest, file: string, end: number): boolean {
  const offsets = new Map(sources.map(({ partition, offset }) => [partition, Number(offset)]));
  for (let start = 0, index = 0; start < end; start += limits.fileRangeBytes, index++) {
    if ((offsets.get(`${file}#${index}`) ?? 0) < Math.min(end, start + limits.fileRangeBytes)) return false;
  }
  return true;
}
