import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { CatalogState } from './catalog-state.ts';
import { filesOf } from './commit.ts';
import { makeFolder, syncFile } from './durable-file.ts';
import { exportFindings } from './finding-table.ts';
import { Graveyard } from './graveyard.ts';
import { pruneManifests, publishManifest, versionedPath } from './manifest.ts';

const manifestsKept = 5;
const manifestGraceMs = 60_000;

/** What readers see of a catalog: manifests, the newest of which counts, and files of findings. */
export class Snapshots {
  readonly #dataDir: string;
  readonly #intervalMs: number;
  /** Committed files that are gone from the lake: no snapshot names them. */
  readonly missing = new Set<string>();
  /** Files that only older snapshots name; each new one clears it. */
  readonly graveyard: Graveyard;
  #version = 0;
  #findingsPath: string | null = null;
  #findingsChanged = false;
  /** When `publishDue` published last, by the monotonic clock: the first time it does. */
  #publishedMs = Number.NEGATIVE_INFINITY;

  /** @param intervalMs shortest time between two that `publishDue` publishes. */
  constructor(dataDir: string, { graceMs, intervalMs }: { readonly graceMs: number; readonly intervalMs: number }) {
    this.#dataDir = dataDir;
    this.#intervalMs = intervalMs;
    this.graveyard = new Graveyard(dataDir, graceMs);
  }

  /** Of the newest one. */
  get version(): number {
    return this.#version;
  }

  /** Takes note of one that an earlier process has published. */
  found(version: number): void {
    this.#version = version;
  }

  /** The next one has its findings in a new file. */
  noteFindings(): void {
    this.#findingsChanged = true;
  }

  /** The same as `publish` where the interval has passed; a fault is made up for by the next one. */
  async publishDue(connection: DuckDBConnection, state: CatalogState, now: Date): Promise<void> {
    if (performance.now() - this.#publishedMs < this.#intervalMs) return;
    await this.publish(connection, state, now).catch(() => undefined);
    this.#publishedMs = performance.now();
  }

  /** Shows readers a state. @throws the disk's error. */
  async publish(connection: DuckDBConnection, state: CatalogState, now: Date): Promise<void> {
    if (this.#findingsChanged) await this.#writeFindings(connection, state.version);
    const manifest = state.manifest(now, this.#findingsPath);
    await publishManifest(this.#dataDir, {
      ...manifest,
      segments: manifest.segments.filter((file) => !filesOf(file).some((path) => this.missing.has(path))),
      tokenFiles: manifest.tokenFiles.filter(({ path }) => !this.missing.has(path)),
    });
    this.#version = manifest.version;
    await this.graveyard.clear(now);
    const keepSince = new Date(now.getTime() - manifestGraceMs);
    await pruneManifests(this.#dataDir, { keep: manifestsKept, keepSince, findingsPath: this.#findingsPath });
  }

  async #writeFindings(connection: DuckDBConnection, version: number): Promise<void> {
    const path = versionedPath(version, 'findings-', 'parquet');
    const temporary = join(this.#dataDir, `${path}.tmp`);
    await makeFolder(join(this.#dataDir, 'manifest'));
    await exportFindings(connection, temporary);
    await syncFile(temporary);
    await rename(temporary, join(this.#dataDir, path));
    this.#findingsPath = path;
    this.#findingsChanged = false;
  }
}
