/*---
title: Which other tokens hang on the same signing key
description: >-
  Every token signed with the key that signed this one: all of them end when the key is rotated. Classic logs name no key, so
  tokens that only they know of are not here.
params:
  token: { type: token, doc: "its hash or the beginning of it, or the SAS URL in quotes" }
  since: { type: time, default: null, doc: "first moment; without it the oldest record" }
  until: { type: time, default: null, doc: "first moment behind; without it behind the newest record" }
---*/
WITH signer AS (
  SELECT DISTINCT account, key_name, key_hash FROM storage_log
  WHERE starts_with(token_id, $token) AND key_hash IS NOT NULL)
SELECT l.account, l.key_name, l.token_id, starts_with(l.token_id, $token) AS itself, any_value(l.auth_type) AS auth_type,
  any_value(l.sas_sp) AS powers, any_value(l.sas_si) AS policy, any_value(l.sas_se_time) AS expires, min(l.time) AS first_seen,
  max(l.time) AS last_seen, count(*)::BIGINT AS requests, count(*) FILTER (l.status_code < 300)::BIGINT AS successes
FROM storage_log l JOIN signer s ON l.account = s.account AND l.key_name = s.key_name AND l.key_hash = s.key_hash
WHERE l.auth_type LIKE 'sas\_%' ESCAPE '\' AND ($since::TIMESTAMP IS NULL OR l.time >= $since::TIMESTAMP)
  AND ($until::TIMESTAMP IS NULL OR l.time < $until::TIMESTAMP)
GROUP BY l.account, l.key_name, l.token_id ORDER BY requests DESC, l.token_id
