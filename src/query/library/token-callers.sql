/*---
title: By which addresses and tools a token was used
description: >-
  Address by address and tool by tool: requests, refusals (401, 403) and other failures, as of objects that are not there, what kind,
  objects, bytes, first and last time. Addresses of callers in the account's own Azure region are private ones, whoever they
  belong to.
  Lines of classic logs have no signature; they count where account and parameters are those of the token.
params:
  token: { type: token, doc: "its hash or the beginning of it, or the SAS URL in quotes" }
  except_container: { type: text, default: '', doc: "leave this container out" }
  since: { type: time, default: null, doc: "first moment; without it the oldest record" }
  until: { type: time, default: null, doc: "first moment behind; without it behind the newest record" }
---*/
WITH mine AS (
  SELECT * FROM rows_of_token($token)
  WHERE ($since::TIMESTAMP IS NULL OR time >= $since::TIMESTAMP) AND ($until::TIMESTAMP IS NULL OR time < $until::TIMESTAMP))
SELECT caller_ip AS address, any_value(ip_class) AS ip_class, user_agent, count(*)::BIGINT AS requests,
  count(*) FILTER (status_code IN (401, 403))::BIGINT AS refused, count(*) FILTER (status_code >= 400 AND status_code NOT IN (401, 403))::BIGINT AS failed,
  list(DISTINCT operation_class ORDER BY operation_class) AS operations,
  list(DISTINCT container ORDER BY container) FILTER (container <> '') AS containers,
  count(DISTINCT object_key) FILTER (operation_class = 'read' AND status_code < 300)::BIGINT AS objects_read,
  sum(response_body_bytes)::BIGINT AS bytes_out, sum(request_body_bytes)::BIGINT AS bytes_in, min(time) AS first_seen,
  max(time) AS last_seen
FROM mine WHERE coalesce(container, '') <> $except_container
GROUP BY caller_ip, user_agent ORDER BY bytes_out DESC, address, user_agent
