import { expect, it } from 'vitest';
import { generate } from '../../src/generate/scenario.ts';
import { Catalog } from '../../src/store/catalog.ts';
import { openReader } from '../../src/store/reader.ts';
import { rollupSpecs } from '../../src/store/rollup-columns.ts';
import { countsOfRows, identityOfRow, rollupIdentity, suffixOfRows } from '../../src/store/rollup-of-rows.ts';
import { fillLake } from '../detect/lake.ts';
import { temporaryFolder } from './temporary-folder.ts';

const rare: readonly [RegExp, string][] = [
  [/"protocol":"HTTPS"/, '"protocol":"HTTP"'],
  [/"tlsVersion":"TLS 1\.[23]"/, '"tlsVersion":"TLS 1.0"'],
  [/"operationName":"[^"]+"/, '"operationName":"SetContainerACL"'],
  [/"time":"[^"]+"/, '"time":"1969-12-31T23:57:59.9999999Z"'],
  [/"operationName":"[^"]+"/, '"operationName":"SetBlobTier"'],
  [/"operationName":"[^"]+"/, '"operationName":"SetBlobServiceProperties"'],
  [/"operationName":"[^"]+"/, '"operationName":"SetImmutabilityPolicy"'],
  [/"category":"[^"]+","operationName":"[^"]+"/, '"category":"StorageOther","operationName":"NeverHeardOf"'],
];

/** What estates seldom or never hold, put into each 40th record. */
function withRareThings(records: Iterable<string>): string[] {
  return [...records].map((record, index) => {
    const [what, by] = rare[(index / 40) % rare.length] ?? [];
    return what === undefined || by === undefined ? record : record.replace(what, by);
  });
}

it('counts in SQL over log rows what lanes count while they write a segment', async () => {
  const dataDir = await temporaryFolder();
  const catalog = await Catalog.open(dataDir);
  const { records } = generate({ scenario: 'estate', rows: 12_000, seed: 11, days: 3, accounts: 1 });
  await fillLake(dataDir, catalog, [{ partition: '0', records: withRareThings(records()) }]);
  await catalog.close();
  const ofRows = { ...countsOfRows, suffix: suffixOfRows };
  const names = [...rollupIdentity, ...Object.keys(ofRows)];
  const counts = Object.entries(ofRows).map(([name, sql]) => `${sql} AS ${name}`);
  const reader = await openReader(dataDir);
  try {
    const rowsOf = async (sql: string) => {
      const read = `SELECT ${names.map((name) => `${name}::VARCHAR AS ${name}`).join(', ')} FROM (${sql}) ORDER BY ALL`;
      return (await reader.connection.runAndReadAll(read)).getRowObjects();
    };
    const written = await rowsOf('FROM rollup');
    expect(written.length).toBeGreaterThan(100);
    const counted = await rowsOf(`SELECT ${[...identityOfRow, ...counts].join(', ')} FROM storage_log GROUP BY ALL`);
    expect(counted).toEqual(written);
    // Each counter the lanes write has its SQL, and the rows at hand make nearly all of them count.
    expect(rollupSpecs.filter(({ type, name }) => type === 'uint32' && !names.includes(name))).toEqual([]);
    const silent = names.filter((name) => written.every((row) => row[name] === '0' || row[name] === null));
    expect(silent).toEqual([]);
  } finally {
    reader.close();
  }
});
