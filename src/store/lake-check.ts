import { join } from 'node:path';
import { errorText } from '../core/errors.ts';
import { isHourFile, type SegmentFile } from './commit.ts';
import { sha256 } from './durable-file.ts';
import type { Manifest } from './manifest.ts';

/** A file of the lake that is not as it was written. */
export interface DamagedFile {
  /** Relative to the data folder. */
  readonly path: string;
  readonly fault: string;
}

/** The files of a segment with the digests they were written with; none for segments of versions that noted none. */
function digestsOf(file: SegmentFile): (readonly [path: string, digest: string])[] {
  const { path, rollupPath, sasPath } = file;
  if (isHourFile(file)) {
    const { sha256, rollupSha256 } = file.compacted;
    return [
      [path, sha256],
      [rollupPath, rollupSha256],
    ];
  }
  if (file.digests === undefined) return [];
  const { log, rollup, sas } = file.digests;
  return [[path, log], [rollupPath, rollup], ...(sasPath === null || sas === null ? [] : [[sasPath, sas] as const])];
}

/** What reading every file of a snapshot has shown. */
export interface LakeCheck {
  /** Files that were read and are, or are not, as they were written. */
  readonly files: number;
  readonly damaged: readonly DamagedFile[];
  /** Segments of versions that noted no digest. */
  readonly unknown: number;
}

/** Reads every file of a snapshot and compares its SHA-256 with the one it was written with. */
export async function checkFiles(dataDir: string, { segments, sasFiles, tokenFiles }: Manifest): Promise<LakeCheck> {
  const known = [
    ...segments.flatMap(digestsOf),
    ...[...sasFiles, ...tokenFiles].map(({ path, sha256: digest }) => [path, digest] as const),
  ];
  const damaged: DamagedFile[] = [];
  for (const [path, digest] of known) {
    try {
      const found = await sha256(join(dataDir, path));
      if (found !== digest) damaged.push({ path, fault: `its SHA-256 is ${found}, it was written with ${digest}` });
    } catch (error) {
      damaged.push({ path, fault: errorText(error) });
    }
  }
  const unknown = segments.filter((file) => digestsOf(file).length === 0).length;
  return { files: known.length, damaged, unknown };
}
