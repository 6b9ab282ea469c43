/*---
title: SAS token does something it never did
id: f4a0b2c6-1a3e-4b1f-8f5d-7e6c9b0d2a41
code: B-OP-1
version: 2
status: experimental
kind: baseline
entity: token
level: medium
date: 2026-11-24
modified: 2026-11-28
description: >-
  A token at least a week old, with a hundred requests in the 90 days before, uses a class of operation that it had not used in the 28
  days before: a reader starts to list, write or delete. High for deletes, access control and retention policies. One finding
  per token and UTC day.
tags: [attack.initial-access, attack.t1078.004]
falsepositives:
  - A release that gives a job a new task
  - A task that runs less often than every 28 days
blindspots:
  - What a token was used for in its first week counts as usual
  - Tokens minted anew for each job never get old enough
  - Property reads, leases and unknown operations are not counted as new
params:
  age_min:      { type: interval, default: 7 days }
  requests_min: { type: integer, default: 100, unit: requests in the history }
  baseline:     { type: interval, default: 28 days, unit: without that class of operation }
  history:      { type: interval, default: 90 days, unit: in which requests are counted }
needs:
  token: first_seen < $until::TIMESTAMP - $age_min + INTERVAL '1 day'
  part: suspects
  only: [sas_use, token_day]
  rows: day - INTERVAL '42 days'
runbook: |
  1. List the requests of the classes in `operations` by this token_hash on the day of window_start, with caller_ip, user_agent and object_key.
  2. Look whether those caller_ip used the token in the 28 days before; if they did, ask their owner for a change on that day.
  3. If not, list all they did within 7 days after first_seen, and treat the token as leaked.
tests:
  - name: fires medium where a reader lists the account
    rows:
      - { token_hash: A, time: 2026-01-01 10:00:00, repeat: 160, every: 2 hours }
      - { token_hash: A, time: 2026-01-14 02:10:00, operation_name: ListContainers, operation_class: list }
    expect: [{ token_hash: A, level: medium, operations: [list], window_start: 2026-01-14 00:00:00, first_seen: 2026-01-14 02:10:00 }]
  - name: fires high where it deletes, and once for all classes of a day
    rows:
      - { token_hash: A, time: 2026-01-01 10:00:00, repeat: 160, every: 2 hours }
      - { token_hash: A, time: 2026-01-14 03:00:00, operation_name: PutBlob, operation_class: write }
      - { token_hash: A, time: 2026-01-14 02:00:00, operation_name: DeleteBlob, operation_class: delete, repeat: 3, every: 1 hour }
    expect: [{ token_hash: A, level: high, operations: [delete, write], new_requests: 4 }]
  - name: silent for a token of three days, for one of five, and for one of few requests
    rows:
      - { token_hash: A, time: 2026-01-01 10:00:00, repeat: 200, every: 20 minutes }
      - { token_hash: A, time: 2026-01-04 10:00:00, operation_name: DeleteBlob, operation_class: delete }
      - { token_hash: B, time: 2026-01-01 10:00:00, repeat: 90, every: 3 hours }
      - { token_hash: B, time: 2026-01-13 23:00:00, operation_name: DeleteBlob, operation_class: delete }
      - { token_hash: C, time: 2026-01-01 10:00:00, repeat: 200, every: 30 minutes }
      - { token_hash: C, time: 2026-01-06 10:00:00, operation_name: DeleteBlob, operation_class: delete }
    expect: []
  - name: silent for what the token did two or three weeks ago, and for a try that failed
    rows:
      - { token_hash: A, time: 2026-01-01 10:00:00, repeat: 160, every: 2 hours }
      - { token_hash: A, time: 2026-01-01 11:00:00, operation_name: ListBlobs, operation_class: list }
      - { token_hash: A, time: 2026-01-14 03:00:00, operation_name: ListBlobs, operation_class: list }
      - { token_hash: A, time: 2026-01-14 03:00:00, operation_name: PutBlob, operation_class: write, status_code: 403 }
      - { token_hash: B, time: 2026-01-01 10:00:00, repeat: 260, every: 2 hours }
      - { token_hash: B, time: 2026-01-01 11:00:00, operation_name: ListBlobs, operation_class: list }
      - { token_hash: B, time: 2026-01-21 11:00:00, operation_name: ListBlobs, operation_class: list }
    expect: []
  - name: silent for a token of few requests whose records came twice
    rows:
      - { token_hash: A, time: 2026-01-01 10:00:00, repeat: 60, every: 4 hours }
      - { token_hash: A, time: 2026-01-01 10:00:00, repeat: 60, every: 4 hours }
      - { token_hash: A, time: 2026-01-13 23:00:00, operation_name: DeleteBlob, operation_class: delete }
    expect: []
  - name: fires for what it last did forty days ago
    rows:
      - { token_hash: A, time: 2026-01-01 10:00:00, repeat: 520, every: 2 hours }
      - { token_hash: A, time: 2026-01-02 11:00:00, operation_name: ListBlobs, operation_class: list }
      - { token_hash: A, time: 2026-02-11 11:00:00, operation_name: ListBlobs, operation_class: list }
    expect: [{ window_start: 2026-02-11 00:00:00, operations: [list] }]
  - name: fires after two months without use, silent after four
    rows:
      - { token_hash: A, time: 2026-01-01 10:00:00, repeat: 150, every: 1 hour }
      - { token_hash: A, time: 2026-03-02 10:00:00, operation_name: ListBlobs, operation_class: list }
      - { token_hash: B, time: 2026-01-01 10:00:00, repeat: 150, every: 1 hour }
      - { token_hash: B, time: 2026-05-05 10:00:00, operation_name: ListBlobs, operation_class: list }
    expect: [{ token_hash: A, requests_before: 150 }]
---*/
WITH aged AS (
  SELECT token_hash, account FROM token_life
  WHERE last_seen >= $since::TIMESTAMP AND first_seen < $until::TIMESTAMP - $age_min + INTERVAL '1 day'),
