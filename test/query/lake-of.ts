import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding } from '../../src/core/finding.ts';
import type { PositionRange } from '../../src/core/position.ts';
import type { SasSet } from '../../src/core/sas.ts';
import { Catalog } from '../../src/store/catalog.ts';
import { LaneStore } from '../../src/store/lane-store.ts';
import { sasTable } from '../../src/store/sas-table.ts';
import { batchOf, type Row } from '../store/batch-of.ts';

/** A data folder with these rows committed and these findings put; the caller removes it. */
export async function lakeOf(
  rows: readonly Row[],
  sets: readonly SasSet[] = [],
  findings: readonly Finding[] = [],
): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'saswatch-lake-'));
  const catalog = await Catalog.open(dataDir);
  const lane = await LaneStore.open(dataDir);
  const ranges: PositionRange[] = [{ source: 'file', partition: 'PT1H.json', from: 0n, to: 1000n }];
  const staged = [await lane.stage(batchOf(rows), sasTable(sets))];
  await catalog.commit({ ...(await lane.finish(staged, ranges, [])), ranges });
  await catalog.putFindings(findings);
  await lane.close();
  await catalog.close();
  return dataDir;
}
