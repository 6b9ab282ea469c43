/*---
title: Whole container deleted with a SAS token
id: a8935d5c-0d27-5466-8260-dbbdc4829a1a
code: W-DEL-2
version: 1
status: experimental
kind: window
entity: token
level: high
date: 2026-11-24
description: >-
  A token deletes a container, filesystem, share, table or queue: one request that takes everything in it. Medium for a token
  that deleted five times or more on three of the 28 days before, as test environments do. One finding per token and UTC day.
tags: [attack.impact, attack.t1485]
falsepositives:
  - Environments that are made and removed, in the first days
blindspots:
  - Deleting the account itself is not in this log
  - How much the container held is not in the record
params:
  containers_min: { type: integer, default: 1, unit: containers deleted on the day }
  usual_daily:    { type: integer, default: 5, unit: deletes a day that make a token one that deletes }
  baseline:       { type: interval, default: 28 days }
  days_min:       { type: integer, default: 3, unit: such days before }
needs:
  token: deletes >= $containers_min
  log: >-
    operation_name IN ('DeleteContainer', 'DeleteFilesystem', 'DeleteShare', 'DeleteTable', 'DeleteQueue')
runbook: |
  1. List what this token_hash did in the 24 hours before first_seen, by caller_ip.
  2. Restore the containers within soft delete's retention (7 days unless set otherwise); revoke the token first.
  3. Look for the same caller_ip with other tokens of the account in the 30 days before window_start.
response: Restore the containers before soft delete's retention ends.
tests:
  - name: fires high for one container, and for a share
    rows:
      - { token_hash: A, operation_name: DeleteContainer, operation_class: delete, status_code: 202, object_key: /acct/c }
      - { token_hash: B, operation_name: DeleteShare, operation_class: delete, status_code: 202, object_key: /acct/s, container: s }
    expect: [{ token_hash: A, level: high, containers: [c], deletes: 1 }, { token_hash: B, containers: [s] }]
  - name: fires medium for a token that deletes five a day on the three days before
    rows:
      - { token_hash: A, time: 2026-01-01 12:00:00, operation_name: DeleteContainer, operation_class: delete, status_code: 202, container: 'a{i}', object_key: '/acct/a{i}', repeat: 5, every: 1 minute }
      - { token_hash: A, time: 2026-01-02 12:00:00, operation_name: DeleteContainer, operation_class: delete, status_code: 202, container: 'b{i}', object_key: '/acct/b{i}', repeat: 5, every: 1 minute }
      - { token_hash: A, time: 2026-01-03 12:00:00, operation_name: DeleteContainer, operation_class: delete, status_code: 202, container: 'c{i}', object_key: '/acct/c{i}', repeat: 5, every: 1 minute }
      - { token_hash: A, time: 2026-01-04 12:00:00, operation_name: DeleteContainer, operation_class: delete, status_code: 202, container: 'd{i}', object_key: '/acct/d{i}', repeat: 5, every: 1 minute }
    expect:
      - { window_start: 2026-01-01 00:00:00, level: high }
      - { window_start: 2026-01-02 00:00:00, level: high }
      - { window_start: 2026-01-03 00:00:00, level: high }
      - { window_start: 2026-01-04 00:00:00, level: medium, deletes: 5 }
  - name: fires high after three days of four, and where the usual days are forty days ago
    rows:
      - { token_hash: A, time: 2026-01-01 12:00:00, operation_name: DeleteContainer, operation_class: delete, status_code: 202, container: 'c{i}', object_key: '/acct/c{i}', repeat: 4, every: 1 minute }
      - { token_hash: A, time: 2026-01-02 12:00:00, operation_name: DeleteContainer, operation_class: delete, status_code: 202, container: 'c{i}', object_key: '/acct/c{i}', repeat: 4, every: 1 minute }
      - { token_hash: A, time: 2026-01-03 12:00:00, operation_name: DeleteContainer, operation_class: delete, status_code: 202, container: 'c{i}', object_key: '/acct/c{i}', repeat: 4, every: 1 minute }
      - { token_hash: A, time: 2026-01-04 12:00:00, operation_name: DeleteContainer, operation_class: delete, status_code: 202, container: z, object_key: /acct/z }
      - { token_hash: B, time: 2025-11-17 12:00:00, operation_class: delete, object_key: '/acct/c/o{i}', repeat: 50, every: 4 hours }
      - { token_hash: B, time: 2026-01-04 12:00:00, operation_name: DeleteContainer, operation_class: delete, status_code: 202, container: z, object_key: /acct/z }
    expect:
      - { token_hash: A, window_start: 2026-01-01 00:00:00, level: high }
      - { token_hash: A, window_start: 2026-01-02 00:00:00, level: high }
      - { token_hash: A, window_start: 2026-01-03 00:00:00, level: high }
      - { token_hash: A, window_start: 2026-01-04 00:00:00, level: high, deletes: 1 }
      - { token_hash: B, window_start: 2026-01-04 00:00:00, level: high }
  - name: silent for blobs, for a refusal, and without SAS
    rows:
      - { token_hash: A, operation_class: delete, operation_name: DeleteBlob }
      - { token_hash: B, operation_name: DeleteContainer, operation_class: delete, status_code: 403 }
      - { token_hash: null, token_fingerprint: null, sas_kind: null, auth_type: account_key, operation_name: DeleteContainer, operation_class: delete }
      - { token_hash: C, auth_type: trusted, operation_name: DeleteContainer, operation_class: delete }
      - { token_hash: B, operation_name: DeleteBlob, operation_class: delete }
    expect: []
  - name: fires medium where the usual days are three weeks ago
    rows:
      - { token_hash: A, time: 2026-01-01 00:00:00, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/o{i}', repeat: 18, every: 4 hours }
      - { token_hash: A, time: 2026-01-22 12:00:00, operation_name: DeleteContainer, operation_class: delete, status_code: 202 }
    expect: [{ level: medium }]
  - name: silent for one container where two are asked for
    params: { containers_min: 2 }
    rows:
      - { operation_name: DeleteContainer, operation_class: delete, status_code: 202 }
    expect: []
---*/
WITH suspects AS (
  SELECT token_hash, account, day, max(token_key) AS token_key FROM sas_use
  WHERE bucket >= $since::TIMESTAMP AND bucket < $until::TIMESTAMP AND /* narrows: there is one in them */ deletes > 0 GROUP BY ALL),
