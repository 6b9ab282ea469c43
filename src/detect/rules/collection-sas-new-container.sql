/*---
title: Account SAS reaches into containers it never touched
id: 738a5a97-6ec3-5fee-9934-bc5c3160be0d
code: B-SCP-1
version: 1
status: experimental
kind: baseline
entity: token
level: medium
date: 2026-11-24
description: >-
  An account SAS at least a week old touches three containers in a day that it had not touched in the 28 days before, or writes
  or deletes in one. One finding per token and UTC day.
tags: [attack.collection, attack.t1530]
falsepositives:
  - A new tenant or a new job with the same token
blindspots:
  - Containers are compared in a bitmap of 64 bits; a token over many containers hides a new one
params:
  containers_min: { type: integer, default: 3, unit: new containers on the day }
  age_min:        { type: interval, default: 7 days }
  baseline:       { type: interval, default: 28 days }
needs:
  token: auth_type = 'sas_account' AND first_seen < $until::TIMESTAMP - $age_min + INTERVAL '1 day'
  part: suspects
  only: [token_day]
  rows: day - $baseline
runbook: |
  1. List the requests of this token_hash in `containers` from first_seen to last_seen by caller_ip and operation_class.
  2. Ask its owner for a change within the 7 days before window_start.
  3. If there was none, list what it read or wrote there within 7 days, and treat the token as leaked.
tests:
  - name: fires for three new containers read
    rows:
      - { token_hash: A, auth_type: sas_account, sas_kind: account, sas_sr: null, sas_srt: sco, sas_sp: rwl, time: 2026-01-01 10:00:00, repeat: 8, every: 1 day }
      - { token_hash: A, auth_type: sas_account, sas_kind: account, sas_sr: null, sas_srt: sco, sas_sp: rwl, time: 2026-01-10 10:00:00, container: 'd{i}', object_key: '/acct/d{i}/o', repeat: 3, every: 1 minute }
    expect: [{ token_hash: A, level: medium, containers: [d0, d1, d2], changed: [], window_start: 2026-01-10 00:00:00 }]
  - name: fires for one that it writes to
    rows:
      - { token_hash: A, auth_type: sas_account, sas_kind: account, sas_sr: null, sas_srt: sco, sas_sp: rwl, time: 2026-01-01 10:00:00, repeat: 8, every: 1 day }
      - { token_hash: A, auth_type: sas_account, sas_kind: account, sas_sr: null, sas_srt: sco, sas_sp: rwl, time: 2026-01-10 10:00:00, container: d, object_key: /acct/d/o, operation_name: PutBlob, operation_class: write }
    expect: [{ token_hash: A, changed: [d] }]
  - name: silent for two, in the first week, for known ones, for a service SAS, and for refusals
    rows:
      - { token_hash: A, auth_type: sas_account, sas_kind: account, sas_sr: null, sas_srt: sco, sas_sp: rwl, time: 2026-01-01 10:00:00, repeat: 8, every: 1 day }
      - { token_hash: A, auth_type: sas_account, sas_kind: account, sas_sr: null, sas_srt: sco, sas_sp: rwl, time: 2026-01-10 10:00:00, container: 'd{i}', object_key: '/acct/d{i}/o', repeat: 2, every: 1 minute }
      - { token_hash: B, auth_type: sas_account, sas_kind: account, sas_sr: null, sas_srt: sco, sas_sp: rwl, time: 2026-01-05 10:00:00, repeat: 4, every: 1 day }
      - { token_hash: B, auth_type: sas_account, sas_kind: account, sas_sr: null, sas_srt: sco, sas_sp: rwl, time: 2026-01-10 10:00:00, container: 'd{i}', object_key: '/acct/d{i}/o', repeat: 5, every: 1 minute }
      - { token_hash: C, auth_type: sas_account, sas_kind: account, sas_sr: null, sas_srt: sco, sas_sp: rwl, time: 2026-01-01 10:00:00, container: 'd{i}', object_key: '/acct/d{i}/o', repeat: 5, every: 1 hour }
      - { token_hash: C, auth_type: sas_account, sas_kind: account, sas_sr: null, sas_srt: sco, sas_sp: rwl, time: 2026-01-20 10:00:00, container: 'd{i}', object_key: '/acct/d{i}/o', operation_class: write, repeat: 5, every: 1 minute }
      - { token_hash: D, time: 2026-01-01 10:00:00, repeat: 8, every: 1 day }
      - { token_hash: D, time: 2026-01-10 10:00:00, container: 'd{i}', object_key: '/acct/d{i}/o', repeat: 5, every: 1 minute }
      - { token_hash: E, auth_type: sas_account, sas_kind: account, sas_sr: null, sas_srt: sco, sas_sp: rwl, time: 2026-01-01 10:00:00, repeat: 10, every: 1 day }
      - { token_hash: E, auth_type: sas_account, sas_kind: account, sas_sr: null, sas_srt: sco, sas_sp: rwl, time: 2026-01-10 10:00:00, container: 'd{i}', object_key: '/acct/d{i}/o', status_code: 404, repeat: 5, every: 1 minute }
      - { token_hash: A, auth_type: sas_account, sas_kind: account, sas_sr: null, sas_srt: sco, sas_sp: rwl, time: 2026-01-10 10:00:00, operation_name: ListContainers, operation_class: list, container: null, object_key: /acct/ }
      - { token_hash: A, auth_type: sas_account, sas_kind: account, sas_sr: null, sas_srt: sco, sas_sp: rwl, time: 2026-01-10 11:00:00 }
      - { token_hash: C, auth_type: sas_account, sas_kind: account, sas_sr: null, sas_srt: sco, sas_sp: rwl, time: 2026-01-01 12:00:00, repeat: 20, every: 1 day }
    expect: []
  - name: fires where they were last touched forty days ago
    rows:
      - { token_hash: A, auth_type: sas_account, sas_kind: account, sas_sr: null, sas_srt: sco, sas_sp: rwl, time: 2026-01-20 10:00:00, container: d, object_key: /acct/d/o, operation_class: write }
      - { token_hash: A, auth_type: sas_account, sas_kind: account, sas_sr: null, sas_srt: sco, sas_sp: rwl, time: 2026-02-15 10:00:00, repeat: 8, every: 1 day }
      - { token_hash: A, auth_type: sas_account, sas_kind: account, sas_sr: null, sas_srt: sco, sas_sp: rwl, time: 2026-03-01 10:00:00, container: d, object_key: /acct/d/o, operation_class: write }
    expect: [{ window_start: 2026-03-01 00:00:00 }]
---*/
WITH aged AS (
  SELECT token_hash, account FROM token_life
  WHERE last_seen >= $since::TIMESTAMP AND first_seen < $until::TIMESTAMP - $age_min + INTERVAL '1 day'),
