import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Catalog } from '../../src/store/catalog.ts';
import { isHourFile } from '../../src/store/commit.ts';
import { stagedPath } from '../../src/store/compaction-step.ts';
import { compactLake } from '../../src/store/compactor.ts';
import { checkFiles } from '../../src/store/lake-check.ts';
import { readManifest } from '../../src/store/manifest.ts';
import { openReader, openTokenReader } from '../../src/store/reader.ts';
import { noReplacement } from '../../src/store/replacement.ts';
import { runStepHere } from '../../src/store/step-runner.ts';
import { type DirectoryStep, planDirectory, type TokenFile } from '../../src/store/token-directory.ts';
import type { TokenSearch } from '../../src/store/token-search.ts';
import type { Row } from './batch-of.ts';
import { addBatches, compactorOptions, query, withCatalog } from './lake-of.ts';
import { temporaryFolder } from './temporary-folder.ts';

const start = 1_767_225_600_000_000n;
const hour = 3_600_000_000n;

/** Two rows an hour, of tokens 1 to 7 in turns, and one of no token; every third token has a fingerprint alone. */
const rowsOf = (from: number, to: number): Row[] =>
  Array.from({ length: (to - from) * 3 }, (_, index): Row => {
    const at = from + Math.floor(index / 3);
    const n = BigInt((index % 3) + at) % 7n;
    const sas = { auth_type: 'sas_service', token_fingerprint: 100n + n };
    const token =
      n % 3n === 0n ? sas : { ...sas, token: n, token_hash: n.toString(16).padStart(16, '0').padEnd(32, 'a') };
    const time = start + BigInt(at) * hour + BigInt(index);
    return {
      ...(index % 3 === 2 ? { auth_type: 'account_key' } : token),
      time,
      correlation_id: `${from}${index}`.padStart(32, '0'),
    };
  });

const searches: readonly TokenSearch[] = [
  { hashed: { first: 1n, last: 1n }, unhashed: null, fingerprint: null },
  { hashed: { first: 2n, last: 5n }, unhashed: { first: 103n, last: 103n }, fingerprint: null },
  { hashed: null, unhashed: { first: 106n, last: 200n }, fingerprint: 104n },
  { hashed: { first: 50n, last: 60n }, unhashed: null, fingerprint: null },
];

const conditionOf = ({ hashed, unhashed, fingerprint }: TokenSearch) =>
  `token BETWEEN ${hashed?.first ?? 1} AND ${hashed?.last ?? 0}
    OR (token IS NULL AND token_fingerprint BETWEEN ${unhashed?.first ?? 1} AND ${unhashed?.last ?? 0})
    OR token_fingerprint = ${fingerprint ?? 0}`;

/** A lookup shows what the whole lake shows, and opens what has rows of the tokens. */
async function expectSame(dataDir: string): Promise<void> {
  const whole = await openReader(dataDir);
  for (const search of searches) {
    const part = await openTokenReader(dataDir, search);
    const [all, some] = await Promise.all(
      [whole, ...(part === null ? [] : [part])].map(async ({ connection }) => {
        const where = `FROM storage_log WHERE coalesce(${conditionOf(search)}, false)`;
        return (
          await connection.runAndReadAll(`SELECT time, token, token_fingerprint ${where} ORDER BY ALL`)
        ).getRowsJson();
      }),
    );
    expect(some ?? []).toEqual(all);
    const hours = new Set(all?.map(([time]) => String(time).slice(0, 13)));
    expect(part?.manifest.segments.length ?? 0).toBe(hours.size);
    part?.close();
  }
  whole.close();
}

const sizes = (catalog: Catalog) => catalog.tokenFiles().map(({ covers }) => covers.length);

