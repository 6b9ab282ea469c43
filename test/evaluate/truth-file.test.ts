import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readTruth } from '../../src/evaluate/truth-file.ts';
import { generate } from '../../src/generate/scenario.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saswatch-truth-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('reads what the generator writes', async () => {
  const written = generate({ scenario: 'robust-models', rows: 10_000, seed: 1 }).truth();
  await writeFile(join(folder, 'truth.json'), JSON.stringify(written));
  const truth = await readTruth(folder);
  expect(truth.incidents.map(({ id }) => id)).toEqual(written.incidents.map(({ id }) => id));
  expect(truth).toMatchObject({ scenario: 'robust-models', seed: 1, accounts: 2 });
  expect(truth.period_start).toBe(BigInt(Date.parse('2020-07-20T00:00Z')) * 1_000n);
});

it.each([
  ['no file', null, 'truth.json'],
  ['no JSON', '{', 'truth.json'],
  ['a truth of another form', '{"scenario":"x"}', 'seed'],
])('refuses a folder with %s and says so', async (_what, text, told) => {
  if (text !== null) await writeFile(join(folder, 'truth.json'), text);
  await expect(readTruth(folder)).rejects.toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(told) }),
  );
});
