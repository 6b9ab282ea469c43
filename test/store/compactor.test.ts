import { access, rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Catalog } from '../../src/store/catalog.ts';
import type { HourFile } from '../../src/store/commit.ts';
import { compactLake } from '../../src/store/compactor.ts';
import { readManifest } from '../../src/store/manifest.ts';
import { chainLink, chainStart } from '../../src/store/replacement.ts';
import { counterNames } from '../../src/store/rollup-counters.ts';
import { sharedSuffix } from '../../src/store/rollup-of-rows.ts';
import type { Row } from './batch-of.ts';
import { addBatches, compact, compactorOptions, query, withCatalog } from './lake-of.ts';
import { temporaryFolder } from './temporary-folder.ts';

const start = 1_767_225_600_000_000n;
const minute = 60_000_000n;

const uuid = (n: number) => n.toString(16).padStart(32, '0');

/** Rows from so few values that equal keys, equal rows and equal rows but for their source are common. */
const row = fc.record({
  time: fc.integer({ min: 0, max: 20 }).map((step) => start + BigInt(step) * 13n * minute),
  time_tick: fc.constantFrom(0, 7),
  correlation_id: fc.option(fc.integer({ min: 0, max: 5 }).map(uuid), { nil: null }),
  operation_count: fc.constantFrom(0, 1),
  container: fc.constantFrom('models', 'weights', null),
  user_agent: fc.constantFrom('AzCopy/10.13.0 Azure-Storage/0.14', 'curl/8.5.0', null),
  operation_name: fc.constantFrom('GetBlob', 'PutBlob', 'DeleteBlob'),
  operation_class: fc.constantFrom('read', 'write', 'delete', 'other'),
  status_code: fc.constantFrom(200, 304, 403, 0, null),
  account: fc.constantFrom('models', 'archive'),
  token: fc.constantFrom(1n, 2n, 18_446_744_073_709_551_615n, null),
  response_body_bytes: fc.constantFrom(0n, 5n),
  ip_class: fc.constantFrom('public', 'azure', null),
  protocol: fc.constantFrom('HTTPS', 'HTTP', null),
  tls_version: fc.constantFrom('TLS 1.3', 'TLS 1.0', null),
  caller_ipv4: fc.constantFrom(0xc0000201, 0xc6336401, null),
  caller_port: fc.constantFrom(443, null),
  object_key: fc.constantFrom('/models/a', '/models/b.txt', '/models/c.txt', '/models/d.gz', null),
  source_id: fc.constantFrom(1n, 2n),
});

