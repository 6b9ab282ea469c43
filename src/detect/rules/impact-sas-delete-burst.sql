/*---
title: Delete burst with one SAS token
id: 3c1d5b0a-5e0b-4a7d-8f63-9d6f0c2b4e11
code: W-DEL-1
version: 1
status: experimental
kind: window
entity: token
level: high
date: 2026-11-24
description: >-
  One token deletes a hundred objects or more within ten minutes, and at least twice the usual peak of its family; or twenty
  or more and five times that peak, once the token is a week old. A family are the tokens of one account with the same kind,
  scope, permissions and lifetime class. One finding per token and UTC day.
tags: [attack.impact, attack.t1485]
falsepositives:
  - A cleanup job in its first three days, before its family has a usual peak
  - A test suite that removes what it made
blindspots:
  - Deletes one by one over hours stay below the window
  - A token of a family that deletes as much every day hides among them
  - Deleting a container is one request
params:
  window:       { type: interval, default: 10 minutes, unit: sliding in steps of 5 minutes }
  objects_min:  { type: integer, default: 100, unit: deletes in the window }
  factor:       { type: integer, default: 2, unit: times the usual peak }
  objects_few:  { type: integer, default: 20, unit: deletes in the window }
  factor_few:   { type: integer, default: 5, unit: times the usual peak }
  baseline:     { type: interval, default: 28 days }
  warm_up:      { type: interval, default: 7 days, unit: age of the token }
  days_min:     { type: integer, default: 3, unit: earlier days with deletes }
runbook: |
  1. List the deletes (`operation_class = 'delete'`) of this token_hash from first_seen to last_seen with object_key and caller_ip.
  2. Look whether the same caller_ip read those objects in the 24 hours before: that is the shape of extortion.
  3. Undelete what soft delete still holds, within its retention (7 days unless set otherwise); revoke the token first.
response: Undelete blobs or restore versions before soft delete's retention ends; keep the log as evidence.
tests:
  - name: fires for 120 deletes within eight minutes
    rows:
      - { token_hash: A, operation_class: delete, operation_name: DeleteBlob, status_code: 202, time: 2026-01-01 22:17:00, object_key: '/acct/c/o{i}', repeat: 120, every: 4 seconds }
    expect: [{ token_hash: A, deletes_in_window: 120, window_start: 2026-01-01 00:00:00, first_seen: 2026-01-01 22:17:00 }]
  - name: fires for 20 deletes of a reader that is weeks old, and makes one finding of a long burst
    rows:
      - { token_hash: A, time: 2026-01-01 10:00:00, repeat: 20, every: 1 day }
      - { token_hash: A, operation_class: delete, operation_name: DeleteBlob, time: 2026-01-21 10:00:00, repeat: 60, every: 30 seconds }
    expect: [{ token_hash: A, deletes_in_window: 20, deletes_on_day: 60 }]
  - name: silent for 99 deletes of a new token
    rows: [{ token_hash: A, operation_class: delete, time: 2026-01-01 10:00:00, repeat: 99, every: 1 second }]
    expect: []
  - name: silent for a nightly cleanup once its family is known
    rows:
      - { token_hash: A1, operation_class: delete, time: 2026-01-01 02:00:00, repeat: 90, every: 1 second }
      - { token_hash: A2, operation_class: delete, time: 2026-01-02 02:00:00, repeat: 90, every: 1 second }
      - { token_hash: A3, operation_class: delete, time: 2026-01-03 02:00:00, repeat: 90, every: 1 second }
      - { token_hash: A4, operation_class: delete, time: 2026-01-04 02:00:00, repeat: 150, every: 1 second }
    expect: []
  - name: silent for lifecycle rules, failed deletes and deletes without SAS
    rows:
      - { token_hash: A, auth_type: trusted, operation_class: delete, repeat: 500, every: 1 second }
      - { token_hash: B, status_code: 403, operation_class: delete, repeat: 500, every: 1 second }
      - { token_hash: null, token_fingerprint: null, auth_type: oauth, operation_class: delete, repeat: 500, every: 1 second }
    expect: []
---*/
WITH use AS (
  SELECT coalesce(r.token_hash, lpad(hex(r.token_fingerprint), 32, '0')::UUID) AS token_hash, r.account, r.bucket,
         concat_ws('|', r.auth_type, coalesce(s.srt, s.sr), s.sp, s.si,
                   if(r.auth_type = 'sas_account', NULL, r.container_bits),
                   date_diff('day', s.st_time, s.se_time) // 7) AS family,
         r.deletes, r.public_n, r.min_time, r.max_time
  FROM rollup r LEFT JOIN sas s ON r.sas_id = s.sas_id
  WHERE r.bucket >= $since::TIMESTAMP - $baseline - $window AND r.bucket < $until::TIMESTAMP
    AND r.auth_type LIKE 'sas\_%' ESCAPE '\' AND r.deletes > 0),
steps AS (
  SELECT token_hash, account, bucket, max(family) AS family, sum(deletes)::BIGINT AS deletes,
         sum(public_n)::BIGINT AS public_n, min(min_time) AS min_time, max(max_time) AS max_time
  FROM use WHERE token_hash IS NOT NULL GROUP BY token_hash, account, bucket),
windows AS (
  SELECT token_hash, account, family, bucket, bucket::DATE AS day, max_time, public_n, deletes,
         sum(deletes) OVER span AS in_window, min(min_time) OVER span AS since_time
  FROM steps
  WINDOW span AS (PARTITION BY token_hash, account ORDER BY bucket
                  RANGE BETWEEN $window - INTERVAL '5 minutes' PRECEDING AND CURRENT ROW)),
days AS (
  SELECT account, family, day, max(in_window) AS peak FROM windows GROUP BY account, family, day),
usual AS (
  SELECT account, family, day,
         if(count(*) OVER earlier >= $days_min, median(peak) OVER earlier, 0) AS peak
  FROM days
  WINDOW earlier AS (PARTITION BY account, family ORDER BY day
                     RANGE BETWEEN $baseline PRECEDING AND INTERVAL '1 day' PRECEDING)),
suspects AS (
  SELECT w.*, u.peak AS usual_peak
  FROM windows w JOIN usual u ON w.account = u.account AND w.family = u.family AND w.day = u.day
  WHERE w.day >= $since::TIMESTAMP::DATE AND w.in_window >= least($objects_few, $objects_min)),
grown AS (
  SELECT DISTINCT s.token_hash, s.account, s.day
  FROM (SELECT DISTINCT token_hash, account, day FROM suspects) s JOIN (
    SELECT DISTINCT coalesce(token_hash, lpad(hex(token_fingerprint), 32, '0')::UUID) AS token_hash, account, bucket::DATE AS day
    FROM rollup
    WHERE bucket >= $since::TIMESTAMP - $baseline AND bucket < $until::TIMESTAMP
      AND auth_type LIKE 'sas\_%' ESCAPE '\' AND ok > 0 AND account IN (SELECT account FROM suspects)
  ) u ON u.token_hash = s.token_hash AND u.account = s.account AND u.day BETWEEN s.day - $baseline AND s.day - $warm_up)
SELECT s.token_hash, s.account, s.day::TIMESTAMP AS window_start, min(s.since_time) AS first_seen,
       max(s.max_time) AS last_seen, max(s.in_window)::BIGINT AS deletes_in_window, max(d.deletes)::BIGINT AS deletes_on_day,
       max(s.usual_peak)::DOUBLE AS usual_peak, bool_or(s.public_n > 0) AS from_public_address
FROM suspects s LEFT JOIN grown g ON s.token_hash = g.token_hash AND s.account = g.account AND s.day = g.day
  JOIN (SELECT token_hash, account, day, sum(deletes) AS deletes FROM windows GROUP BY ALL) d
    ON s.token_hash = d.token_hash AND s.account = d.account AND s.day = d.day
WHERE (s.in_window >= $objects_min AND s.in_window >= $factor * s.usual_peak)
   OR (s.in_window >= $objects_few AND s.in_window >= $factor_few * s.usual_peak AND g.day IS NOT NULL)
GROUP BY s.token_hash, s.account, s.day