days AS (
  SELECT token_hash, account, day, token_key, container_bits, min(day) OVER earlier AS known_since,
         bit_or(container_bits) OVER earlier AS bits_before
  FROM token_day SEMI JOIN aged USING (token_hash, account)
  WHERE day >= $since::TIMESTAMP - $baseline AND day < $until::TIMESTAMP AND auth_type = 'sas_account'
  WINDOW earlier AS (PARTITION BY token_hash, account ORDER BY day RANGE BETWEEN $baseline PRECEDING AND INTERVAL '1 day' PRECEDING)),
suspects AS (
  SELECT * FROM days
  WHERE day >= $since::TIMESTAMP AND known_since <= day - $age_min AND /* narrows: containers are looked up by name */ bit_count(container_bits & ~bits_before) > 0),
touched AS (
  SELECT s.token_hash, l.account, l.time::DATE AS day, l.container, min(l.time) AS first_time, max(l.time) AS last_time,
         bool_or(l.operation_class IN ('write', 'copy', 'delete', 'acl', 'tier', 'policy')) AS changed, count(*) AS requests
  FROM log_row l JOIN (SELECT DISTINCT token_hash, token_key, account FROM suspects) s
    ON l.account = s.account AND coalesce(l.token, l.token_fingerprint) = s.token_key
  WHERE l.time >= $since::TIMESTAMP - $baseline AND l.time < $until::TIMESTAMP AND l.operation_count = 0 AND l.container IS NOT NULL
    AND (l.status_code BETWEEN 200 AND 299 OR l.status_code = 304)
  GROUP BY ALL),
news AS (
  SELECT *, lag(day) OVER (PARTITION BY token_hash, account, container ORDER BY day) AS day_before FROM touched)
SELECT n.token_hash, n.account, n.day::TIMESTAMP AS window_start, min(n.first_time) AS first_seen, max(n.last_time) AS last_seen,
       'medium' AS level, list_sort(list(n.container))[1:20] AS containers,
       coalesce(list_sort(list(n.container) FILTER (n.changed)), [])[1:20] AS changed
FROM news n SEMI JOIN suspects s ON s.token_hash = n.token_hash AND s.account = n.account AND s.day = n.day
WHERE n.day_before IS NULL OR n.day_before < n.day - $baseline
GROUP BY n.token_hash, n.account, n.day
HAVING count(*) >= $containers_min OR bool_or(n.changed)