function keyOf(each: Row): string {
  const { source_id: _, ...whole } = each;
  const { correlation_id, operation_count, operation_name, time, time_tick } = each;
  const key = correlation_id === null ? whole : { correlation_id, operation_count, operation_name, time, time_tick };
  return JSON.stringify(key, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

/** The same rows, but for where they were read from: a request's row reads the same in each delivery. */
function redelivered(runs: readonly Row[][][]): Row[][][] {
  const known = new Map<string, Row>();
  const same = (each: Row): Row => {
    const first = known.get(keyOf(each)) ?? each;
    known.set(keyOf(each), first);
    return { ...first, source_id: each.source_id ?? null };
  };
  return runs.map((batches) => batches.map((rows) => rows.map(same)));
}

/** The rows of which a lake without duplicates consists: the first of each key. */
function firsts(rows: readonly Row[]): Row[] {
  const seen = new Set<string>();
  return rows.filter((each) => !seen.has(keyOf(each)) && seen.add(keyOf(each)));
}

const rollupSums = [...counterNames, 'bytes_out', 'bytes_in'];
const rollupOf = (dataDir: string) =>
  query(
    dataDir,
    `SELECT bucket, account, auth_type, token::VARCHAR AS token, ${rollupSums.map((name) => `sum("${name}")::INTEGER AS "${name}"`).join(', ')},
      min(min_time) AS first, max(max_time) AS last, if(count(suffix) = count(*), ${sharedSuffix('suffix')}, NULL) AS suffix
      FROM rollup GROUP BY ALL ORDER BY ALL`,
  );
const rowsOf = (dataDir: string) => query(dataDir, 'SELECT * EXCLUDE (source_id) FROM storage_log ORDER BY ALL');

async function lake(batches: readonly (readonly Row[])[]): Promise<string> {
  const dataDir = await temporaryFolder();
  await withCatalog(dataDir, (catalog) => addBatches(catalog, dataDir, batches));
  return dataDir;
}

async function hourFiles(dataDir: string): Promise<HourFile[]> {
  const manifest = await readManifest(dataDir);
  return (manifest?.segments ?? []).filter((file): file is HourFile => file.compacted !== undefined);
}

it('holds each upstream row once, with the rollup of just these, however they came in', {
  timeout: 120_000,
}, async () => {
  const batches = fc.array(fc.array(row, { minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(fc.array(batches, { minLength: 1, maxLength: 2 }).map(redelivered), async (runs) => {
      const dataDir = await temporaryFolder();
      for (const run of runs) {
        await withCatalog(dataDir, async (catalog) => {
          await addBatches(catalog, dataDir, run);
          await compactLake(catalog, dataDir, compactorOptions);
        });
      }
      const plain = await lake([firsts(runs.flat(2))]);
      expect(await rowsOf(dataDir)).toEqual(await rowsOf(plain));
      expect(await rollupOf(dataDir)).toEqual(await rollupOf(plain));
    }),
    { numRuns: 4, endOnFailure: true },
  );
});

it('keeps rows of before 1970 and of far-off years in files of their hours', async () => {
  const [of] = fc.sample(row, 1);
  const times = [-62_135_596_800_000_000n, -3_600_000_001n, -1n, 0n, start, 9_223_372_800_000_000n];
  const dataDir = await lake([times.map((time, index) => ({ ...of, time, correlation_id: uuid(index) }))]);
  const before = await rowsOf(dataDir);
  expect(await compact(dataDir)).toMatchObject({ steps: 1, rows: times.length, files_after: times.length });
  expect(await rowsOf(dataDir)).toEqual(before);
  expect((await hourFiles(dataDir)).map(({ path }) => path.slice(0, 'lake/dt=2026-01-01/hr=00'.length)).sort()).toEqual(
    [
      '0001-01-01/hr=00',
      '1969-12-31/hr=22',
      '1969-12-31/hr=23',
      '1970-01-01/hr=00',
      '2026-01-01/hr=00',
      '2262-04-12/hr=00',
    ].map((hour) => `lake/dt=${hour}`),
  );
});

it('writes one file an event hour, sorted by account, token and time, with a bloom filter on the token', async () => {
  const rows = fc.sample(row, 3_000).map((each, index) => ({ ...each, correlation_id: uuid(index) }));
  const dataDir = await lake([rows.slice(0, 1_000), rows.slice(1_000)]);
  const sketches = `SELECT token::VARCHAR AS token, bit_or(container_bits) AS containers, bit_or(agent_bits) AS agents,
    bit_or(ip_bits::BIT) AS ips, bit_or(network_bits::BIT) AS networks, bit_or(object_bits::BIT) AS objects
    FROM rollup GROUP BY ALL ORDER BY ALL`;
  const sketched = await query(dataDir, sketches);
  const before = await rowsOf(dataDir);
  const totals = await compact(dataDir);
  expect(await query(dataDir, sketches)).toEqual(sketched);
  expect(await rowsOf(dataDir)).toEqual(before);
  expect(totals).toMatchObject({ steps: 1, files_before: 2, files_after: 5, rows: 3_000, duplicates: 0 });
  const files = await hourFiles(dataDir);
  expect(files.map(({ path }) => path.replace(/\d+\.parquet/, 'n.parquet'))).toEqual(
    [0, 1, 2, 3, 4].map((hour) => `lake/dt=2026-01-01/hr=0${hour}/n.parquet`),
  );
  for (const { path, rollupPath, compacted } of files) {
    const file = join(dataDir, path);
    const [order] = await query(
      dataDir,
      `SELECT list((account, token, time) ORDER BY file_row_number) = list((account, token, time) ORDER BY account, token NULLS LAST, time) AS sorted,
        bool_and(time >= make_timestamp(${compacted.hour}) AND time < make_timestamp(${compacted.hour + 3_600_000_000n})) AS within
        FROM (SELECT *, file_row_number FROM read_parquet('${file}'))`,
    );
    expect(order).toEqual({ sorted: true, within: true });
    const [filter] = await query(
      dataDir,
      `SELECT bool_and(bloom_filter_length > 0) AS bloom FROM parquet_metadata('${file}') WHERE path_in_schema = 'token'`,
    );
    expect(filter).toEqual({ bloom: true });
    const [directory] = await query(
      dataDir,
      `SELECT list(token ORDER BY file_row_number) = list(token ORDER BY token NULLS LAST) AS sorted
        FROM (SELECT *, file_row_number FROM read_parquet('${join(dataDir, rollupPath)}'))`,
    );
    expect(directory).toEqual({ sorted: true });
  }
});

it('keeps texts as they are, whether a column has one, few, hundreds or a new one in every row', async () => {
  const rows = fc.sample(row, 5_000).map((each, index) => ({
    ...each,
    time: start + BigInt(index),
    correlation_id: uuid(index),
    service: 'blob',
    container: index % 7 === 0 ? null : `it's "${index % 5}"`,
    user_agent: index % 11 === 0 ? null : `agent/${index % 300}`,
    object_key: `/models/${index}`,
    // Of few rows: too many for an ENUM in the file, few enough for one, more of them than a lane makes a dictionary of.
    caller_ip: index % 10 === 0 ? `2001:db8::${index.toString(16)}` : null,
    uri: index % 9 === 0 ? `https://models.example/${index % 40}` : null,
    download_range: index % 5 === 0 ? `bytes=0-${index % 3}` : null,
    conditions_used: index % 6 === 0 ? `If-Match=${index}` : null,
  }));
  const dataDir = await lake([rows.slice(0, 2_000), rows.slice(2_000)]);
  const before = await rowsOf(dataDir);
  expect(await compact(dataDir)).toMatchObject({ files_after: 1, rows: 5_000 });
  expect(await rowsOf(dataDir)).toEqual(before);
});

it('writes many hours at once, each sorted, and takes in what they have', async () => {
  const rows = fc.sample(row, 4_320).map((each, index) => ({
    ...each,
    time: start + BigInt(index % 720) * minute,
    correlation_id: uuid(index),
    service: 'blob',
  }));
  const dataDir = await lake([rows.slice(0, 2_160)]);
  const totals = await compact(dataDir);
  expect(totals).toMatchObject({ steps: 1, files_after: 12, rows: 2_160, duplicates: 0 });
  await withCatalog(dataDir, (catalog) => addBatches(catalog, dataDir, [rows.slice(2_159)]));
  const [before, rolledUp] = [await rowsOf(dataDir), await rollupOf(dataDir)];
  expect(await compact(dataDir)).toMatchObject({ files_before: 13, files_after: 12, rows: 4_320, duplicates: 1 });
  const plain = await lake([rows]);
  expect(before.length).toBe(4_321);
  expect(await rowsOf(dataDir)).toEqual(await rowsOf(plain));
  expect(await rollupOf(dataDir)).toEqual(await rollupOf(plain));
  expect(rolledUp).not.toEqual(await rollupOf(dataDir));
  for (const { path, rows: counted, compacted } of await hourFiles(dataDir)) {
    const [order] = await query(
      dataDir,
      `SELECT list((account, token, time) ORDER BY file_row_number) = list((account, token, time) ORDER BY account, token NULLS LAST, time) AS sorted,
        bool_and(time >= make_timestamp(${compacted.hour}) AND time < make_timestamp(${compacted.hour + 3_600_000_000n})) AS within,
        count(*)::INTEGER AS rows
        FROM (SELECT *, file_row_number FROM read_parquet('${join(dataDir, path)}'))`,
    );
    expect(order).toEqual({ sorted: true, within: true, rows: counted });
  }
});

it('puts late rows of several hours into their hours, each once', async () => {
  const rows = fc.sample(row, 600).map((each, index) => ({
    ...each,
    time: start + BigInt(index % 100 === 0 ? index : 360 + (index % 90)) * minute,
    correlation_id: uuid(index),
  }));
  const dataDir = await lake([rows.slice(0, 300), rows.slice(299)]);
  expect(await compact(dataDir)).toMatchObject({ steps: 1, files_after: 7, rows: 600, duplicates: 1 });
  const plain = await lake([rows]);
  expect(await rowsOf(dataDir)).toEqual(await rowsOf(plain));
  expect(await rollupOf(dataDir)).toEqual(await rollupOf(plain));
});

it('chains the digests of its files, so that none can be exchanged unnoticed', async () => {
  const rows = fc.sample(row, 200);
  const dataDir = await lake([rows.slice(0, 100)]);
  await compact(dataDir);
  await withCatalog(dataDir, (catalog) => addBatches(catalog, dataDir, [rows.slice(100)]));
  await compact(dataDir, { hourRowsMax: 1 });
  const manifest = await readManifest(dataDir);
  let chain = chainStart;
  for (const file of await hourFiles(dataDir)) {
    chain = chainLink(chain, file);
    expect(file.compacted.chain).toBe(chain);
  }
  expect(manifest?.chain).toBe(chain);
  expect(chain).not.toBe(chainStart);
});

it('merges late rows into their hour, and rewrites hours for a leaner policy', async () => {
  const at = (minutes: number, correlation: number): Row => ({
    time: start + BigInt(minutes) * minute,
    correlation_id: uuid(correlation),
    caller_port: 443,
    client_request_id: 'mine',
    etag: 5n,
  });
  const dataDir = await lake([Array.from({ length: 20 }, (_, index) => at(index, index))]);
  await compact(dataDir);
  await withCatalog(dataDir, (catalog) => addBatches(catalog, dataDir, [[at(30, 30)]]));
  const late = await withCatalog(dataDir, (catalog) =>
    compactLake(catalog, dataDir, { ...compactorOptions, hourRowsMax: 5 }),
  );
  expect(late).toMatchObject({ steps: 1, files_after: 1, rows: 1 });
  expect((await hourFiles(dataDir)).length).toBe(2);
  expect(await compact(dataDir)).toMatchObject({ steps: 1, files_before: 2, files_after: 1, rows: 21 });
  expect(await compact(dataDir)).toMatchObject({ steps: 0 });

  expect(await compact(dataDir, { policy: 'lean' })).toMatchObject({ steps: 1, rows: 21 });
  const kept =
    'SELECT any_value(caller_port) AS port, any_value(etag) AS etag, count(correlation_id)::INTEGER AS ids, count(*)::INTEGER AS n FROM storage_log';
  expect(await query(dataDir, kept)).toEqual([{ port: null, etag: '5', ids: 21, n: 21 }]);
  expect(await compact(dataDir, { policy: 'minimal' })).toMatchObject({ steps: 1, rows: 21 });
  expect(await query(dataDir, kept)).toEqual([{ port: null, etag: null, ids: 0, n: 21 }]);
  // Files that kept less stay as they are when more is wanted.
  expect(await compact(dataDir)).toMatchObject({ steps: 0 });
  await withCatalog(dataDir, (catalog) => addBatches(catalog, dataDir, [[at(30, 30), at(31, 31)]]));
  expect(await compact(dataDir)).toMatchObject({ steps: 1, rows: 1, duplicates: 1 });
  expect(await query(dataDir, kept)).toEqual([{ port: 443, etag: '5', ids: 1, n: 22 }]);
});

it('leaves a segment as it is whose hours have few rows each, and splits one with a stray row of years ago', async () => {
  const dataDir = await temporaryFolder();
  const hourly = Array.from({ length: 10 }, (_, index) => ({ time: start + BigInt(index) * 60n * minute }));
  const stray = [{ time: start - 26_000n * 60n * minute }, { time: start }, { time: start + 1n }];
  await withCatalog(dataDir, (catalog) => addBatches(catalog, dataDir, [[...hourly, ...stray.slice(2)], stray]));
  expect(await compact(dataDir, { splitSparse: false })).toMatchObject({
    files_before: 1,
    files_after: 2,
    rows: 3,
    sparse_files: 1,
  });
  expect(await compact(dataDir, { splitSparse: true })).toMatchObject({ files_after: 10, sparse_files: 0 });
});

it('says what is wrong with a segment that seems sparse and cannot be read, and leaves the lake as it was', async () => {
  const dataDir = await temporaryFolder();
  const rows = Array.from({ length: 10 }, (_, index) => ({ time: start + BigInt(index) * 60n * minute }));
  await withCatalog(dataDir, (catalog) => addBatches(catalog, dataDir, [rows]));
  const [segment] = (await readManifest(dataDir))?.segments ?? [];
  await rm(join(dataDir, segment?.rollupPath ?? ''));
  await expect(compact(dataDir, { splitSparse: false })).rejects.toMatchObject({
    code: 'SINK_WRITE',
    retryable: true,
    message: expect.stringMatching(/^Could not compact: .*The lake is as it was/s),
  });
});

it('leaves hours alone that end after the time it is told', async () => {
  const rows = [0, 59, 61, 130].map((minutes, index) => ({
    time: start + BigInt(minutes) * minute,
    correlation_id: uuid(index),
  }));
  const dataDir = await lake(rows.map((each) => [each]));
  const totals = await compact(dataDir, { until: start + 150n * minute });
  expect(totals).toMatchObject({ files_before: 3, files_after: 2, rows: 3 });
});

it('deletes what it replaced when the readers of older snapshots have had their time', async () => {
  let now = Date.parse('2026-01-02T00:00:00Z');
  const options = { clock: () => new Date(now), graceMs: 60_000 };
  const dataDir = await temporaryFolder();
  const catalog = await Catalog.open(dataDir, options);
  await addBatches(catalog, dataDir, [[{ time: start }], [{ time: start + 1n }]]);
  const old = catalog.segments();
  await compactLake(catalog, dataDir, compactorOptions);
  const there = () =>
    Promise.all(
      old.map(({ path }) =>
        access(join(dataDir, path)).then(
          () => true,
          () => false,
        ),
      ),
    );
  expect(await there()).toEqual([true, true]);
  await catalog.close();

  const again = await Catalog.open(dataDir, options);
  expect(await there()).toEqual([true, true]);
  expect(again.openReport.orphanFiles).toBe(0);
  now += 61_000;
  await addBatches(again, dataDir, [[{ time: start + 2n }]]);
  expect(await there()).toEqual([false, false]);
  expect(await query(dataDir, 'SELECT count(*)::INTEGER AS n FROM storage_log')).toEqual([{ n: 3 }]);
  await again.close();
});

it('keeps the SAS parameters of rows whose segment is gone', async () => {
  const dataDir = await temporaryFolder();
  const set = {
    kind: 'account' as const,
    parameters: { sv: '2021-06-08' },
    stTime: null,
    seTime: null,
    sktTime: null,
    skeTime: null,
  };
  for (const id of [7n, 8n]) {
    await withCatalog(dataDir, async (catalog) => {
      await addBatches(catalog, dataDir, [[{ time: start, sas_id: id }]], [{ ...set, sasId: id }]);
      await compactLake(catalog, dataDir, compactorOptions);
    });
  }
  expect(await query(dataDir, 'SELECT sas_id, sas_sv FROM storage_log ORDER BY 1')).toEqual([
    { sas_id: '7', sas_sv: '2021-06-08' },
    { sas_id: '8', sas_sv: '2021-06-08' },
  ]);
  expect((await readManifest(dataDir))?.sasFiles).toMatchObject([{ rows: 2 }]);
});

it('gets a lost catalog back from the manifest, compacted files and all', async () => {
  const dataDir = await lake([fc.sample(row, 50), fc.sample(row, 50)]);
  await compact(dataDir);
  const before = await rowsOf(dataDir);
  const files = (await readManifest(dataDir))?.segments.length;
  await rm(join(dataDir, 'catalog.duckdb'));
  await withCatalog(dataDir, async (catalog) => {
    expect(catalog.openReport.restoredSegments).toBe(files);
  });
  expect(await rowsOf(dataDir)).toEqual(before);
});
