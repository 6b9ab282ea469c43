import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import type { Finding } from '../../src/core/finding.ts';
import { Catalog } from '../../src/store/catalog.ts';
import type { Commit } from '../../src/store/commit.ts';
import { readManifest } from '../../src/store/manifest.ts';
import { temporaryFolder } from './temporary-folder.ts';

const range = (from: bigint, to: bigint, partition = '0') => ({ source: 'eventhubs', partition, from, to });

async function commitOf(dataDir: string, name: string, ...ranges: Commit['ranges']): Promise<Commit> {
  const path = `lake/l0/${name}.parquet`;
  const rollupPath = `lake/rollup/${name}.parquet`;
  for (const file of [path, rollupPath]) {
    await mkdir(dirname(join(dataDir, file)), { recursive: true });
    await writeFile(join(dataDir, file), name);
  }
  const segment = { path, rollupPath, sasPath: null, rows: 10, bytes: 100, minTime: 5n, maxTime: 9n };
  return { ranges, segments: [segment], quarantinePath: null, quarantined: 0, deliveries: 1 };
}

const finding: Finding = {
  id: 'a'.repeat(64),
  rule: 'P-02',
  ruleVersion: 1,
  title: 'A token that outlives its purpose',
  level: 'high',
  tags: ['attack.t1078.004', "it's"],
  entityKind: 'token',
  entity: '4FA34A6085B7231B810346E7EDC21B9B',
  account: 'models',
  family: 'sas_account|sco',
  windowStart: 1_767_225_600_000_000n,
  firstSeen: 1_767_225_600_000_001n,
  lastSeen: 1_767_225_600_000_002n,
  evidence: { n: 3, big: 18_446_744_073_709_551_615n, text: 'é' },
  sql: "SELECT 'x'",
  response: 'Rotate the key.',
  open: true,
  suppression: 'announced migration',
};

it('keeps positions, counters and findings over a restart', async () => {
  const dataDir = await temporaryFolder();
  const catalog = await Catalog.open(dataDir);
  expect(await catalog.commit(await commitOf(dataDir, 'a', { ...range(0n, 10n), token: '4096' }))).toEqual({
    status: 'committed',
  });
  expect(await catalog.putFindings([finding])).toEqual({ added: 1 });
  expect(await catalog.putFindings([finding])).toEqual({ added: 0 });
  expect(await catalog.putFindings([{ ...finding, open: false }])).toEqual({ added: 0 });
  await catalog.close();

  const again = await Catalog.open(dataDir);
  expect(again.openReport).toMatchObject({ orphanFiles: 0, restoredSegments: 0, walSetAside: null, staleLock: null });
  expect(await again.positions('eventhubs')).toEqual([
    { source: 'eventhubs', partition: '0', offset: 10n, token: '4096' },
  ]);
  expect(await again.findings()).toEqual([
    { ...finding, open: false, evidence: { ...finding.evidence, big: '18446744073709551615' } },
  ]);
  const manifest = await readManifest(dataDir);
  expect(manifest?.counters).toEqual({
    commits: 1,
    rows: 10,
    bytes: 100,
    deliveries: 1,
    quarantined: 0,
    duplicates: 0,
  });
  expect(manifest?.segments.map(({ path }) => path)).toEqual(['lake/l0/a.parquet']);
  await again.close();
});

it('shows readers the first commit at once and later ones when the interval is over, when told to, and at the end', async () => {
  const dataDir = await temporaryFolder();
  const catalog = await Catalog.open(dataDir, { publishIntervalMs: 1_000_000 });
  const shown = async () => (await readManifest(dataDir))?.counters.rows;
  for (const [from, rows] of [
    [0n, 10],
    [10n, 10],
    [20n, 10],
  ] as const) {
    await catalog.commit(await commitOf(dataDir, String(from), range(from, from + 10n)));
    expect(await shown()).toBe(rows);
  }
  await catalog.publish();
  expect(await shown()).toBe(30);
  await catalog.commit(await commitOf(dataDir, '30', range(30n, 40n)));
  await catalog.close();
  expect(await shown()).toBe(40);
});

it('knows what it committed behind the last snapshot', async () => {
  const dataDir = await temporaryFolder();
  const catalog = await Catalog.open(dataDir, { publishIntervalMs: 1_000_000 });
  await catalog.commit(await commitOf(dataDir, 'a', range(0n, 10n)));
  const older = await readManifest(dataDir);
  await catalog.commit(await commitOf(dataDir, 'b', range(10n, 20n)));
  await catalog.close();
  if (older === null) throw new Error('nothing was published');
  // As a process leaves it that was killed here: the catalog is ahead of what readers see.
  for (const name of await readdir(join(dataDir, 'manifest'))) {
    if (Number.parseInt(name, 10) > older.version) await rm(join(dataDir, 'manifest', name));
  }
  const again = await Catalog.open(dataDir);
  expect(again.openReport).toMatchObject({ orphanFiles: 0, restoredSegments: 0 });
  expect(await again.positions()).toEqual([{ source: 'eventhubs', partition: '0', offset: 20n }]);
  expect((await readManifest(dataDir))?.counters.rows).toBe(20);
  await again.close();
});