days AS (
  SELECT token_hash, account, day, token_key, ok AS requests FROM token_day SEMI JOIN aged USING (token_hash, account)
  WHERE day >= $since::TIMESTAMP - $history AND day < $until::TIMESTAMP),
grown AS (
  SELECT d.token_hash, d.account, d.day, max(d.token_key) AS token_key, sum(e.requests) AS requests_before,
         coalesce(sum(e.requests) FILTER (e.day < d.day - INTERVAL '42 days'), 0) AS long_before
  FROM days d JOIN days e
    ON e.token_hash = d.token_hash AND e.account = d.account AND /* narrows: counted by request below */ e.day < d.day AND e.day >= d.day - $history
  WHERE d.day >= $since::TIMESTAMP::DATE
  GROUP BY d.token_hash, d.account, d.day HAVING min(e.day) <= d.day - $age_min AND /* narrows: counted by request below */ requests_before >= $requests_min),
used AS (
  SELECT token_hash, account, day, public_n, unnest([{name: 'read', n: reads}, {name: 'list', n: lists}, {name: 'write', n: writes},
           {name: 'copy', n: copies}, {name: 'delete', n: deletes}, {name: 'acl', n: acls}, {name: 'tier', n: tiers},
           {name: 'policy', n: policies}]) AS class
  FROM token_day SEMI JOIN aged USING (token_hash, account)
  WHERE day >= $since::TIMESTAMP - $baseline AND day < $until::TIMESTAMP),
news AS (
  SELECT token_hash, account, day, class.name AS class, class.n AS n, public_n,
         lag(day) OVER (PARTITION BY token_hash, account, class.name ORDER BY day) AS day_before
  FROM used WHERE class.n > 0),
suspects AS (
  SELECT DISTINCT g.*
  FROM grown g JOIN news n ON n.token_hash = g.token_hash AND n.account = g.account AND n.day = g.day
  WHERE /* narrows: asked again below */ (n.day_before IS NULL OR n.day_before < n.day - $baseline)),
-- The rollups may count a record twice that upstream delivered twice, until it is compacted: so of six weeks records are counted.
requests AS (
  SELECT DISTINCT ON (s.token_hash, l.account, l.correlation_id, l.time, l.time_tick, l.operation_name, l.object_key)
         s.token_hash, l.account, l.time
  FROM log_row l JOIN (SELECT DISTINCT token_hash, token_key, account FROM suspects) s
    ON l.account = s.account AND coalesce(l.token, l.token_fingerprint) = s.token_key
  WHERE l.time >= $since::TIMESTAMP - INTERVAL '42 days' AND l.time < $until::TIMESTAMP AND l.operation_count = 0
    AND (l.status_code BETWEEN 200 AND 299 OR l.status_code = 304)),
known AS (
  SELECT s.token_hash, s.account, s.day, count(r.time) + max(s.long_before) AS requests_before
  FROM suspects s LEFT JOIN requests r
    ON r.token_hash = s.token_hash AND r.account = s.account AND r.time < s.day AND r.time >= s.day - INTERVAL '42 days'
  GROUP BY s.token_hash, s.account, s.day HAVING requests_before >= $requests_min),
times AS (
  SELECT token_hash, account, day, class, min(min_time) AS first_time, max(max_time) AS last_time
  FROM (SELECT token_hash, account, day, min_time, max_time, unnest(list_filter([
               if(reads > 0, 'read', NULL), if(lists > 0, 'list', NULL), if(writes > 0, 'write', NULL), if(copies > 0, 'copy', NULL),
               if(deletes > 0, 'delete', NULL), if(acls > 0, 'acl', NULL), if(tiers > 0, 'tier', NULL),
               if(policies > 0, 'policy', NULL)], lambda class: class IS NOT NULL)) AS class
        FROM sas_use WHERE bucket >= $since::TIMESTAMP AND bucket < $until::TIMESTAMP)
  GROUP BY ALL)
SELECT n.token_hash, n.account, n.day::TIMESTAMP AS window_start, min(t.first_time) AS first_seen,
       max(t.last_time) AS last_seen, if(bool_or(n.class IN ('delete', 'acl', 'policy')), 'high', 'medium') AS level,
       list_sort(list(n.class)) AS operations, sum(n.n)::BIGINT AS new_requests,
       max(k.requests_before)::BIGINT AS requests_before, bool_or(n.public_n > 0) AS from_public_address
FROM news n
  JOIN times t ON n.token_hash = t.token_hash AND n.account = t.account AND n.day = t.day AND n.class = t.class
  JOIN known k ON n.token_hash = k.token_hash AND n.account = k.account AND n.day = k.day
WHERE n.day_before IS NULL OR n.day_before < n.day - $baseline
GROUP BY n.token_hash, n.account, n.day
