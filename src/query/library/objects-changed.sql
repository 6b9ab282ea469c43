/*---
title: What a token changed or deleted
description: >-
  Every object written, overwritten, copied to, moved to another tier or deleted with success, operation by operation. The log
  does not say whether a write replaced something; read_before tells that somebody read the object earlier in this lake.
  Lines of classic logs have no signature; they count where account and parameters are those of the token.
params:
  token: { type: token, doc: "its hash or the beginning of it, or the SAS URL in quotes" }
  since: { type: time, default: null, doc: "first moment; without it the oldest record" }
  until: { type: time, default: null, doc: "first moment behind; without it behind the newest record" }
---*/
WITH mine AS (
  SELECT * FROM rows_of_token($token)
  WHERE ($since::TIMESTAMP IS NULL OR time >= $since::TIMESTAMP) AND ($until::TIMESTAMP IS NULL OR time < $until::TIMESTAMP)),
changed AS (
  SELECT account, container, object_key, operation_class, operation_name, count(*)::BIGINT AS requests,
    sum(request_body_bytes)::BIGINT AS bytes, min(time) AS first_time, max(time) AS last_time,
    list(DISTINCT caller_ip ORDER BY caller_ip) AS addresses
  FROM mine
  WHERE operation_class IN ('write', 'copy', 'delete', 'tier', 'acl', 'policy') AND status_code < 300
  GROUP BY ALL),
reads AS (
  SELECT account, object_key, min(time) AS first_read
  FROM storage_log SEMI JOIN changed USING (account, object_key)
  WHERE operation_class = 'read' AND status_code < 300 GROUP BY ALL)
SELECT c.*, coalesce(r.first_read < c.first_time, false) AS read_before
FROM changed c LEFT JOIN reads r USING (account, object_key)
ORDER BY c.first_time, c.account, c.object_key, c.operation_name
