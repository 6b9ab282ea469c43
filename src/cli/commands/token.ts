import type { DuckDBConnection } from '@duckdb/node-api';
import type { Command } from 'commander';
import { AppError } from '../../core/errors.ts';
import { dayMicros } from '../../core/utc-day.ts';
import { readTokenFacts, responseText, type TokenFacts } from '../../detect/response.ts';
import { jsonLine } from '../../query/render/jsonl.ts';
import { bindSaved, savedQuery } from '../../query/saved-query.ts';
import { openKeyReader, openReader, openTokenReader, type Reader } from '../../store/reader.ts';
import { readCoverage } from '../coverage.ts';
import { write } from '../effects.ts';
import { tellEmptyLake } from '../empty-lake.ts';
import { printResult } from '../lake-result.ts';
import { parseCount } from '../option-values.ts';
import type { Act, Session } from '../session.ts';
import { addressesMost, addressesShown, placesShown, type Row, type TokenDetails, tokenPage } from '../token-page.ts';
import { parseTokenReference, type TokenReference, tokenSearch } from '../token-reference.ts';

export function define(command: Command, act: Act): void {
  const list = command
    .command('list')
    .description('the SAS tokens the log knows of, the busiest first')
    .option('--limit <n>', 'at most so many', parseCount(1), 50);
  act<{ limit: number }>(list, async ({ session, options }) => {
    const reader = await openReader(session.config().data);
    try {
      await printResult(
        session,
        reader,
        `SELECT token_id, sas_kind AS kind, coalesce(sas_sp, 'policy ' || sas_si) AS powers, key_name, starts, expires, first_seen,
                last_seen, requests, errors, bytes_out, bytes_in, deletes, distinct_ips
         FROM tokens WHERE ${isSas} ORDER BY requests DESC, token_id LIMIT ${options.limit}`,
      );
      await tellEmptyLake(session, reader.manifest, session.config().data);
      await tellLimits(session, reader, options.limit);
    } finally {
      reader.close();
    }
  });

  const show = command
    .command('show')
    .argument(
      '<token>',
      'hash of its signature (64 digits or their beginning), or the whole SAS URL, hashed on this machine',
    )
    .description('one token: what it grants, what was done with it, what else hangs on its key, how to revoke it')
    .addHelpText('after', '\nA URL is hashed here and kept nowhere; the shell may keep it in its history.');
  act(show, async ({ session, operands: [reference = ''] }) => {
    const { data } = session.config();
    const wanted = parseTokenReference(reference);
    const reader = await openTokenReader(data, tokenSearch(wanted));
    if (reader === null) return notSeen(session, data, wanted);
    try {
      const token = await findToken(reader, wanted);
      if (token === null) return await notSeen(session, data, wanted);
      const details = await tokenDetails(reader, data, token);
      await write(
        session.effects.stdout,
        session.json ? jsonLine({ ...token, ...details }) : tokenPage(token, details),
      );
    } finally {
      reader.close();
    }
  });
}

const isSas = `auth_type LIKE 'sas\\_%' ESCAPE '\\'`;

/** Says on stderr that there are more tokens than were listed, and what a number of addresses stands for where sketches are full. */
async function tellLimits({ quiet, effects }: Session, { connection }: Reader, limit: number): Promise<void> {
  if (quiet) return;
  const [[count, addresses] = []] = (
    await connection.runAndReadAll(`SELECT count(*)::INTEGER, max(distinct_ips)::INTEGER FROM tokens WHERE ${isSas}`)
  ).getRows();
  if (Number(count) > limit)
    await write(
      effects.stderr,
      `the busiest ${limit} of ${Number(count).toLocaleString('en')} tokens; --limit ${count} lists all\n`,
    );
  if (Number(addresses) >= addressesMost)
    await write(
      effects.stderr,
      `distinct_ips is an estimate: ${addressesMost} means thousands, \`saswatch query --saved token-callers\` lists them\n`,
    );
}

/** By the hash; by the parameters only tokens whose signature is in no log, or the caller's URL has lost its own. */
async function findToken({ connection }: Reader, { digits, fingerprint }: TokenReference): Promise<Row | null> {
  const found = await connection.runAndReadAll(
    `SELECT token_id, token_hash, accounts, auth_type, key_name, sas_kind AS kind, sas_ss AS ss, sas_srt AS srt, sas_sr AS sr, sas_sp AS sp,
            sas_si AS si, sas_sip AS sip, sas_spr AS spr, starts, expires, first_seen, last_seen, requests, errors, bytes_out, bytes_in,
            reads, lists, writes, copies, deletes, acls, distinct_ips, distinct_networks, distinct_objects
     FROM tokens
     WHERE starts_with(token_id, $digits::VARCHAR)
        OR (token_fingerprint = $fingerprint::UBIGINT AND ($digits::VARCHAR IS NULL OR token_hash IS NULL))
     ORDER BY token_id LIMIT 10`,
    { digits, fingerprint: fingerprint === null ? null : String(fingerprint) },
  );
  const [token, ...others] = found.getRowObjectsJson();
  if (token !== undefined && others.length > 0) {
    const ids = [token, ...others].map((row) => row['token_id']).join(', ');
    throw new AppError('CONFIG_INVALID', `This names more than one token. Give one of ${ids}.`);
  }
  return token ?? null;
}

