import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { isSystemError } from '../core/errors.ts';
import type { PositionRange, SourcePosition } from '../core/position.ts';
import type { HourDetails, SegmentFile } from './commit.ts';
import { makeFolder, writeWhole } from './durable-file.ts';
import { chainStart, type SasFile } from './replacement.ts';
import type { TokenFile } from './token-directory.ts';

const folderName = 'manifest';
const versionDigits = 12;

/** A source partition and how far it has been read. */
export interface ManifestSource extends SourcePosition {
  readonly sourceId: bigint;
}

/** A published snapshot: all that a reader may see, and nothing it may not. Paths are relative to the data folder. */
export interface Manifest {
  readonly version: number;
  /** ISO 8601, when it was published. */
  readonly publishedAt: string;
  /** Segments and compacted files; none holds a row of another. */
  readonly segments: readonly SegmentFile[];
  /** SAS parameter sets of compacted segments. */
  readonly sasFiles: readonly SasFile[];
  /** Token directories; none covers a file that another does. */
  readonly tokenFiles: readonly TokenFile[];
  /** Last link of the chain of compacted files. */
  readonly chain: string;
  /** Parquet file of the findings; null until there is one. */
  readonly findingsPath: string | null;
  readonly sources: readonly ManifestSource[];
  /** Stretches of a partition that were never delivered. */
  readonly holes: readonly PositionRange[];
  readonly counters: ManifestCounters;
}

/** Totals since the data folder was made. */
export interface ManifestCounters {
  readonly commits: number;
  readonly rows: number;
  /** Of segment files. */
  readonly bytes: number;
  readonly deliveries: number;
  readonly quarantined: number;
  /** Rows that upstream delivered twice and compaction removed. */
  readonly duplicates: number;
}

/** What a reader sees before anything has been published. */
export const emptyManifest: Manifest = {
  version: 0,
  publishedAt: new Date(0).toISOString(),
  segments: [],
  sasFiles: [],
  tokenFiles: [],
  chain: chainStart,
  findingsPath: null,
  sources: [],
  holes: [],
  counters: { commits: 0, rows: 0, bytes: 0, deliveries: 0, quarantined: 0, duplicates: 0 },
};

/** Microseconds since 1970: a text where a number of JSON would not be exact, as before 1684 and after 2255. */
const micros = z.union([z.int(), z.string().regex(/^-?\d+$/)]).transform((value) => BigInt(value));

function microsJson(value: bigint): number | string {
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
}

const hourSchema = z
  .object({
    hour_us: micros,
    policy: z.enum(['full', 'lean', 'minimal']),
    column_count: z.int(),
    sha256: z.string(),
    rollup_sha256: z.string(),
    chain: z.string(),
  })
  .transform(
    (details): HourDetails => ({
      hour: details.hour_us,
      policy: details.policy,
      columnCount: details.column_count,
      sha256: details.sha256,
      rollupSha256: details.rollup_sha256,
      chain: details.chain,
    }),
  );

const segmentSchema = z
  .object({
    path: z.string(),
    rollup_path: z.string(),
    sas_path: z.string().nullable(),
    rows: z.int(),
    bytes: z.int(),
    min_time_us: micros,
    max_time_us: micros,
    digests: z.object({ log: z.string(), rollup: z.string(), sas: z.string().nullable() }).optional(),
    compacted: hourSchema.optional(),
  })
  .transform(
    (file): SegmentFile => ({
      path: file.path,
      rollupPath: file.rollup_path,
      sasPath: file.sas_path,
      rows: file.rows,
      bytes: file.bytes,
      minTime: file.min_time_us,
      maxTime: file.max_time_us,
      ...(file.digests === undefined ? {} : { digests: file.digests }),
      ...(file.compacted === undefined ? {} : { compacted: file.compacted }),
    }),
  );

const integerText = z
  .string()
  .regex(/^-?\d+$/)
  .transform(BigInt);

const sourceSchema = z
  .object({
    source_id: integerText,
    source: z.string(),
    partition: z.string(),
    offset: integerText,
    token: z.string().optional(),
  })
  .transform(
    ({ source_id, token, ...rest }): ManifestSource => ({
      ...rest,
      sourceId: source_id,
      ...(token === undefined ? {} : { token }),
    }),
  );

