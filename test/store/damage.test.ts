import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, open, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Catalog } from '../../src/store/catalog.ts';
import { filesOf } from '../../src/store/commit.ts';
import { compactLake } from '../../src/store/compactor.ts';
import { checkFiles } from '../../src/store/lake-check.ts';
import { type Manifest, readManifest } from '../../src/store/manifest.ts';
import type { Row } from './batch-of.ts';
import { addBatches, compactorOptions } from './lake-of.ts';
import { temporaryFolder } from './temporary-folder.ts';

const start = 1_767_225_600_000_000n;
const rows = (from: number): Row[] =>
  Array.from({ length: 200 }, (_, index) => ({
    time: start + BigInt(from + index) * 1_000_000n,
    correlation_id: String(from + index).padStart(32, '0'),
    token: BigInt(index % 20),
    sas_id: BigInt(index % 5),
    caller_ipv4: 0xc0000200 + index,
    object_key: `/models/c/${index}`,
    response_body_bytes: BigInt(index),
  }));
const sets = [0n, 1n, 2n, 3n, 4n].map((sasId) => ({
  sasId,
  kind: 'account' as const,
  parameters: { sp: 'rl' },
  stTime: null,
  seTime: null,
  sktTime: null,
  skeTime: null,
}));

/** What a data folder holds, without what every publishing changes. */
async function held(dataDir: string) {
  const { segments, sasFiles, sources, holes, chain } = (await readManifest(dataDir)) as Manifest;
  return { segments, sasFiles, sources, holes, chain };
}

/** A copy of a folder as a power cut leaves it: whoever had the lock is gone. */
async function copyOf(dataDir: string): Promise<string> {
  const copy = await temporaryFolder();
  await cp(dataDir, copy, { recursive: true });
  await rm(join(copy, 'catalog.lock'), { force: true });
  return copy;
}

/** Flips a bit a given part of the way through a file, and says where. */
async function flip(path: string, share: number): Promise<number> {
  const at = Math.floor((await stat(path)).size * share);
  const file = await open(path, 'r+');
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at);
  await file.write(Buffer.from([(buffer[0] ?? 0) ^ 0x10]), 0, 1, at);
  await file.close();
  return at;
}

async function damagedPaths(dataDir: string): Promise<string[]> {
  const { damaged } = await checkFiles(dataDir, (await readManifest(dataDir)) as Manifest);
  return damaged.map(({ path }) => path);
}

let crashed = '';
let closed = '';
beforeAll(async () => {
  const root = await mkdtemp(join(tmpdir(), 'saswatch-damage-'));
  [crashed, closed] = [join(root, 'crashed'), join(root, 'closed')];
  const catalog = await Catalog.open(closed);
  await addBatches(catalog, closed, [rows(0), rows(4_000)], sets);
  await compactLake(catalog, closed, compactorOptions);
  await addBatches(catalog, closed, [rows(8_000)], sets);
  await cp(closed, crashed, { recursive: true });
  await catalog.close();
  return () => rm(root, { recursive: true, force: true });
});

describe('a write-ahead log', () => {
  const wal = 'catalog.duckdb.wal';

  it('that is cut short or has a bit flipped costs nothing: the newest manifest gives back what it held', async () => {
    const before = await held(crashed);
    expect((await stat(join(crashed, wal))).size).toBeGreaterThan(1_000);
    let healed = 0;
    for (const share of [0.05, 0.3, 0.5, 0.7, 0.95]) {
      for (const damage of ['cut', 'flip']) {
        const dataDir = await copyOf(crashed);
        const path = join(dataDir, wal);
        if (damage === 'flip') await flip(path, share);
        else await truncate(path, Math.floor((await stat(path)).size * share));
        const catalog = await Catalog.open(dataDir);
        const { walSetAside, restoredSegments, missingFiles } = catalog.openReport;
        expect(missingFiles).toEqual([]);
        if (walSetAside !== null) expect((await stat(walSetAside)).size).toBeGreaterThan(0);
        if (walSetAside !== null || restoredSegments > 0) healed += 1;
        expect(catalog.position({ source: 'file', partition: 'log' })?.offset).toBe(600n);
        // It goes on from there.
        await addBatches(catalog, dataDir, [rows(12_000)]);
        await catalog.close();
        const after = await held(dataDir);
        expect(after.segments).toEqual(expect.arrayContaining([...before.segments]));
        expect(after).toMatchObject({ sasFiles: before.sasFiles, chain: before.chain, holes: [] });
        expect(after.segments.length).toBe(before.segments.length + 1);
      }
    }
    expect(healed).toBeGreaterThan(7);
  });
});

describe('a catalog', () => {
  it('with a bit flipped is whole, or refused by name, and made again from the newest manifest', async () => {
    const before = await held(closed);
    let refused = 0;
    for (const share of [0, 0.02, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99]) {
      const dataDir = await copyOf(closed);
      const path = join(dataDir, 'catalog.duckdb');
      await flip(path, share);
      const opened = await Catalog.open(dataDir).catch((error: unknown) => error);
      if (!(opened instanceof Catalog)) {
        refused += 1;
        expect(opened).toMatchObject({ code: 'SINK_WRITE', message: expect.stringContaining(path) });
        await rename(path, `${path}.damaged`);
        await rm(`${path}.wal`, { force: true });
      }
      const catalog = opened instanceof Catalog ? opened : await Catalog.open(dataDir);
      await catalog.close();
      const after = await held(dataDir);
      expect(new Set(after.segments)).toEqual(new Set(before.segments));
      expect(after.sources).toEqual(before.sources);
    }
    expect(refused).toBeGreaterThan(2);
  });

  it('is refused to a second opener in this process and in another, each told who has it', async () => {
    const dataDir = await copyOf(closed);
    const catalog = await Catalog.open(dataDir);
    await expect(Catalog.open(dataDir)).rejects.toMatchObject({
      code: 'DATA_IN_USE',
      message: expect.stringContaining(`this process (pid ${process.pid})`),
    });
    const other = `import { Catalog } from '${new URL('../../src/store/catalog.ts', import.meta.url).pathname}';
      try { await Catalog.open(${JSON.stringify(dataDir)}); console.log('opened'); }
      catch (error) { console.log(error.code, error.message); }`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', other]);
    let said = '';
    child.stdout.on('data', (text) => {
      said += text;
    });
    await once(child, 'close');
    expect(said).toContain(`DATA_IN_USE Could not open the data folder ${dataDir} for writing: pid ${process.pid}`);
    await catalog.close();
  });
});

describe('a Parquet file', () => {
  it('is named if a bit of it is flipped, compacted or not, its rollup and its SAS sets too', async () => {
    expect(await damagedPaths(closed)).toEqual([]);
    const { segments, sasFiles } = await held(closed);
    const paths = [...segments.flatMap(filesOf), ...sasFiles.map(({ path }) => path)];
    expect(paths.filter((path) => path.includes('/l0/')).length).toBe(1);
    const dataDir = await copyOf(closed);
    for (const path of paths) {
      const original = await readFile(join(dataDir, path));
      for (const share of [0, 0.21, 0.47, 0.83, 0.999]) {
        await flip(join(dataDir, path), share);
        expect(await damagedPaths(dataDir)).toEqual([path]);
        await writeFile(join(dataDir, path), original);
      }
    }
    await rm(join(dataDir, paths[0] ?? ''));
    expect(await damagedPaths(dataDir)).toEqual([paths[0]]);
  });
});
