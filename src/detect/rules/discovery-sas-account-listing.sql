/*---
title: Containers listed with one SAS token
id: 6b8c2f5e-3d0a-4c57-9f1e-7a2d4c90b6e8
code: W-LST-1
version: 1
status: experimental
kind: sequence
entity: token
level: medium
date: 2026-11-26
description: >-
  Within an hour one token lists three containers, or the account and two of its containers, and its family had not listed as
  many containers on any of the 28 days before: somebody looks around who does not know the store. One finding per token and
  UTC day.
tags: [attack.discovery, attack.t1619]
falsepositives:
  - A new inventory, index or virus scan
  - An administrator who looks for something with a storage explorer
blindspots:
  - One container an hour
  - A token of one container cannot list others, and one without list cannot list at all
  - Containers are counted by a bitmap of 63 bits until a token is suspected, which hides one of three in some five of a hundred cases
params:
  window:         { type: interval, default: 1 hour, unit: sliding }
  containers_min: { type: integer, default: 3, unit: containers listed in the window }
  baseline:       { type: interval, default: 28 days }
needs:
  token: lists >= $containers_min AND bit_count(container_bits) + 1 >= $containers_min
  part: listers
  rows: day
runbook: |
  1. List the listings of this token_hash from first_seen to last_seen by container, caller_ip, user_agent and restype.
  2. List what the same caller_ip read with it in the 24 hours after first_seen.
  3. If nobody expected it, look for the same caller_ip at other accounts within 7 days, and revoke the token.
tests:
  - name: fires for three containers within an hour, and for the account and two
    rows:
      - { token_hash: A, time: 2026-01-01 10:00:00, operation_name: ListBlobs, operation_class: list, container: 'c{i}', object_key: '/acct/c{i}', repeat: 3, every: 30 minutes }
      - { token_hash: B, time: 2026-01-01 10:00:00, operation_name: ListContainers, operation_class: list, container: null, object_key: /acct/ }
      - { token_hash: B, time: 2026-01-01 10:05:00, operation_name: ListBlobs, operation_class: list, container: 'c{i}', object_key: '/acct/c{i}', repeat: 2, every: 5 minutes }
    expect: [{ token_hash: A, level: medium, containers_listed: 3, containers: [c0, c1, c2], window_start: 2026-01-01 00:00:00, first_seen: 2026-01-01 10:00:00, last_seen: 2026-01-01 11:00:00 }, { token_hash: B, containers_listed: 3, account_listed: true }]
  - name: silent for two containers, for three within two hours, for refusals, and for reads
    rows:
      - { token_hash: A, time: 2026-01-01 10:00:00, operation_name: ListBlobs, operation_class: list, container: 'c{i}', object_key: '/acct/c{i}', repeat: 2, every: 1 minute }
      - { token_hash: A, time: 2026-01-01 10:10:00, operation_name: ListBlobs, operation_class: list, container: c1, object_key: /acct/c1, repeat: 9, every: 1 minute }
      - { token_hash: A, time: 2026-01-01 10:10:00, container: 'c{i}', object_key: '/acct/c{i}/o', repeat: 5, every: 1 minute }
      - { token_hash: B, time: 2026-01-01 10:00:00, operation_name: ListBlobs, operation_class: list, container: 'c{i}', object_key: '/acct/c{i}', repeat: 3, every: 31 minutes }
      - { token_hash: C, time: 2026-01-01 10:00:00, operation_name: ListBlobs, operation_class: list, container: 'c{i}', object_key: '/acct/c{i}', repeat: 2, every: 1 minute }
      - { token_hash: C, time: 2026-01-01 10:00:30, operation_name: ListBlobs, operation_class: list, container: 'c{i}', object_key: '/acct/c{i}', repeat: 2, every: 1 minute }
      - { token_hash: C, time: 2026-01-01 10:00:00, operation_name: ListBlobs, operation_class: list, status_code: 403, container: 'd{i}', object_key: '/acct/d{i}', repeat: 3, every: 1 minute }
    expect: []
  - name: silent for a family that lists as many, fires for one container more, and after a month
    rows:
      - { token_hash: A, time: 2026-01-01 10:00:00, operation_name: ListBlobs, operation_class: list, sas_sr: null, sas_srt: sco, auth_type: sas_account, container: 'c{i}', object_key: '/acct/c{i}', repeat: 4, every: 1 minute }
      - { token_hash: B, time: 2026-01-03 10:00:00, operation_name: ListBlobs, operation_class: list, sas_sr: null, sas_srt: sco, auth_type: sas_account, container: 'c{i}', object_key: '/acct/c{i}', repeat: 4, every: 1 minute }
      - { token_hash: B, time: 2026-01-05 10:00:00, operation_name: ListBlobs, operation_class: list, sas_sr: null, sas_srt: sco, auth_type: sas_account, container: 'c{i}', object_key: '/acct/c{i}', repeat: 5, every: 1 minute }
      - { token_hash: B, time: 2026-02-03 10:00:00, operation_name: ListBlobs, operation_class: list, sas_sr: null, sas_srt: sco, auth_type: sas_account, container: 'c{i}', object_key: '/acct/c{i}', repeat: 4, every: 1 minute }
    expect: [{ token_hash: A, containers_usual: 0 }, { token_hash: B, containers_usual: 4, containers_listed: 5, window_start: 2026-01-05 00:00:00 }, { token_hash: B, window_start: 2026-02-03 00:00:00 }]
  - name: silent for what the family listed three weeks ago
    rows:
      - { token_hash: A, sas_sr: null, sas_srt: sco, auth_type: sas_account, time: 2026-01-01 10:00:00, operation_name: ListBlobs, operation_class: list, container: 'c{i}', object_key: '/acct/c{i}', repeat: 4, every: 1 minute }
      - { token_hash: B, sas_sr: null, sas_srt: sco, auth_type: sas_account, time: 2026-01-21 10:00:00, operation_name: ListBlobs, operation_class: list, container: 'c{i}', object_key: '/acct/c{i}', repeat: 4, every: 1 minute }
    expect: [{ token_hash: A }]
---*/
WITH listers AS (
  SELECT token_hash, account, day, token_key, family FROM token_day
  WHERE day >= $since::TIMESTAMP - $baseline AND day < $until::TIMESTAMP AND /* narrows: each is one at most */ lists >= $containers_min
    AND /* narrows: counted by name below */ bit_count(container_bits) + 1 >= $containers_min),
