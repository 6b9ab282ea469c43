import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readManifest } from '../../src/store/manifest.ts';
import { presentColumns } from '../../src/store/present-columns.ts';
import { batchOf } from './batch-of.ts';
import { addBatches, query, withCatalog } from './lake-of.ts';
import { temporaryFolder } from './temporary-folder.ts';

const namesOf = (rows: Parameters<typeof batchOf>[0]) =>
  presentColumns(batchOf(rows)).columns.map(({ spec }) => spec.name);

it.each([1, 7, 8, 9, 16])(
  'keeps a column that has a value in the last of %i rows only, and drops one that has none',
  (count) => {
    const rows = Array.from({ length: count }, (_, row) =>
      row === count - 1 ? { referrer: 'https://example.test/' } : {},
    );
    expect(namesOf(rows)).toContain('referrer');
    expect(namesOf(rows)).not.toContain('request_md5');
    expect(namesOf(rows)).toContain('response_body_bytes');
  },
);

it('looks at no bit behind the last row', () => {
  const [column] = batchOf([{ referrer: 'a' }]).columns.filter(({ spec }) => spec.name === 'referrer');
  const behind = { ...column!, validity: Uint8Array.of(0b1111_1110) };
  expect(presentColumns({ rows: 1, columns: [behind] }).columns).toEqual([]);
});

it('gives readers null for what a segment lacks, with the type of the column, beside segments that have it', async () => {
  const dataDir = await temporaryFolder();
  const md5 = 'ab'.repeat(16);
  await withCatalog(dataDir, (catalog) =>
    addBatches(catalog, dataDir, [[{ token: 1n }], [{ token: 2n, request_md5: md5 }]]),
  );
  const [without] = (await readManifest(dataDir))?.segments ?? [];
  const described = await query(dataDir, `DESCRIBE FROM read_parquet('${join(dataDir, without?.path ?? '')}')`);
  expect(described.map((row) => row['column_name'])).not.toContain('request_md5');
  expect(
    await query(
      dataDir,
      `SELECT token::INTEGER AS token, request_md5::VARCHAR AS md5, typeof(request_md5) AS type, typeof(referrer) AS other
       FROM storage_log ORDER BY token`,
    ),
  ).toEqual([
    { token: 1, md5: null, type: 'UUID', other: 'VARCHAR' },
    { token: 2, md5: 'abababab-abab-abab-abab-abababababab', type: 'UUID', other: 'VARCHAR' },
  ]);
});
