/*---
title: Whether a token's revocation took
description: >-
  After the moment of revocation: successes of the token, of anything signed with its key, and hours that have records. Verified
  where there are hours with records and no success; unseen where there are none. Refusals may not be logged, so that silence is
  what to expect.
params:
  token: { type: token, doc: "its hash or the beginning of it, or the SAS URL in quotes" }
  revoked: { type: time, doc: "when the key was rotated or the policy taken away" }
  until: { type: time, default: null, doc: "first moment behind; without it behind the newest record" }
---*/
WITH wanted AS (SELECT DISTINCT token_fingerprint FROM tokens WHERE starts_with(token_id, $token) AND token_fingerprint IS NOT NULL),
signer AS (
  SELECT DISTINCT account, key_hash FROM storage_log WHERE starts_with(token_id, $token) AND key_hash IS NOT NULL),
later AS (
  SELECT * FROM storage_log
  WHERE account IN (SELECT unnest(accounts) FROM tokens WHERE starts_with(token_id, $token)) AND time >= $revoked::TIMESTAMP AND ($until::TIMESTAMP IS NULL OR time < $until::TIMESTAMP)),
judged AS (
  SELECT l.*, l.status_code < 300 AS ok,
    starts_with(l.token_id, $token) OR (l.token_hash IS NULL AND w.token_fingerprint IS NOT NULL) AS of_token,
    s.key_hash IS NOT NULL AS of_key
  FROM later l LEFT JOIN wanted w USING (token_fingerprint)
    LEFT JOIN signer s ON l.account = s.account AND l.key_hash = s.key_hash)
SELECT CASE WHEN count(*) FILTER (ok AND (of_token OR of_key)) > 0 THEN 'still in use'
            WHEN count(*) = 0 THEN 'unseen' ELSE 'verified' END AS revocation,
  count(*) FILTER (ok AND of_token)::BIGINT AS token_successes, count(*) FILTER (NOT ok AND of_token)::BIGINT AS token_refusals,
  count(*) FILTER (ok AND of_key)::BIGINT AS key_successes, max(time) FILTER (ok AND (of_token OR of_key)) AS last_success,
  count(DISTINCT date_trunc('hour', time))::BIGINT AS hours_with_records, min(time) AS first_record, max(time) AS last_record
FROM judged
