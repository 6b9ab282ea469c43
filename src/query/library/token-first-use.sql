/*---
title: When a token was first used, for what and where
description: >-
  First and last success of each kind of operation in each container, oldest first; the first line is the first use of all.
  Lines of classic logs have no signature; they count where account and parameters are those of the token.
params:
  token: { type: token, doc: "its hash or the beginning of it, or the SAS URL in quotes" }
  since: { type: time, default: null, doc: "first moment; without it the oldest record" }
  until: { type: time, default: null, doc: "first moment behind; without it behind the newest record" }
---*/
WITH mine AS (
  SELECT * FROM rows_of_token($token)
  WHERE ($since::TIMESTAMP IS NULL OR time >= $since::TIMESTAMP) AND ($until::TIMESTAMP IS NULL OR time < $until::TIMESTAMP))
SELECT min(time) AS first_use, max(time) AS last_use, account, container, operation_class, count(*)::BIGINT AS requests,
  arg_min(caller_ip, time) AS first_address, arg_min(user_agent, time) AS first_tool, arg_min(object_key, time) AS first_object
FROM mine WHERE status_code < 300 GROUP BY account, container, operation_class ORDER BY first_use, container, operation_class