/** The one row of a saved query about this token. */
async function answer({ connection }: Reader, name: string, token: string): Promise<Row> {
  const found = await connection.runAndReadAll(bindSaved(await savedQuery(name), { token }));
  return found.getRowObjectsJson()[0] ?? {};
}

const keyUseMicros = 30n * dayMicros;

const admissionOfToken = `
  WITH mine AS (
    SELECT time, status_code BETWEEN 200 AND 299 OR status_code IN (0, 304) AS ok, status_code IN (401, 403) AS refused
    FROM storage_log WHERE token_id = $id),
  last AS (SELECT max(time) FILTER (ok) AS last_success FROM mine)
  SELECT any_value(last_success) AS last_success, count(*) FILTER (refused)::INTEGER AS refused,
         count(*) FILTER (refused AND time > last_success)::INTEGER AS refused_since
  FROM mine CROSS JOIN last`;

/** What is known of the token and of the others of its key, which the token's own rows do not tell. */
async function tokenFacts(
  { connection }: Reader,
  dataDir: string,
  tokenHash: string,
  account: string,
): Promise<TokenFacts | undefined> {
  const found = await connection.runAndReadAll(
    `SELECT key_name, key_hash::VARCHAR, epoch_us(last_seen) FROM token_life
     WHERE token_hash = $hash::UUID AND account = $account AND key_name IS NOT NULL AND key_hash IS NOT NULL`,
    { hash: tokenHash, account },
  );
  const [keyName, keyHash, last] = found.getRows()[0] ?? [];
  const factsOf = async (from: DuckDBConnection) =>
    (await readTokenFacts(from, [{ tokenHash, account }])).get(`${tokenHash}\n${account}`);
  if (typeof keyName !== 'string' || typeof keyHash !== 'string' || typeof last !== 'bigint')
    return factsOf(connection);
  const key = await openKeyReader(dataDir, { account, keyName, keyHash, first: last - keyUseMicros, last });
  try {
    return await factsOf(key.connection);
  } finally {
    key.close();
  }
}

async function tokenDetails(reader: Reader, dataDir: string, token: Row): Promise<TokenDetails> {
  const { connection } = reader;
  const id = String(token['token_id']);
  const rows = async (sql: string) => (await connection.runAndReadAll(sql, { id })).getRowObjectsJson();
  const [account] = Array.isArray(token['accounts']) ? token['accounts'].map(String) : [];
  const tokenHash = typeof token['token_hash'] === 'string' ? token['token_hash'] : null;
  const facts =
    account === undefined || tokenHash === null ? undefined : await tokenFacts(reader, dataDir, tokenHash, account);
  return {
    containers: await rows(
      `SELECT container, operation_class AS operations, count(*)::INTEGER AS requests, count(DISTINCT object_key)::INTEGER AS objects,
              sum(response_body_bytes)::DOUBLE AS bytes_out, sum(request_body_bytes)::DOUBLE AS bytes_in
       FROM storage_log WHERE token_id = $id AND status_code < 300 GROUP BY ALL ORDER BY requests DESC LIMIT ${placesShown}`,
    ),
    addresses: await rows(
      `SELECT caller_ip AS address, count(*)::INTEGER AS requests, sum(response_body_bytes)::DOUBLE AS bytes_out,
              min(time) AS first_seen, max(time) AS last_seen, any_value(user_agent) AS user_agent
       FROM storage_log WHERE token_id = $id GROUP BY ALL ORDER BY bytes_out DESC LIMIT ${addressesShown}`,
    ),
    findings: await rows(
      'SELECT substr(id, 1, 12) AS id, level, rule, first_seen, title FROM findings WHERE entity = $id AND open ORDER BY first_seen',
    ),
    admission: (await rows(admissionOfToken))[0] ?? {},
    posture: await answer(reader, 'posture', id),
    least_privilege: await answer(reader, 'least-privilege', id),
    response: responseText({}, facts),
  };
}

/** "Never seen" means nothing without the period that was looked at. */
async function notSeen({ effects, json }: Session, dataDir: string, { digits }: TokenReference): Promise<undefined> {
  const coverage = await readCoverage(dataDir);
  const { accounts, first, last, hours_with_records, hours_without_records } = coverage;
  const period =
    first === null
      ? 'The lake is empty.'
      : `The lake holds ${accounts} accounts from ${first} to ${last} UTC: ${hours_with_records} hours with records, ${hours_without_records} without.`;
  await write(
    effects.stdout,
    json
      ? jsonLine({ token_id: digits, seen: false, coverage })
      : `No request with ${digits === null ? 'a token of these parameters' : `the token ${digits}…`} is in this lake.\n${period}\nRequests the service refused may not be logged, and unused tokens never are.\n`,
  );
}
