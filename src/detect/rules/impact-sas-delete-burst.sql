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
  window:       { type: interval, default: 10 minutes, unit: sliding }
  objects_min:  { type: integer, default: 100, unit: distinct objects in the window }
  factor:       { type: integer, default: 2, unit: times the usual peak }
  objects_few:  { type: integer, default: 20, unit: distinct objects in the window }
  factor_few:   { type: integer, default: 5, unit: times the usual peak }
  baseline:     { type: interval, default: 28 days }
  warm_up:      { type: interval, default: 7 days, unit: age of the token }
  days_min:     { type: integer, default: 3, unit: earlier days with deletes }
needs:
  token: deletes >= least($objects_few, $objects_min)
  part: suspects
  only: [sas_use, token_day]
  rows: day - $window
runbook: |
  1. List the deletes (`operation_class = 'delete'`) of this token_hash from first_seen to last_seen with object_key and caller_ip.
  2. Look whether the same caller_ip read those objects in the 24 hours before: that is the shape of extortion.
  3. Undelete what soft delete still holds, within its retention (7 days unless set otherwise); revoke the token first.
response: List what was deleted (saswatch query --saved objects-changed). Undelete blobs or restore versions before soft delete's retention ends; keep the log as evidence.
tests:
  - name: fires for 120 deletes within eight minutes
    rows:
      - { token_hash: A, operation_class: delete, operation_name: DeleteBlob, status_code: 202, time: 2026-01-01 22:17:00, object_key: '/acct/c/o{i}', repeat: 120, every: 4 seconds }
    expect: [{ token_hash: A, deletes_in_window: 120, window_start: 2026-01-01 00:00:00, first_seen: 2026-01-01 22:17:00 }]
  - name: fires for 20 deletes of a reader that is weeks old, and makes one finding of a long burst
    rows:
      - { token_hash: A, time: 2026-01-01 10:00:00, repeat: 20, every: 1 day }
      - { token_hash: A, operation_class: delete, operation_name: DeleteBlob, object_key: '/acct/c/o{i}', time: 2026-01-21 10:00:00, repeat: 60, every: 31 seconds }
    expect: [{ token_hash: A, deletes_in_window: 20, deletes_on_day: 60 }]
  - name: fires for exactly a hundred, and not because records came twice
    rows:
      - { token_hash: A, operation_class: delete, time: 2026-01-01 10:00:00, object_key: '/acct/c/o{i}', repeat: 100, every: 6 seconds }
      - { token_hash: B, operation_class: delete, time: 2026-01-01 10:00:00, object_key: '/acct/c/o{i}', repeat: 60, every: 1 second }
      - { token_hash: B, operation_class: delete, time: 2026-01-01 10:00:00, object_key: '/acct/c/o{i}', repeat: 60, every: 1 second }
    expect: [{ token_hash: A, deletes_in_window: 100 }]
  - name: silent for a hundred in more than ten minutes
    rows: [{ token_hash: A, operation_class: delete, time: 2026-01-01 10:00:00, object_key: '/acct/c/o{i}', repeat: 100, every: 6100 milliseconds }]
    expect: []
  - name: silent for 99 deletes of a new token, which reads as many objects
    rows:
      - { token_hash: A, operation_class: delete, object_key: '/acct/c/o{i}', time: 2026-01-01 10:00:00, repeat: 99, every: 1 second }
      - { token_hash: A, object_key: '/acct/c/p{i}', time: 2026-01-01 10:00:00, repeat: 99, every: 1 second }
    expect: []
  - name: silent for a nightly cleanup once its family is known, also where records come twice; fires for more than twice as much
    rows:
      - { token_hash: A1, operation_class: delete, object_key: '/acct/c/o{i}', time: 2026-01-01 02:00:00, repeat: 90, every: 1 second }
      - { token_hash: A2, operation_class: delete, object_key: '/acct/c/o{i}', time: 2026-01-02 02:00:00, repeat: 90, every: 1 second }
      - { token_hash: A3, operation_class: delete, object_key: '/acct/c/o{i}', time: 2026-01-03 02:00:00, repeat: 90, every: 1 second }
      - { token_hash: A4, operation_class: delete, object_key: '/acct/c/o{i}', time: 2026-01-04 02:00:00, repeat: 150, every: 1 second }
      - { token_hash: A5, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/o{i}', time: 2026-01-05 02:00:00, repeat: 120, every: 1 second }
      - { token_hash: A5, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/o{i}', time: 2026-01-05 02:00:00, repeat: 120, every: 1 second }
      - { token_hash: A6, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/o{i}', time: 2026-01-06 02:00:00, repeat: 250, every: 1 second }
    expect: [{ token_hash: A6, usual_peak: 90 }]
  - name: silent for lifecycle rules, failed deletes and deletes without SAS
    rows:
      - { token_hash: A, auth_type: trusted, operation_class: delete, object_key: '/acct/c/o{i}', repeat: 500, every: 1 second }
      - { token_hash: B, status_code: 403, operation_class: delete, object_key: '/acct/c/o{i}', repeat: 500, every: 1 second }
      - { token_hash: null, token_fingerprint: null, auth_type: oauth, operation_class: delete, object_key: '/acct/c/o{i}', repeat: 500, every: 1 second }
    expect: []
  - name: fires for 20 deletes of a reader of ten days, silent for one of five and for 15
    rows:
      - { token_hash: A, time: 2026-01-01 10:00:00, repeat: 11, every: 1 day }
      - { token_hash: A, time: 2026-01-11 12:00:00, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/o{i}', every: 1 second, repeat: 20 }
      - { token_hash: B, time: 2026-01-06 10:00:00, repeat: 6, every: 1 day }
      - { token_hash: B, time: 2026-01-11 12:00:00, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/o{i}', every: 1 second, repeat: 20 }
      - { token_hash: C, time: 2026-01-01 10:00:00, repeat: 11, every: 1 day }
      - { token_hash: C, time: 2026-01-11 12:00:00, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/o{i}', every: 1 second, repeat: 15 }
    expect: [{ token_hash: A }]
  - name: fires for six times the usual of an older token, silent for four times
    rows:
      - { token_hash: A, sas_sp: rd, time: 2026-01-01 10:00:00, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/o{i}', every: 1 second, repeat: 10 }
      - { token_hash: A, sas_sp: rd, time: 2026-01-02 10:00:00, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/o{i}', every: 1 second, repeat: 10 }
      - { token_hash: A, sas_sp: rd, time: 2026-01-03 10:00:00, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/o{i}', every: 1 second, repeat: 10 }
      - { token_hash: B, sas_sp: rdl, time: 2026-01-01 10:00:00, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/o{i}', every: 1 second, repeat: 10 }
      - { token_hash: B, sas_sp: rdl, time: 2026-01-02 10:00:00, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/o{i}', every: 1 second, repeat: 10 }
      - { token_hash: B, sas_sp: rdl, time: 2026-01-03 10:00:00, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/o{i}', every: 1 second, repeat: 10 }
      - { token_hash: A, sas_sp: rd, time: 2026-01-12 10:00:00, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/o{i}', every: 1 second, repeat: 60 }
      - { token_hash: B, sas_sp: rdl, time: 2026-01-12 10:00:00, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/o{i}', every: 1 second, repeat: 40 }
    expect: [{ token_hash: A, usual_peak: 10 }]
  - name: silent where the family did so three weeks ago, fires after forty days and where it did so on two days only
    rows:
      - { token_hash: 'A1', sas_sp: rd, time: 2026-01-01 02:00:00, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/o{i}', every: 1 second, repeat: 90 }
      - { token_hash: 'A2', sas_sp: rd, time: 2026-01-02 02:00:00, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/o{i}', every: 1 second, repeat: 90 }
      - { token_hash: 'A3', sas_sp: rd, time: 2026-01-03 02:00:00, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/o{i}', every: 1 second, repeat: 90 }
      - { token_hash: 'B1', sas_sp: rdl, time: 2026-01-01 02:00:00, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/o{i}', every: 1 second, repeat: 90 }
      - { token_hash: 'B2', sas_sp: rdl, time: 2026-01-02 02:00:00, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/o{i}', every: 1 second, repeat: 90 }
      - { token_hash: 'B3', sas_sp: rdl, time: 2026-01-03 02:00:00, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/o{i}', every: 1 second, repeat: 90 }
      - { token_hash: 'C1', sas_sp: d, time: 2026-01-01 02:00:00, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/o{i}', every: 1 second, repeat: 90 }
      - { token_hash: 'C2', sas_sp: d, time: 2026-01-02 02:00:00, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/o{i}', every: 1 second, repeat: 90 }
      - { token_hash: A, sas_sp: rd, time: 2026-01-21 02:00:00, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/o{i}', every: 1 second, repeat: 150 }
      - { token_hash: B, sas_sp: rdl, time: 2026-02-12 02:00:00, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/o{i}', every: 1 second, repeat: 150 }
      - { token_hash: C, sas_sp: d, time: 2026-01-03 02:00:00, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/o{i}', every: 1 second, repeat: 150 }
    expect: [{ token_hash: B }, { token_hash: C }]
  - name: silent where the family reads on most days
    rows:
      - { token_hash: A1, time: 2026-01-01 02:00:00, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/o{i}', every: 1 second, repeat: 90 }
      - { token_hash: A2, time: 2026-01-02 02:00:00, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/o{i}', every: 1 second, repeat: 90 }
      - { token_hash: A3, time: 2026-01-03 02:00:00, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/o{i}', every: 1 second, repeat: 90 }
      - { token_hash: R, time: 2026-01-04 02:00:00, repeat: 4, every: 1 day }
      - { token_hash: A8, time: 2026-01-08 02:00:00, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/o{i}', every: 1 second, repeat: 150 }
    expect: []
---*/
WITH windows AS (
  SELECT token_hash, account, token_key, family, bucket, day, sum(deletes) OVER (
           PARTITION BY token_hash, account ORDER BY bucket RANGE BETWEEN $window PRECEDING AND CURRENT ROW) AS in_window
  FROM (SELECT token_hash, account, bucket, day, max(token_key) AS token_key, max(family) AS family, sum(deletes) AS deletes FROM sas_use
        WHERE bucket >= $since::TIMESTAMP - $window AND bucket < $until::TIMESTAMP AND /* narrows: nothing is added */ deletes > 0 GROUP BY ALL)),
families AS (
  SELECT account, family, day, peak_deletes FROM family_day
  WHERE day >= $since::TIMESTAMP - $baseline AND day < $until::TIMESTAMP AND peak_deletes > 0),
usual AS (
  SELECT f.account, f.family, f.day, if(count(e.day) >= $days_min, median(e.peak_deletes), 0) AS peak
  FROM families f LEFT JOIN families e
    ON e.account = f.account AND e.family = f.family AND e.day < f.day AND e.day >= f.day - $baseline
  WHERE /* narrows: no other day is judged */ f.day >= $since::TIMESTAMP
  GROUP BY f.account, f.family, f.day),
suspects AS (
  SELECT w.token_hash, w.account, w.token_key, w.day, max(u.peak) AS usual_peak
  FROM windows w JOIN usual u ON w.account = u.account AND w.family = u.family AND w.day = u.day
  WHERE w.day >= $since::TIMESTAMP::DATE 
    AND /* narrows: counted by object below */ w.in_window >= least($objects_few, $objects_min)
    AND /* narrows: likewise */ w.in_window >= $factor * u.peak
  GROUP BY ALL),
aged AS (
  SELECT s.token_hash, s.account, s.day FROM suspects s JOIN token_day t ON t.token_hash = s.token_hash AND t.account = s.account
    AND t.day BETWEEN s.day - $baseline AND s.day - $warm_up
  GROUP BY ALL),
numbered AS (
  SELECT *, dense_rank() OVER (ORDER BY token_hash, account) AS number FROM suspects),
-- An object counts once a day: upstream delivers some records twice.
deleted AS (
  SELECT t.number, l.time::DATE AS day, hash(coalesce(l.object_key, l.correlation_id::VARCHAR)) AS object,
         min(l.time) AS time, bool_or(l.ip_class = 'public') AS public
  FROM log_row l JOIN (
    SELECT DISTINCT s.number, u.token_key, u.account FROM sas_use u
      JOIN numbered s ON u.token_hash = s.token_hash AND u.account = s.account
    WHERE u.bucket >= $since::TIMESTAMP AND u.bucket < $until::TIMESTAMP
  ) t ON l.account = t.account AND coalesce(l.token, l.token_fingerprint) = t.token_key
  WHERE l.time >= $since::TIMESTAMP - $window AND l.time < $until::TIMESTAMP AND l.operation_count = 0
    AND l.operation_class = 'delete' AND (l.status_code BETWEEN 200 AND 299)
  GROUP BY ALL),
-- A running total at the end of a window less that before its first moment costs less than to look for the rows of each window.
moments AS (
  SELECT *, sum(deletes) OVER (ORDER BY number, time ROWS UNBOUNDED PRECEDING) AS deletes_by
  FROM (SELECT number, day, time, count(*) AS deletes, bool_or(public) AS public FROM deleted GROUP BY ALL)),
bursts AS (
  SELECT w.number, w.day, w.time, w.public, w.deletes_by - b.deletes_by + b.deletes AS in_window, b.time AS since_time
  FROM moments w ASOF JOIN moments b ON b.number = w.number AND b.time >= w.time - $window)
SELECT s.token_hash, s.account, s.day::TIMESTAMP AS window_start, min(b.since_time) AS first_seen, max(b.time) AS last_seen,
       max(b.in_window)::BIGINT AS deletes_in_window, max(d.deletes)::BIGINT AS deletes_on_day,
       max(s.usual_peak)::DOUBLE AS usual_peak, bool_or(b.public) AS from_public_address
FROM bursts b
  JOIN numbered s ON b.number = s.number AND b.day = s.day
  JOIN (SELECT number, day, count(*) AS deletes FROM deleted GROUP BY ALL) d ON b.number = d.number AND b.day = d.day
  LEFT JOIN aged a ON s.token_hash = a.token_hash AND s.account = a.account AND s.day = a.day
WHERE (b.in_window >= $objects_min AND b.in_window >= $factor * s.usual_peak)
   OR (b.in_window >= $objects_few AND b.in_window >= $factor_few * s.usual_peak AND a.day IS NOT NULL)
GROUP BY s.token_hash, s.account, s.day
