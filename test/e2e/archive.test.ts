import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Truth } from '../../src/generate/truth.ts';
import { writeScenario } from '../../src/generate/write-scenario.ts';
import { splitClassicLine } from '../../src/ingest/decode/classic-log.ts';
import { bindSaved, savedQuery } from '../../src/query/saved-query.ts';
import { openReader } from '../../src/store/reader.ts';
import { Azurite, account } from '../azurite/azurite.ts';
import { uploadContainers } from '../azurite/upload.ts';
import { run } from '../cli/recording-effects.ts';
import { rowsOf, start, summaryOf } from './program.ts';

/** SASWATCH_ARCHIVE_FULL=1: all three years and five kills, some minutes; else the days of the story and two kills. */
const full = process.env['SASWATCH_ARCHIVE_FULL'] === '1';
const timeout = full ? 1_200_000 : 240_000;
const kills = full ? 5 : 2;

/** Storage Analytics until the end of 2021, a diagnostic setting from then on. */
const classicFiles = full ? /blob\/202[01]\// : /robustnessws-logs\/blob\/(2020\/07\/2[01]|2021\/10\/0[5-7])\//;
const monitorFiles = full
  ? /y=202[23]\//
  : /robustnessws\/.*(y=2022\/m=03\/d=(1[0-9]|20)|y=2022\/m=11\/d=02|y=2023\/m=04\/d=30|y=2023\/m=06\/d=(20|21|22|24|25))\//;

/** Rules that compare with weeks of everyday traffic, which only the full story has. */
const needsWeeks = (rule: string) => rule.startsWith('B-') || rule === 'W-POI-1';

/** What the story has to raise on which day. */
const timeline: Readonly<Record<string, readonly string[]>> = {
  '2020-07-20': ['P-01', 'P-02', 'P-04', 'P-06'],
  '2021-10-06': ['B-NEW-1', 'P-01', 'P-02', 'P-03', 'P-04', 'P-06'],
  '2022-03-11': ['B-NET-1', 'B-OP-1', 'B-SCP-1', 'W-EXF-2'],
  '2022-03-12': ['B-VOL-1', 'W-EXF-1', 'W-EXF-4'],
  '2022-03-20': ['B-VOL-1', 'W-EXF-1'],
  '2022-11-02': ['B-NET-1', 'B-OP-1', 'W-OVR-1', 'W-POI-1'],
  '2023-04-30': ['B-OP-1', 'W-DEL-1'],
  '2023-06-20': ['B-NET-1', 'B-OP-1', 'B-SCP-1', 'B-UA-1'],
};

let folder: string;
let azurite: Azurite;
let lines: readonly string[];
let sources: readonly string[];
let truth: Truth;

const environment = () => ({
  SASWATCH_ARCHIVE__CONNECTION_STRING: azurite.connectionString,
  // Several commits, so that there is something between them to be killed.
  SASWATCH_INGEST__BATCH_ROWS_MAX: full ? '500' : '400',
});
const range = ['--since', '2020-07-01', '--until', '2023-07-01'];
const replay = (data: string) => ['replay', ...sources, ...range, '--json', '--data', data];
const here = (argv: readonly string[]) => run(argv, { env: environment() });

async function column(data: string, sql: string): Promise<string[]> {
  const reader = await openReader(data);
  try {
    return (await reader.connection.runAndReadAll(sql)).getRows().map(([value]) => String(value));
  } finally {
    reader.close();
  }
}
const correlationIds = (data: string) => column(data, 'SELECT correlation_id FROM storage_log ORDER BY ALL');
const findingIds = (data: string) => column(data, 'SELECT id FROM findings WHERE open ORDER BY id');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saswatch-archive-'));
  azurite = await Azurite.start();
  const story = { scenario: 'robust-models', rows: 10_000, seed: 3 } as const;
  const monitor = writeScenario({ ...story, out: join(folder, 'monitor'), format: 'archive' });
  writeScenario({ ...story, out: join(folder, 'classic'), format: 'classic' });
  truth = monitor.truth;
  const earlier = await uploadContainers(azurite.service, join(folder, 'classic', 'logs'), classicFiles);
  const later = await uploadContainers(azurite.service, join(folder, 'monitor', 'logs'), monitorFiles);
  lines = [...earlier.lines, ...later.lines];
  sources = [...earlier.containers, ...later.containers].map((container) => `az://${account}/${container}`);
}, timeout);

afterAll(async () => {
  await azurite.stop();
  await rm(folder, { recursive: true });
});

