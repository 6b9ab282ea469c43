/*---
title: Whether a token's revocation took
description: >-
  After the moment of revocation: successes of the token, of anything signed with its key, and hours that have records. Verified
  where there are hours with records and nobody was let in; unseen where there are none. Who is told that an object is missing or
  that a condition does not hold (404, 409, 412, 416) was let in: the signature is checked before. Refusals (401, 403) may not be
  logged, so that silence is what to expect. The key of a token under a stored policy counts for nothing: it stays when the policy
  goes.
params:
  token: { type: token, doc: "its hash or the beginning of it, or the SAS URL in quotes" }
  revoked: { type: time, doc: "when the key was rotated or the policy taken away" }
  until: { type: time, default: null, doc: "first moment behind; without it behind the newest record" }
---*/
WITH wanted AS (SELECT DISTINCT token_fingerprint FROM tokens WHERE starts_with(token_id, $token) AND token_fingerprint IS NOT NULL),
signer AS (
  SELECT DISTINCT account, key_hash FROM storage_log WHERE starts_with(token_id, $token) AND key_hash IS NOT NULL AND sas_si IS NULL),
later AS (
  SELECT * FROM storage_log
  WHERE account IN (SELECT unnest(accounts) FROM tokens WHERE starts_with(token_id, $token)) AND time >= $revoked::TIMESTAMP AND ($until::TIMESTAMP IS NULL OR time < $until::TIMESTAMP)),
judged AS (
  SELECT l.*, l.status_code < 300 OR l.status_code = 304 AS ok, ok OR l.status_code IN (404, 409, 412, 416) AS let_in,
    l.status_code IN (401, 403) AS refused,
    starts_with(l.token_id, $token) OR (l.token_hash IS NULL AND w.token_fingerprint IS NOT NULL) AS of_token,
    s.key_hash IS NOT NULL AS of_key
  FROM later l LEFT JOIN wanted w USING (token_fingerprint)
    LEFT JOIN signer s ON l.account = s.account AND l.key_hash = s.key_hash)
SELECT CASE WHEN count(*) FILTER (let_in AND (of_token OR of_key)) > 0 THEN 'still in use'
            WHEN count(*) = 0 THEN 'unseen' ELSE 'verified' END AS revocation,
  count(*) FILTER (ok AND of_token)::BIGINT AS token_successes, count(*) FILTER (refused AND of_token)::BIGINT AS token_refusals,
  count(*) FILTER (let_in AND NOT ok AND of_token)::BIGINT AS token_let_in, count(*) FILTER (ok AND of_key)::BIGINT AS key_successes,
  max(time) FILTER (let_in AND (of_token OR of_key)) AS last_let_in,
  count(DISTINCT date_trunc('hour', time))::BIGINT AS hours_with_records, min(time) AS first_record, max(time) AS last_record
FROM judged
