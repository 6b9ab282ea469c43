import { expect, it } from 'vitest';
import { classicLine } from '../../src/generate/classic-line.ts';
import { generate } from '../../src/generate/scenario.ts';
import { createDecoder } from '../../src/ingest/decode/create-decoder.ts';
import type { Framing } from '../../src/ingest/source.ts';
import { rowsOf } from '../ingest/decode/rows.ts';

const records = [...generate({ scenario: 'estate', rows: 12_000, seed: 11, days: 2 }).records()].filter(
  (_, index) => index % 5 === 0,
);

/** What `$logs` do not have, or write in other words. */
const lost = [
  ...['token', 'token_hash', 'token_hash_text', 'key_name', 'key_hash', 'identity_type', 'schema_version', 'location'],
  ...[
    'tls_version',
    'resource_id',
    'resource_type',
    'metric_response_type',
    'access_tier',
    'status_text',
    'extra',
    'last_modified_tick',
    'download_range',
  ],
];

function rows(lines: readonly string[], framing: Framing) {
  const decoder = createDecoder('reference', 20_000);
  const { rejected } = decoder.decode(Buffer.from(`${lines.join('\n')}\n`), framing, 0n);
  expect(rejected).toEqual([]);
  return rowsOf(decoder.batch()).map((row) =>
    Object.fromEntries(
      Object.entries(row)
        .filter(([name]) => !lost.includes(name))
        .map(([name, value]) => [name, name === 'last_modified' ? Number(value) - (Number(value) % 1e6) : value]),
    ),
  );
}

it('says in a $logs line what the record says, of every kind of caller', () => {
  const classic = rows(
    records.map((text) => classicLine(JSON.parse(text))),
    'classic',
  );
  expect(classic).toHaveLength(records.length);
  const monitor = rows(records, 'lines');
  for (const [index, row] of classic.entries()) expect(row, records[index]).toEqual(monitor[index]);
  expect(new Set(monitor.map(({ auth_type }) => auth_type)).size).toBeGreaterThan(5);
});
