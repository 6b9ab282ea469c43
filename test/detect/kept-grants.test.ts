import { expect, it } from 'vitest';
import { keptGrants, readsGrants } from '../../src/detect/kept-grants.ts';
import { shippedDetections } from '../../src/detect/shipped.ts';

it('keeps what the rules of saswatch read', async () => {
  for (const { code, sql } of await shippedDetections()) expect([code, readsGrants(sql)]).toEqual([code, []]);
});

it('keeps nothing that they do not read, but for what responses say', async () => {
  const rules = await shippedDetections();
  for (const view of ['sas_use', 'token_life'] as const) {
    const reading = rules.filter(({ sql }) => new RegExp(`\\b${view}\\b`).test(sql)).map(({ sql }) => sql);
    for (const name of keptGrants[view].filter((kept) => kept !== 'skoid'))
      expect([name, reading.some((sql) => new RegExp(`\\b${name}\\b`).test(sql))]).toEqual([name, true]);
  }
});

it('tells which views a statement asks for what they do not keep', () => {
  expect(readsGrants('SELECT sdd FROM sas_use')).toEqual(['sas_use']);
  expect(readsGrants('SELECT ske_time FROM token_life')).toEqual(['token_life']);
  expect(readsGrants('SELECT sdd FROM met_sas_use')).toEqual([]);
  expect(readsGrants('SELECT u.sp FROM sas_use u JOIN token_life t ON t.skoid = u.sip')).toEqual(['sas_use']);
});
