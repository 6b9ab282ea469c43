import { expect, it } from 'vitest';
import { DuckDBInstance } from '../../src/core/duckdb.ts';
import { plainViews } from '../../src/detect/rule-views.ts';
import { findingsOf } from '../../src/detect/run.ts';
import { shippedDetections } from '../../src/detect/shipped.ts';

const micros = (time: string) => BigInt(Date.parse(`${time}Z`)) * 1000n;

/** A hit of a token, by the last digit of its hash, on a day of January. */
const hitOf = (digit: number, day: string) => ({
  entity: String(digit),
  tokenHash: `00000000-0000-0001-0000-00000000000${digit}`,
  account: 'acct',
  windowStart: micros(`2026-01-${day}T00:00:00`),
  firstSeen: micros(`2026-01-${day}T09:00:00`),
  lastSeen: micros(`2026-01-${day}T23:00:00`),
  level: 'low' as const,
  evidence: {},
});

it('tells nothing of a token granted for a day that was over a day before, as a run over that day alone does', async () => {
  const [detection] = (await shippedDetections()).filter(({ code }) => code === 'W-ERR-2');
  if (detection === undefined) throw new Error('W-ERR-2 is not shipped');
  const instance = await DuckDBInstance.create(':memory:');
  try {
    const connection = await instance.connect();
    await connection.run(`CREATE TABLE token_life AS
      SELECT '00000000-0000-0001-0000-000000000001'::UUID AS token_hash, 'acct' AS account, 'brief' AS family,
        'sas_service' AS auth_type, 'key1' AS key_name, uuid() AS key_hash, NULL::VARCHAR AS si, NULL::VARCHAR AS skoid,
        TIMESTAMP '2026-01-01 09:00:00' AS first_seen, TIMESTAMP '2026-01-01 10:00:00' AS last_seen, 1::BIGINT AS requests,
        NULL::TIMESTAMP AS st_time, TIMESTAMP '2026-01-02 08:00:00' AS se_time`);
    await connection.run(`INSERT INTO token_life SELECT * REPLACE ('00000000-0000-0001-0000-000000000002'::UUID AS token_hash,
      'long' AS family, TIMESTAMP '2026-01-02 10:00:00' AS se_time) FROM token_life`);
    const hits = [hitOf(1, '03'), hitOf(1, '04'), hitOf(2, '04')];
    const found = await findingsOf(
      plainViews(connection),
      hits.map((hit, index) => ({ detection, values: {}, hit, id: String(index) })),
    );
    expect(found.map(({ family }) => family)).toEqual(['brief', null, 'long']);
    expect(found.map(({ response }) => response.includes('rotating that key'))).toEqual([true, false, true]);
  } finally {
    instance.closeSync();
  }
});
