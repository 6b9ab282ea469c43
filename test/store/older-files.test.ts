import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import { columns } from '../../src/core/columns.ts';
import type { Catalog } from '../../src/store/catalog.ts';
import { isHourFile } from '../../src/store/commit.ts';
import { compactLake } from '../../src/store/compactor.ts';
import { noReplacement } from '../../src/store/replacement.ts';
import { rollupRelation, storedRollup } from '../../src/store/rollup-relation.ts';
import type { Row } from './batch-of.ts';
import { addBatches, compact, compactorOptions, query, withCatalog } from './lake-of.ts';
import { temporaryFolder } from './temporary-folder.ts';

const start = 1_767_225_600_000_000n;
const lateColumns = ['http_n', 'old_tls_n', 'agent_bits'];
const lastColumn = columns.at(-1)?.name ?? '';

const rows = (from: number): Row[] =>
  Array.from({ length: 6 }, (_, index) => ({
    time: start + BigInt(from + index),
    correlation_id: String(from + index).padStart(32, '0'),
    token: BigInt(index),
    token_hash: String(index).padStart(32, '0'),
    protocol: 'HTTP',
    caller_ipv4: 0xc0000200 + from + index,
    object_key: `/models/${from + index}`,
    user_agent: 'curl/8.5.0',
    status_code: 200,
    [lastColumn]: null,
  }));

/** Writes a file again as a version of the program wrote it that knew fewer columns. @param relation what is in it. */
async function withoutColumns(relation: string, target: string, names: readonly string[]): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(
    `COPY (SELECT COLUMNS(c -> c NOT IN (${names.map((name) => `'${name}'`).join(', ')})) FROM ${relation}) TO '${target}.old' (FORMAT parquet, COMPRESSION zstd)`,
  );
  await rename(`${target}.old`, target);
  instance.closeSync();
}

/** Makes every file of the lake an older one. */
async function age(catalog: Catalog, dataDir: string): Promise<void> {
  for (const file of catalog.segments()) {
    const [path, rollupPath] = isHourFile(file)
      ? [file.path.replace('.parquet', '9.parquet'), file.rollupPath.replace('.parquet', '9.parquet')]
      : [file.path, file.rollupPath];
    const log = `read_parquet('${join(dataDir, file.path)}', hive_partitioning = false)`;
    await withoutColumns(log, join(dataDir, path), [lastColumn]);
    await withoutColumns(rollupRelation(dataDir, [file]), join(dataDir, rollupPath), lateColumns);
    if (!isHourFile(file)) continue;
    const compacted = { ...file.compacted, columnCount: columns.length - 1 };
    const added = [{ ...file, path, rollupPath, compacted }];
    await catalog.replace({ ...noReplacement, reason: 'compacted', removed: [file], added });
  }
}

it('reads, counts and compacts files of versions that knew fewer columns', async () => {
  const dataDir = await temporaryFolder();
  await withCatalog(dataDir, async (catalog) => {
    await addBatches(catalog, dataDir, [rows(0)]);
    await compactLake(catalog, dataDir, compactorOptions);
    await addBatches(catalog, dataDir, [rows(20)]);
    await age(catalog, dataDir);
    // Compacted by now, and beside the older file of the same hour.
    await addBatches(catalog, dataDir, [[...rows(40), ...rows(40)]]);
    const newest = catalog.segments().at(-1)?.maxTime ?? 0n;
    await compactLake(catalog, dataDir, { ...compactorOptions, hourRowsMax: 1, until: newest });
  });
  const seen = () =>
    query(
      dataDir,
      `SELECT count(*)::INTEGER AS n, count(DISTINCT correlation_id)::INTEGER AS ids, count(${lastColumn})::INTEGER AS last,
        (SELECT (sum(requests), sum(http_n), count(*), sum(distinct_ips), max(distinct_networks), sum(distinct_objects))::VARCHAR FROM tokens) AS counted,
        (SELECT count(*)::INTEGER FROM token_life) AS lives FROM storage_log`,
    );
  expect(await seen()).toEqual([{ n: 24, ids: 18, last: 0, counted: '(24, 12, 6, 18, 1, 18)', lives: 6 }]);
  // The newest rows again, once more in an older file.
  await withCatalog(dataDir, (catalog) => addBatches(catalog, dataDir, [rows(0)]));
  expect(await compact(dataDir)).toMatchObject({ files_after: 1, rows: 18, duplicates: 12 });
  expect(await seen()).toEqual([{ n: 18, ids: 18, last: 0, counted: '(18, 6, 6, 18, 1, 18)', lives: 6 }]);
  await withCatalog(dataDir, async (catalog) => {
    // What is united is stored as what is new.
    const places = `SELECT count(network_bit)::INTEGER AS placed, count(network_bits)::INTEGER AS networks, count(object_bits)::INTEGER AS objects
      FROM ${storedRollup(dataDir, catalog.segments())}`;
    expect(await query(dataDir, places)).toEqual([{ placed: 6, networks: 0, objects: 6 }]);
  });
  expect(await compact(dataDir)).toMatchObject({ steps: 0 });
});
