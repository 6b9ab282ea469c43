import { expect, it } from 'vitest';
import { parseTokenReference, tokenSearch } from '../../src/cli/token-reference.ts';
import { compactLake } from '../../src/store/compactor.ts';
import { openReader, openTokenReader, type Reader } from '../../src/store/reader.ts';
import type { TokenSearch } from '../../src/store/token-search.ts';
import type { Row } from './batch-of.ts';
import { addBatches, compactorOptions, withCatalog } from './lake-of.ts';
import { temporaryFolder } from './temporary-folder.ts';

const start = 1_767_225_600_000_000n;
const hour = 3_600_000_000n;

/** Token n: its hash begins with n as two digits, then n again in the 16th; every third is known by its fingerprint only. */
function tokenOf(n: number): Row {
  const head = `${n.toString(16).padStart(2, '0')}${'0'.repeat(13)}${(n % 16).toString(16)}`;
  const fingerprint = BigInt(`0x${head}`) + 1n;
  const sas = { sas_id: BigInt(n), token_fingerprint: fingerprint };
  return n % 3 === 0 ? sas : { ...sas, token: BigInt(`0x${head}`), token_hash: `${head}${'ab'.repeat(8)}` };
}

const rows = (from: number, to: number, hourOf: (n: number) => number): Row[] =>
  Array.from({ length: (to - from) * 3 }, (_, index) => {
    const n = from + Math.floor(index / 3);
    return {
      ...tokenOf(n),
      time: start + BigInt(hourOf(n)) * hour + BigInt(index),
      account: n % 2 === 0 ? 'models' : 'archive',
      correlation_id: `${n.toString(16)}-${index.toString(16)}`.replace('-', '0').padStart(32, '0'),
      status_code: 200,
      response_body_bytes: BigInt(index),
    };
  });

async function lake(): Promise<string> {
  const dataDir = await temporaryFolder();
  const set = { kind: 'account' as const, stTime: null, seTime: null, sktTime: null, skeTime: null };
  const sets = Array.from({ length: 256 }, (_, n) => ({ ...set, sasId: BigInt(n), parameters: { sp: `r${n}` } }));
  await withCatalog(dataDir, async (catalog) => {
    await addBatches(catalog, dataDir, [rows(0, 80, (n) => n % 4), rows(60, 100, () => 1)], sets);
    await compactLake(catalog, dataDir, compactorOptions);
    await addBatches(catalog, dataDir, [
      rows(90, 120, () => 5),
      rows(110, 130, () => 6),
      [{ auth_type: 'account_key' }],
    ]);
  });
  return dataDir;
}

const condition = ({ hashed, unhashed, fingerprint }: TokenSearch) =>
  [
    hashed === null ? 'false' : `token BETWEEN ${hashed.first} AND ${hashed.last}`,
    unhashed === null
      ? 'false'
      : `(token_hash IS NULL AND token_fingerprint BETWEEN ${unhashed.first} AND ${unhashed.last})`,
    fingerprint === null ? 'false' : `token_fingerprint = ${fingerprint}`,
  ].join(' OR ');

async function shown({ connection }: Reader, where: string) {
  const rowsOf = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjectsJson();
  return {
    log: await rowsOf(`SELECT * FROM storage_log WHERE ${where} ORDER BY time, correlation_id`),
    rollup: await rowsOf(`SELECT * FROM rollup WHERE ${where} ORDER BY ALL`),
    tokens: await rowsOf(`SELECT * FROM tokens WHERE ${where} ORDER BY token_id`),
  };
}

it('shows of a token what the whole lake shows of it, and opens the files it is in only', async () => {
  const dataDir = await lake();
  const digitsOf = (n: number) =>
    String(tokenOf(n)['token_hash'] ?? tokenOf(n)['token_fingerprint']?.toString(16).padStart(16, '0'));
  const fingerprintOf = (n: number) => BigInt(tokenOf(n)['token_fingerprint'] ?? 0);
  const by = (reference: string) => tokenSearch(parseTokenReference(reference));
  const searches: readonly (readonly [TokenSearch, number])[] = [
    [by(digitsOf(1)), 1],
    [by(digitsOf(62)), 2],
    [by(digitsOf(95)), 2],
    [by(digitsOf(96)), 2],
    [by(digitsOf(115).slice(0, 12)), 2],
    [by(digitsOf(129)), 1],
    [by('ff00ff00ff00ff00'), 0],
    [tokenSearch({ digits: null, fingerprint: fingerprintOf(64) }), 2],
    [tokenSearch({ digits: null, fingerprint: fingerprintOf(63) }), 2],
    [tokenSearch({ digits: digitsOf(64).toUpperCase(), fingerprint: fingerprintOf(64) }), 2],
    [tokenSearch({ digits: 'F'.repeat(32), fingerprint: fingerprintOf(63) }), 2],
    [tokenSearch({ digits: 'F'.repeat(32), fingerprint: fingerprintOf(64) }), 0],
    [{ hashed: { first: 0n, last: 2n ** 64n - 1n }, unhashed: null, fingerprint: fingerprintOf(64) }, 6],
  ];
  const whole = await openReader(dataDir);
  for (const [search, files] of searches) {
    const part = await openTokenReader(dataDir, search);
    expect(part?.manifest.segments.length ?? 0).toBe(files);
    const found = part === null ? { log: [], rollup: [], tokens: [] } : await shown(part, 'true');
    expect(found).toEqual(await shown(whole, condition(search)));
    part?.close();
  }
  whole.close();
});