removed AS (
  SELECT DISTINCT s.token_hash, l.account, s.day, l.operation_name, coalesce(l.container, l.object_key) AS container, l.time, l.ip_class
  FROM log_row l JOIN suspects s ON l.account = s.account AND coalesce(l.token, l.token_fingerprint) = s.token_key
    AND l.time::DATE = s.day
  WHERE l.time >= $since::TIMESTAMP AND l.time < $until::TIMESTAMP AND l.operation_count = 0 AND l.status_code BETWEEN 200 AND 299
    AND l.operation_name IN ('DeleteContainer', 'DeleteFilesystem', 'DeleteShare', 'DeleteTable', 'DeleteQueue')),
usual AS (
  SELECT r.token_hash, r.account, r.day, count(*) AS days
  FROM (SELECT DISTINCT token_hash, account, day FROM removed) r JOIN token_day d
    ON d.token_hash = r.token_hash AND d.account = r.account AND d.day < r.day AND d.day >= r.day - $baseline
  WHERE d.deletes >= $usual_daily AND d.day >= $since::TIMESTAMP - $baseline
  GROUP BY ALL)
SELECT r.token_hash, r.account, r.day::TIMESTAMP AS window_start, min(r.time) AS first_seen, max(r.time) AS last_seen,
       if(coalesce(max(u.days), 0) >= $days_min, 'medium', 'high') AS level,
       list_sort(list(DISTINCT r.container))[1:20] AS containers, count(*)::BIGINT AS deletes,
       list_sort(list(DISTINCT r.operation_name)) AS operations, bool_or(r.ip_class = 'public') AS from_public_address
FROM removed r LEFT JOIN usual u ON r.token_hash = u.token_hash AND r.account = u.account AND r.day = u.day
GROUP BY r.token_hash, r.account, r.day
HAVING count(*) >= $containers_min