describe('three years of archive, first classic, then of a diagnostic setting', { timeout }, () => {
  const whole = () => join(folder, 'whole');
  const killed = () => join(folder, 'killed');
  const leaked = () => truth.tokens.find(({ name }) => name === 'leaked link 2021')?.token_hash ?? '';
  const ask = async (name: string, more: Readonly<Record<string, string | bigint>> = {}) => {
    const reader = await openReader(whole());
    try {
      const sql = bindSaved(await savedQuery(name), { token: leaked().slice(0, 32), ...more });
      return (await reader.connection.runAndReadAll(sql)).getRowObjectsJson();
    } finally {
      reader.close();
    }
  };
  /** Objects that incidents of the leaked token touched, as the truth has them. */
  const objectsOf = (...ids: readonly string[]) =>
    truth.incidents
      .filter(({ id }) => ids.includes(id))
      .flatMap(({ objects }) => objects.map((name) => `/robustnessws/${name}`));

  it('come into the lake row by row, with what they cost', async () => {
    const { code, stdout, stderr } = await here(replay(whole()));
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^reading \d+ blobs, [\d.]+ MB\n$/)]);
    const { requests, list_requests, logs } = summaryOf(stdout);
    expect(summaryOf(stdout)).toMatchObject({ rows: lines.length, quarantined: 0, unproved_bytes: 0, changed_logs: 0 });
    // One request a small log; more only where one had to be tried again.
    expect(Number(requests) - Number(list_requests)).toBeGreaterThanOrEqual(Number(logs));
    const ids = lines.map((line) =>
      line.startsWith('{') ? JSON.parse(line).correlationId : splitClassicLine(line, 38)[13],
    );
    expect(await correlationIds(whole())).toEqual(ids.sort());
  });

  it('raise the story, day by day', async () => {
    const days = await column(whole(), "SELECT first_seen::DATE || ' ' || rule FROM findings WHERE open");
    for (const [day, rules] of Object.entries(timeline)) {
      const found = days.filter((each) => each.startsWith(day)).map((each) => each.slice(11));
      expect(found, day).toEqual(expect.arrayContaining(rules.filter((rule) => full || !needsWeeks(rule))));
    }
    if (!full) return;
    const misused = new Set(truth.incidents.map(({ entity }) => entity.token_hash.slice(0, 32)));
    const entities = await column(whole(), "SELECT DISTINCT entity FROM findings WHERE open AND entity_kind = 'token'");
    expect(entities.filter((entity) => !misused.has(entity))).toEqual([]);
  });

  it('say exactly what was read outside the public models, and what was changed', async () => {
    const read = await ask('objects-read', { except_container: 'models' });
    const outside = objectsOf('workstation-drain', 'scouting').filter(
      (name) => !name.startsWith('/robustnessws/models/'),
    );
    expect(read.map(({ object_key }) => object_key).sort()).toEqual([...new Set(outside)].sort());
    const changed = await ask('objects-changed');
    const touched = objectsOf('model-overwrite', 'model-overwrite-burst', 'model-deletion');
    expect([...new Set(changed.map(({ object_key }) => object_key))].sort()).toEqual([...new Set(touched)].sort());
    expect(changed.filter(({ operation_class }) => operation_class === 'delete')).toHaveLength(120);
  });

  it('say by whom, since when, what else hangs on the key, and that the revocation took', async () => {
    const callers = await ask('token-callers', { except_container: 'models' });
    const drain = truth.incidents.find(({ id }) => id === 'workstation-drain')?.caller_ips ?? [];
    expect(callers.map(({ address }) => address)).toEqual(expect.arrayContaining([...drain]));
    expect((await ask('token-first-use'))[0]).toMatchObject({
      first_use: '2021-10-06 09:00:00',
      container: 'models',
    });
    expect((await ask('tokens-on-key')).map(({ token_id }) => token_id)).toContain(leaked().slice(0, 32));
    const [answer] = await ask('revocation', { revoked: BigInt(Date.UTC(2023, 5, 24, 8)) * 1_000n });
    expect(answer).toMatchObject({ revocation: 'verified', key_successes: '0' });
  });

  it('are the same after kills, and once more adds nothing', async () => {
    const moments = Array.from({ length: kills }, () => 2_000 + Math.floor(Math.random() * (full ? 8_000 : 2_500)));
    for (const waitMs of moments) {
      const program = start(replay(killed()), environment());
      await sleep(waitMs);
      program.child.kill('SIGKILL');
      await program.ended;
    }
    const last = await here(replay(killed()));
    expect(last.code, `killed after ${moments.join(', ')} ms`).toBe(0);
    expect(await correlationIds(killed())).toEqual(await correlationIds(whole()));
    expect(await findingIds(killed())).toEqual(await findingIds(whole()));
    const again = await here(replay(killed()));
    expect(summaryOf(again.stdout)).toMatchObject({ rows: 0, findings: 0, downloaded: 0, unproved_bytes: 0 });
  });

  it('are verified against what was read, until somebody changes a blob', async () => {
    const verify = () => here(['replay', '--verify', '--json', '--data', killed()]);
    expect(summaryOf((await verify()).stdout)).toMatchObject({ changed: 0, shorter: 0, missing: 0, unproved: 0 });
    const manifest = rowsOf(await readFile(join(killed(), 'replay-manifest.ndjson'), 'utf8'));
    const [, container = '', name = ''] = /^az:\/\/\w+\/([^/]+)\/(.*)$/.exec(String(manifest[1]?.['name'])) ?? [];
    const blob = azurite.service.getContainerClient(container).getBlockBlobClient(name);
    const bytes = await blob.downloadToBuffer();
    await blob.upload(Buffer.from(bytes).fill(' ', 10, 12), bytes.length);
    const changed = await verify();
    expect([changed.code, rowsOf(changed.stdout)[0]]).toEqual([5, expect.objectContaining({ difference: 'changed' })]);
    await blob.delete();
    expect(rowsOf((await verify()).stdout)[0]).toMatchObject({ difference: 'missing' });
  });
});
