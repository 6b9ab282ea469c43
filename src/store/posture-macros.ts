/** Every service, as `ss` of an account SAS names them. */
const services = ['b', 'q', 't', 'f'].map((letter) => `contains(ss, '${letter}')`).join(' AND ');

/** Permission letters in the order that a SAS writes them: right for blobs (`racwdxyltmeopi`), queues (`raup`), tables (`raud`). */
const letterOrder = 'racuwdxyltmeopif';

/** The permission that an operation needs, where its class does not say so: least of those that would do. */
const permissionOfOperation: Readonly<Record<string, readonly string[]>> = {
  a: ['AppendBlock', 'AppendBlockFromURL', 'PutMessage', 'InsertEntity'],
  d: ['DeleteEntity'],
  f: ['FindBlobsByTags'],
  i: ['SetBlobImmutabilityPolicy', 'DeleteBlobImmutabilityPolicy', 'SetBlobLegalHold'],
  m: ['RenamePathFile', 'RenamePathDir'],
  p: ['GetMessage', 'GetMessages', 'GetMessageRead', 'GetMessageWrite', 'DeleteMessage', 'ClearMessages'],
  r: ['CopyBlobSource', 'CopyFileSource', 'QueryTable', 'QueryTables'],
  t: ['GetBlobTags', 'SetBlobTags'],
  u: ['UpdateMessage', 'UpdateEntity', 'MergeEntity'],
};

const byName = Object.entries(permissionOfOperation)
  .map(([letter, names]) => `WHEN operation IN (${names.map((name) => `'${name}'`).join(', ')}) THEN '${letter}'`)
  .join('\n    ');

/**
 * What a SAS grants and needs, from what the log says of it.
 *
 * `scope_of(kind, ss, srt, sr)`: `account` (services or containers of all services), `services` (account SAS for less),
 * `container` (also file share, table, queue), `directory`, `object`; null where the parameters are not known.
 * `posture_of(…)`: points of the score, 0 to 100: scope 25, power 25, lifetime 20, and 10 each for any address, plain HTTP and
 * no stored policy where there could be one. A stored policy keeps permissions and expiry out of the log: they give no points,
 * and `is_least` says so.
 * `permission_of(operation, class, query)`: the letter an operation needs; null where no SAS can do it or it is not known.
 * `permissions_in_order(letters)`: a list of letters as a SAS writes them. `ipv4_text(address)`: of a number.
 */
export const postureMacros = [
  `CREATE OR REPLACE MACRO scope_of(kind, ss, srt, sr) AS CASE
    WHEN kind = 'account' THEN if(regexp_matches(srt, '[sc]') AND ${services}, 'account', 'services')
    WHEN sr IN ('b', 'bs', 'bv', 'f') THEN 'object'
    WHEN sr = 'd' THEN 'directory'
    WHEN kind IS NOT NULL THEN 'container' END`,
  `CREATE OR REPLACE MACRO points_of(scope, kind, sr, sp, si, sip, spr, lifetime) AS {
    'scope': CASE scope WHEN 'account' THEN 25 WHEN 'services' THEN 20 WHEN 'container' THEN 15 WHEN 'directory' THEN 10
      WHEN 'object' THEN 5 ELSE 0 END,
    'power': CASE WHEN regexp_matches(sp, '[dxyo]') OR (contains(sp, 'p') AND sr IN ('b', 'c', 'd')) THEN 25
      WHEN regexp_matches(sp, '[wacupmit]') THEN 15 ELSE 0 END,
    'lifetime': CASE WHEN lifetime > INTERVAL '365 days' THEN 20 WHEN lifetime > INTERVAL '90 days' THEN 15
      WHEN lifetime > INTERVAL '7 days' THEN 10 ELSE 0 END,
    'address': if(kind IS NOT NULL AND sip IS NULL, 10, 0),
    'protocol': if(kind IS NOT NULL AND coalesce(lower(spr), 'https,http') <> 'https', 10, 0),
    'policy': if(kind IN ('account', 'service') AND si IS NULL, 10, 0)}`,
  `CREATE OR REPLACE MACRO posture_of(kind, ss, srt, sr, sp, si, sip, spr, starts, expires, first_seen) AS struct_insert(
    points_of(scope_of(kind, ss, srt, sr), kind, sr, sp, si, sip, spr, expires - coalesce(starts, first_seen)),
    is_least := kind IS NULL OR (si IS NOT NULL AND (sp IS NULL OR expires IS NULL)))`,
  `CREATE OR REPLACE MACRO permission_of(operation, class, query) AS CASE
    ${byName}
    WHEN operation = 'DeleteBlob' AND regexp_matches(query, '(^|&)deletetype=permanent', 'i') THEN 'y'
    WHEN operation = 'DeleteBlob' AND regexp_matches(query, '(^|&)versionid=', 'i') THEN 'x'
    WHEN class IN ('read', 'meta') THEN 'r'
    WHEN class = 'list' THEN 'l'
    WHEN class IN ('write', 'copy', 'tier', 'policy', 'lease') THEN 'w'
    WHEN class = 'delete' THEN 'd'
    WHEN class = 'acl' THEN 'p' END`,
  `CREATE OR REPLACE MACRO permissions_in_order(letters) AS array_to_string(
    list_filter(string_split('${letterOrder}', ''), lambda letter: list_contains(letters, letter)), '')`,
  `CREATE OR REPLACE MACRO ipv4_text(address) AS
    (address >> 24) || '.' || ((address >> 16) & 255) || '.' || ((address >> 8) & 255) || '.' || (address & 255)`,
] as const;

/**
 * `rows_of_token(beginning)`: the rows of every token whose `token_id` begins so, as `storage_log` has them, and `of_token`,
 * the token. Classic logs have no hash of the signature: their rows count where account and parameters are a token's.
 */
export const tokenRowsMacro = `CREATE OR REPLACE MACRO rows_of_token(beginning) AS TABLE
  SELECT l.*, coalesce(w.token_id, l.token_id) AS of_token
  FROM storage_log l LEFT JOIN (
    SELECT token_fingerprint, min(token_id) AS token_id FROM tokens
    WHERE token_hash IS NOT NULL AND token_fingerprint IS NOT NULL AND starts_with(token_id, beginning) GROUP BY ALL
  ) w ON if(l.token_hash IS NULL, l.token_fingerprint, NULL) = w.token_fingerprint
  WHERE starts_with(l.token_id, beginning) OR w.token_id IS NOT NULL`;
