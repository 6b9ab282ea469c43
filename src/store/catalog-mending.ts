import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { restoreFrom } from './catalog-restore.ts';
import type { CatalogSession } from './catalog-session.ts';
import { type Swept, sweepLake } from './lake-sweep.ts';
import { readManifest } from './manifest.ts';
import type { Snapshots } from './snapshots.ts';

/** What was found and mended. */
export interface Mended extends Swept {
  /** Segments that the newest manifest had and the catalog had lost. */
  readonly restoredSegments: number;
  /** Committed files that are gone from the lake; their rows cannot be read any more. */
  readonly missingFiles: readonly string[];
}

/**
 * Brings catalog, snapshots and lake together after whatever an earlier process left half done, and publishes what counts.
 * The first work of a session, within its queue.
 */
export async function mendLake(
  dataDir: string,
  session: CatalogSession,
  snapshots: Snapshots,
  clock: () => Date,
): Promise<Mended> {
  const restoredSegments = await restore(dataDir, session, snapshots, clock());
  const { state } = session;
  const { graveyard, missing } = snapshots;
  const committed = new Set(state.paths());
  for (const path of committed) await access(join(dataDir, path)).catch(() => missing.add(path));
  if (state.findings.size > 0) snapshots.noteFindings();
  await snapshots.publish(session.connection, state, clock());
  graveyard.add(state.removed.splice(0));
  await graveyard.clear(clock());
  const swept = await sweepLake(dataDir, new Set([...committed, ...graveyard.paths()]));
  return { ...swept, restoredSegments, missingFiles: [...missing] };
}

async function restore(dataDir: string, session: CatalogSession, snapshots: Snapshots, at: Date): Promise<number> {
  const manifest = await readManifest(dataDir);
  if (manifest === null) return 0;
  snapshots.found(manifest.version);
  const { state } = session;
  if (manifest.version <= state.version) return 0;
  let restored = 0;
  await session.transaction(
    async (connection) => {
      restored = await restoreFrom(connection, dataDir, { manifest, state, at });
    },
    () => {},
  );
  await session.reload();
  return restored;
}
