import { rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { afterAll, expect, it } from 'vitest';
import { expiredBackMicros, isBriefUntil } from '../../src/detect/expired-tokens.ts';
import { readsGrants } from '../../src/detect/kept-grants.ts';
import { shownAll } from '../../src/detect/narrow-view.ts';
import { bindMoments, timestampLiteral } from '../../src/detect/parameter.ts';
import { plainViews } from '../../src/detect/rule-views.ts';
import { StandingWorkspace } from '../../src/detect/standing-workspace.ts';
import { keepEntities } from '../../src/detect/workspace.ts';
import { Catalog } from '../../src/store/catalog.ts';
import { makeFolder } from '../../src/store/durable-file.ts';
import { openReader } from '../../src/store/reader.ts';
import { stagingFolder } from '../../src/store/spill-folder.ts';
import { estateArrivals, newFolder } from './estate-days.ts';
import { fillLake } from './lake.ts';

const dataDir = newFolder();
afterAll(() => rmSync(dataDir, { recursive: true }));

const dayMicros = 86_400_000_000n;
const names = [
  'sas_use',
  'token_day',
  'family_day',
  'account_day',
  'account_step',
  'key_day',
  'suffix_day',
  'token_life',
] as const;

/**
 * What stands of a view: under another name, where its table keeps less than the view derives; and without tokens that were over
 * before, which are forgotten later, since their rows may come late.
 */
function standing(name: string, since: bigint): string {
  const isOver = isBriefUntil(timestampLiteral(since - (since % dayMicros) - expiredBackMicros));
  if (name === 'token_life') return `(FROM granted_token_life WHERE NOT (${isOver}))`;
  if (name === 'token_day')
    return `(FROM token_day ANTI JOIN (FROM token_life WHERE ${isOver}) USING (token_hash, account))`;
  return name === 'sas_use' ? 'granted_sas_use' : name;
}

async function rowsOf(connection: DuckDBConnection, name: string, since: bigint, from = name): Promise<string[]> {
  const daysBack = new Map([
    ['sas_use', 2n],
    ['account_step', 10n],
  ]).get(name);
  const where = daysBack === undefined ? '' : `WHERE epoch_us(bucket) >= ${since - daysBack * dayMicros}`;
  const result = await connection.runAndReadAll(`SELECT e::VARCHAR FROM (SELECT * FROM ${from} ${where}) e ORDER BY 1`);
  return result.getRows().map(([row]) => String(row));
}

it('holds, commit by commit, what the views make of the whole lake', { timeout: 120_000 }, async () => {
  const catalog = await Catalog.open(dataDir);
  const workspace = await StandingWorkspace.open(dataDir);
  try {
    for (const [index, arrival] of estateArrivals.entries()) {
      const commits = await fillLake(dataDir, catalog, [arrival]);
      const segments = commits.flatMap((commit) => commit.segments);
      workspace.note(segments);
      const since = segments.reduce((min, { minTime }) => (minTime < min ? minTime : min), segments[0]?.minTime ?? 0n);
      const until = segments.reduce((max, { maxTime }) => (maxTime > max ? maxTime : max), 0n) + 1n;
      await workspace.refresh({ since, until }, index === 2);
      await workspace.ready('token_day');
      await workspace.ready('granted_sas_use');
      if (index % 2 !== 0) continue;
      const slow = await openReader(dataDir);
      await keepEntities(slow.connection, { since, until });
      for (const name of names) {
        const expected = await rowsOf(slow.connection, name, since - (since % dayMicros));
        expect(expected.length).toBeGreaterThan(0);
        const kept = await rowsOf(workspace.connection, name, since - (since % dayMicros), standing(name, since));
        expect(kept).toEqual(expected);
      }
      const moments = { since: since - (since % dayMicros), until, from: since };
      const used = async (connection: DuckDBConnection, tokens: string) =>
        rowsOf(connection, 'used', since, `(SELECT * EXCLUDE (lone) FROM (${bindMoments(tokens, moments)}))`);
      const expected = await used(slow.connection, plainViews(slow.connection).usedTokens);
      expect(expected.length).toBeGreaterThan(0);
      expect(await used(workspace.connection, workspace.usedTokens)).toEqual(expected);
      const all = { ...shownAll, granted: readsGrants('SELECT kind FROM sas_use') };
      const kinds = await workspace.read('SELECT count(kind) > 0 FROM sas_use', { since, until }, all);
      expect(kinds.getRows()).toEqual([[true]]);
      slow.close();
    }
  } finally {
    workspace.close();
    await catalog.close();
  }
});

it('has the days that nobody asked for before the steps that they are made of were given up', async () => {
  const folder = newFolder();
  const catalog = await Catalog.open(folder);
  const workspace = await StandingWorkspace.open(folder);
  try {
    let range = { since: 0n, until: 0n };
    for (const arrival of estateArrivals) {
      const segments = (await fillLake(folder, catalog, [arrival])).flatMap((commit) => commit.segments);
      workspace.note(segments);
      const until = segments.reduce((max, { maxTime }) => (maxTime > max ? maxTime : max), 0n) + 1n;
      range = { since: until - dayMicros, until };
      await workspace.refresh(range);
    }
    await workspace.ready('token_day');
    const slow = await openReader(folder);
    await keepEntities(slow.connection, range);
    const kept = await rowsOf(workspace.connection, 'token_day', 0n, standing('token_day', range.since));
    expect(kept).toEqual(await rowsOf(slow.connection, 'token_day', 0n));
    slow.close();
  } finally {
    workspace.close();
    await catalog.close();
    rmSync(folder, { recursive: true });
  }
});

it('takes a bounded part of the memory, and spills what it keeps beyond it to the data folder', async () => {
  await makeFolder(join(dataDir, stagingFolder));
  const workspace = await StandingWorkspace.open(dataDir);
  try {
    const settings = await workspace.connection.runAndReadAll("SELECT current_setting('memory_limit')");
    expect(settings.getRows()).toEqual([['3.7 GiB']]);
    await workspace.connection.run("SET memory_limit = '96MB'");
    await workspace.connection.run('CREATE TABLE much AS SELECT hash(i) AS h FROM range(20_000_000) t(i)');
    expect(await readdir(join(dataDir, stagingFolder))).toEqual([expect.stringMatching(/^spill-/)]);
  } finally {
    workspace.close();
  }
  expect(await readdir(join(dataDir, stagingFolder))).toEqual([]);
});