const manifestSchema = z
  .object({
    version: z.int(),
    published_at: z.string(),
    segments: z.array(segmentSchema),
    sas_files: z.array(z.object({ path: z.string(), rows: z.int(), sha256: z.string() })).default([]),
    token_files: z
      .array(z.object({ path: z.string(), rows: z.int(), sha256: z.string(), covers: z.array(z.string()) }))
      .default([]),
    chain: z.string().default(chainStart),
    findings_path: z.string().nullable(),
    sources: z.array(sourceSchema),
    holes: z.array(z.object({ source: z.string(), partition: z.string(), from: integerText, to: integerText })),
    counters: z.object({
      commits: z.int(),
      rows: z.int(),
      bytes: z.int(),
      deliveries: z.int(),
      quarantined: z.int(),
      duplicates: z.int().default(0),
    }),
  })
  .transform(
    ({ published_at, findings_path, sas_files, token_files, ...rest }): Manifest => ({
      ...rest,
      sasFiles: sas_files,
      tokenFiles: token_files,
      publishedAt: published_at,
      findingsPath: findings_path,
    }),
  );

function hourJson({ hour, policy, columnCount, sha256, rollupSha256, chain }: HourDetails) {
  return { hour_us: microsJson(hour), policy, column_count: columnCount, sha256, rollup_sha256: rollupSha256, chain };
}

function toJson(manifest: Manifest): string {
  const { publishedAt, findingsPath, segments, sasFiles, tokenFiles, sources, holes, ...rest } = manifest;
  return JSON.stringify({
    ...rest,
    published_at: publishedAt,
    findings_path: findingsPath,
    segments: segments.map((file) => ({
      path: file.path,
      rollup_path: file.rollupPath,
      sas_path: file.sasPath,
      rows: file.rows,
      bytes: file.bytes,
      min_time_us: microsJson(file.minTime),
      max_time_us: microsJson(file.maxTime),
      digests: file.digests,
      ...(file.compacted === undefined ? {} : { compacted: hourJson(file.compacted) }),
    })),
    sas_files: sasFiles,
    token_files: tokenFiles,
    sources: sources.map(({ sourceId, source, partition, offset, token }) => ({
      source_id: String(sourceId),
      source,
      partition,
      offset: String(offset),
      token,
    })),
    holes: holes.map(({ source, partition, from, to }) => ({
      source,
      partition,
      from: String(from),
      to: String(to),
    })),
  });
}

/** Relative path of a file that belongs to one manifest version, as `manifest/findings-000000000007.parquet`. */
export function versionedPath(version: number, stem = '', extension = 'json'): string {
  return `${folderName}/${stem}${String(version).padStart(versionDigits, '0')}.${extension}`;
}

/** Puts a snapshot where readers look for the newest, durably and in one step. */
export async function publishManifest(dataDir: string, manifest: Manifest): Promise<void> {
  await makeFolder(join(dataDir, folderName));
  await writeWhole(join(dataDir, versionedPath(manifest.version)), toJson(manifest));
}

async function manifestNames(dataDir: string): Promise<string[]> {
  try {
    const names = await readdir(join(dataDir, folderName));
    return names.filter((name) => /^\d+\.json$/.test(name)).sort();
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return [];
    throw error;
  }
}

/** The newest snapshot that is whole, or null before the first one. A torn or foreign file is passed over. */
export async function readManifest(dataDir: string): Promise<Manifest | null> {
  for (const name of (await manifestNames(dataDir)).reverse()) {
    try {
      const manifest = manifestSchema.safeParse(JSON.parse(await readFile(join(dataDir, folderName, name), 'utf8')));
      if (manifest.success) return manifest.data;
    } catch (error) {
      if (!(error instanceof SyntaxError) && !isSystemError(error, 'ENOENT')) throw error;
    }
  }
  return null;
}

/**
 * Removes snapshots that no reader can still be about to open: all but the newest `keep` and those written after
 * `keepSince`; and findings files older than any snapshot that is left.
 */
export async function pruneManifests(
  dataDir: string,
  { keep, keepSince, findingsPath }: { keep: number; keepSince: Date; findingsPath: string | null },
): Promise<void> {
  const folder = join(dataDir, folderName);
  const names = await manifestNames(dataDir);
  let oldestKept = names.length;
  for (const [index, name] of names.entries()) {
    if (index >= names.length - keep || (await stat(join(folder, name))).mtime >= keepSince) {
      oldestKept = index;
      break;
    }
    await rm(join(folder, name), { force: true });
  }
  const oldestVersion = Number.parseInt(names[oldestKept] ?? '0', 10);
  const findings = (await readdir(folder)).filter((name) => /^findings-\d+\.parquet$/.test(name)).sort();
  // A snapshot names the newest findings file not newer than itself, so one such file must stay below the oldest.
  const below = findings.filter((name) => Number.parseInt(name.slice('findings-'.length), 10) <= oldestVersion);
  for (const name of below.slice(0, -1)) {
    if (`${folderName}/${name}` !== findingsPath) await rm(join(folder, name), { force: true });
  }
}