it('makes directories of hours as they come, and unites them, so that a lookup opens few files', {
  timeout: 180_000,
}, async () => {
  const dataDir = await temporaryFolder();
  await withCatalog(dataDir, async (catalog) => {
    await addBatches(catalog, dataDir, [rowsOf(0, 15)]);
    await compactLake(catalog, dataDir, compactorOptions);
    expect(sizes(catalog)).toEqual([]);
    await addBatches(catalog, dataDir, [rowsOf(15, 17)]);
    await compactLake(catalog, dataDir, compactorOptions);
    expect(sizes(catalog)).toEqual([17]);
    await addBatches(catalog, dataDir, [rowsOf(17, 19)]);
    await compactLake(catalog, dataDir, compactorOptions);
  });
  await expectSame(dataDir);
  const manifest = await readManifest(dataDir);
  expect(manifest?.tokenFiles).toMatchObject([{ rows: 34 }]);
  expect(await checkFiles(dataDir, manifest ?? expect.fail())).toMatchObject({ files: 39, damaged: [] });

  // One that is lost is missed by nobody, and made anew.
  await rm(join(dataDir, manifest?.tokenFiles[0]?.path ?? ''));
  await withCatalog(dataDir, async (catalog) => {
    expect(catalog.openReport.missingFiles).toEqual(manifest?.tokenFiles.map(({ path }) => path));
    await expectSame(dataDir);
    await compactLake(catalog, dataDir, compactorOptions);
    expect(sizes(catalog)).toEqual([19]);
  });
  await expectSame(dataDir);

  // Opened again, with an hour rewritten and one given up: neither is looked for where the directory says.
  await withCatalog(dataDir, async (catalog) => {
    expect(sizes(catalog)).toEqual([19]);
    await addBatches(catalog, dataDir, [rowsOf(3, 5)]);
    await compactLake(catalog, dataDir, compactorOptions);
    const first = catalog.segments().find((file) => isHourFile(file) && file.compacted.hour === start);
    await catalog.replace({ ...noReplacement, reason: 'expired', removed: first === undefined ? [] : [first] });
  });
  await expectSame(dataDir);

  await withCatalog(dataDir, async (catalog) => {
    const [directory] = catalog.tokenFiles();
    const given = catalog.segments().filter(({ path }) => directory?.covers.slice(0, 10).includes(path));
    await catalog.replace({ ...noReplacement, reason: 'expired', removed: given });
    await compactLake(catalog, dataDir, compactorOptions);
    expect(sizes(catalog)).toEqual([9]);
    expect(catalog.tokenFiles()[0]?.path).not.toBe(directory?.path);
  });
  await expectSame(dataDir);
  const kept = await readManifest(dataDir);
  const whole = await withCatalog(dataDir, async (catalog) => catalog.tokenFiles());
  expect(kept?.tokenFiles).toEqual(whole);
  for (const { path } of whole) expect((await readFile(join(dataDir, path))).length).toBeGreaterThan(0);
});

it('tells by united directories what one made of the rollups tells, less the files that count no more', async () => {
  const dataDir = await temporaryFolder();
  const files = await withCatalog(dataDir, async (catalog) => {
    await addBatches(catalog, dataDir, [rowsOf(0, 9)]);
    await compactLake(catalog, dataDir, compactorOptions);
    return catalog.segments().filter(isHourFile);
  });
  const counting = new Set(files.map(({ path }) => path).filter((_, index) => index !== 4));
  let number = 0;
  const make = async (directory: DirectoryStep): Promise<TokenFile> => {
    number += 1;
    const folder = join(dataDir, `step-${number}`);
    await mkdir(folder);
    const reply = await runStepHere({ dataDir, folder, number, directory, counting });
    const made = (reply.ok ? reply.result.tokenFile : null) ?? expect.fail();
    await mkdir(join(dataDir, 'lake/token'), { recursive: true });
    await rename(stagedPath(folder, made.path), join(dataDir, made.path));
    return made;
  };
  const entries = async ({ path, covers }: TokenFile) =>
    (await query(dataDir, `SELECT token, token_fingerprint, file FROM '${join(dataDir, path)}'`)).map(
      ({ token, token_fingerprint, file }) => `${token} ${token_fingerprint} ${covers[Number(file)]}`,
    );
  const parts = [files.slice(0, 3), files.slice(3, 5), files.slice(5, 9)];
  const directories: TokenFile[] = [];
  for (const hourFiles of parts) directories.push(await make({ hourFiles, directories: [] }));
  const united = await make({ hourFiles: [], directories });
  const whole = await make({ hourFiles: files.filter(({ path }) => counting.has(path)), directories: [] });
  expect(new Set(united.covers)).toEqual(counting);
  expect((await entries(united)).sort()).toEqual((await entries(whole)).sort());
  expect(united.rows).toBe(whole.rows);
});

it('plans to unite sixteen directories of a size, and none that would be too large', () => {
  const directory = (index: number, rows: number): TokenFile => ({
    path: `${index}`,
    rows,
    sha256: '',
    covers: Array.from({ length: 20 }, (_, place) => `${index} ${place}`),
  });
  const files = (directories: readonly TokenFile[]) =>
    directories.flatMap(({ covers }) =>
      covers.map((path) => ({ path, rollupPath: '', sasPath: null, rows: 1, bytes: 1, minTime: 0n, maxTime: 0n })),
    );
  const small = Array.from({ length: 17 }, (_, index) => directory(index, 1_000));
  expect(planDirectory(files(small), small)).toEqual({ hourFiles: [], directories: small.slice(0, 16) });
  expect(planDirectory(files(small), small.slice(0, 15))).toBeNull();
  const large = small.map((each) => ({ ...each, rows: 4_000_000 }));
  expect(planDirectory(files(large), large)).toBeNull();
  expect(planDirectory([], small)).toEqual({ hourFiles: [], directories: small.slice(0, 1) });
});
