import type { Manifest } from '../store/manifest.ts';
import { write } from './effects.ts';
import type { Session } from './session.ts';

/** Says on stderr that nothing was ever committed here: an empty answer may come of a folder that is no lake. */
export async function tellEmptyLake({ effects, quiet }: Session, manifest: Manifest, dataDir: string): Promise<void> {
  if (quiet || manifest.counters.commits > 0 || manifest.segments.length > 0) return;
  await write(effects.stderr, `nothing has been ingested into ${dataDir}\n`);
}