requests AS (
  SELECT t.token_hash, l.account, t.family, l.time, coalesce(l.container, '/') AS container
  FROM log_row l JOIN listers t ON l.account = t.account AND coalesce(l.token, l.token_fingerprint) = t.token_key
    AND /* narrows: no other day has enough */ l.time >= t.day AND /* narrows: likewise */ l.time < t.day + INTERVAL '1 day'
  WHERE l.time >= $since::TIMESTAMP - $baseline AND l.time < $until::TIMESTAMP AND l.operation_count = 0
    AND l.operation_class = 'list' AND l.status_code BETWEEN 200 AND 299),
spans AS (
  SELECT *, time::DATE AS day, list(DISTINCT container) OVER span AS names, min(time) OVER span AS since_time
  FROM requests
  WINDOW span AS (PARTITION BY token_hash, account, time::DATE ORDER BY time RANGE BETWEEN $window PRECEDING AND CURRENT ROW)),
days AS (
  SELECT account, family, day, max(len(names)) AS listed FROM spans GROUP BY ALL),
usual AS (
  SELECT account, family, day, coalesce(max(listed) OVER (PARTITION BY account, family ORDER BY day
                                        RANGE BETWEEN $baseline PRECEDING AND INTERVAL '1 day' PRECEDING), 0) AS listed
  FROM days)
SELECT s.token_hash, s.account, s.day::TIMESTAMP AS window_start, min(s.since_time) AS first_seen, max(s.time) AS last_seen,
       'medium' AS level, max(len(s.names))::BIGINT AS containers_listed,
       list_sort(list_filter(arg_max(s.names, len(s.names)), lambda name: name <> '/'))[1:20] AS containers,
       bool_or(list_contains(s.names, '/')) AS account_listed, max(u.listed)::BIGINT AS containers_usual
FROM spans s JOIN usual u ON u.account = s.account AND u.family = s.family AND u.day = s.day
WHERE s.day >= $since::TIMESTAMP::DATE AND len(s.names) >= $containers_min AND len(s.names) > u.listed
GROUP BY s.token_hash, s.account, s.day
