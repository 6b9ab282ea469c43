/*---
title: Which objects a token read
description: >-
  Every object read with success, with how often, how much, when and from how many addresses. Listings are no reads.
  Lines of classic logs have no signature; they count where account and parameters are those of the token.
params:
  token: { type: token, doc: "its hash or the beginning of it, or the SAS URL in quotes" }
  except_container: { type: text, default: '', doc: "leave this container out, as one that is public anyway" }
  since: { type: time, default: null, doc: "first moment; without it the oldest record" }
  until: { type: time, default: null, doc: "first moment behind; without it behind the newest record" }
---*/
WITH mine AS (
  SELECT * FROM rows_of_token($token)
  WHERE ($since::TIMESTAMP IS NULL OR time >= $since::TIMESTAMP) AND ($until::TIMESTAMP IS NULL OR time < $until::TIMESTAMP))
SELECT account, container, object_key, count(*)::BIGINT AS requests, sum(response_body_bytes)::BIGINT AS bytes,
  min(time) AS first_read, max(time) AS last_read, count(DISTINCT caller_ip)::INTEGER AS addresses
FROM mine
WHERE operation_class = 'read' AND status_code < 300 AND coalesce(container, '') <> $except_container
GROUP BY ALL ORDER BY account, container, object_key
