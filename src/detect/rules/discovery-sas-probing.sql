/*---
title: Probing with a valid SAS token
id: f7462a5e-b2ae-54aa-ba2e-935ff1b98542
code: W-ERR-1
version: 2
status: experimental
kind: window
entity: token
level: medium
date: 2026-11-24
modified: 2026-11-28
description: >-
  A token that works is refused or finds nothing fifty times within ten minutes, at twenty objects or more, and five times
  more often than usual for its family: somebody guesses names, or tries what the token may not do. One finding per token
  and UTC day.
tags: [attack.discovery, attack.t1619]
falsepositives:
  - An application with a list of objects that are gone
blindspots:
  - Refusals of a token that never worked are not counted here, and may not be logged
  - Failures of the service count as usual for the family, so that a bad week hides a probe
params:
  window:      { type: interval, default: 10 minutes }
  errors_min:  { type: integer, default: 50, unit: refused requests in the window }
  objects_min: { type: integer, default: 20, unit: distinct objects refused in the window }
  factor:      { type: integer, default: 5, unit: times the usual peak }
  baseline:    { type: interval, default: 28 days }
  days_min:    { type: integer, default: 3, unit: earlier days with errors }
needs:
  token: errors >= $errors_min
  part: suspects
  only: [sas_use]
  rows: day - $window
runbook: |
  1. List the refusals of this token_hash from first_seen to last_seen by status_text, caller_ip and object_key.
  2. Look whether the same caller_ip succeeded within 1 hour after, and with what.
  3. If the names follow a pattern nobody knows, list its use in the 30 days before window_start and revoke it.
tests:
  - name: fires for fifty refusals at twenty objects within ten minutes
    rows:
      - { token_hash: A, time: 2026-01-01 09:00:00 }
      - { token_hash: A, time: 2026-01-01 10:00:00, status_code: 404, status_text: BlobNotFound, object_key: '/acct/c/o{i}', repeat: 20, every: 10 seconds }
      - { token_hash: A, time: 2026-01-01 10:04:00, status_code: 403, status_text: AuthorizationPermissionMismatch, object_key: '/acct/c/o1', repeat: 30, every: 10 seconds }
    expect: [{ token_hash: A, level: medium, errors_in_window: 50, objects_in_window: 20, window_start: 2026-01-01 00:00:00 }]
  - name: silent for 49, for 19 objects, in a quarter of an hour, for other errors, and for a token that never worked before
    rows:
      - { token_hash: A, time: 2026-01-01 09:00:00 }
      - { token_hash: A, time: 2026-01-01 10:00:00, status_code: 404, object_key: '/acct/c/o{i}', repeat: 49, every: 10 seconds }
      - { token_hash: A, time: 2026-01-01 10:00:00, status_code: 404, object_key: '/acct/c/o{i}', repeat: 49, every: 10 seconds }
      - { token_hash: B, time: 2026-01-01 09:00:00 }
      - { token_hash: B, time: 2026-01-01 10:00:00, status_code: 404, object_key: '/acct/c/o{i}', repeat: 19, every: 1 second }
      - { token_hash: B, time: 2026-01-01 10:01:00, status_code: 404, object_key: '/acct/c/o1', repeat: 90, every: 1 second }
      - { token_hash: C, time: 2026-01-01 09:00:00 }
      - { token_hash: C, time: 2026-01-01 10:00:00, status_code: 404, object_key: '/acct/c/o{i}', repeat: 50, every: 18 seconds }
      - { token_hash: D, time: 2026-01-01 09:00:00 }
      - { token_hash: D, time: 2026-01-01 10:00:00, status_code: 503, object_key: '/acct/c/o{i}', repeat: 90, every: 1 second }
      - { token_hash: E, time: 2026-01-01 10:00:00, status_code: 403, object_key: '/acct/c/o{i}', repeat: 90, every: 1 second }
      - { token_hash: E, time: 2026-01-03 10:00:00 }
    expect: []
  - name: silent for tokens of half a day that were over two days before, fires a day after, for one of a month and under a policy
    rows:
      - { token_hash: A, sas_sp: r, time: 2026-01-01 09:00:00, sas_st: '2026-01-01T00:00:00Z', sas_se: '2026-01-01T12:00:00Z' }
      - { token_hash: A, sas_sp: r, time: 2026-01-03 10:00:00, sas_st: '2026-01-01T00:00:00Z', sas_se: '2026-01-01T12:00:00Z', status_code: 403, object_key: '/acct/c/o{i}', repeat: 60, every: 1 second }
      - { token_hash: B, sas_sp: rl, time: 2026-01-01 09:00:00, sas_st: null, sas_se: '2026-01-01T12:00:00Z' }
      - { token_hash: B, sas_sp: rl, time: 2026-01-03 10:00:00, sas_st: null, sas_se: '2026-01-01T12:00:00Z', status_code: 403, object_key: '/acct/c/o{i}', repeat: 60, every: 1 second }
      - { token_hash: C, sas_sp: rw, time: 2026-01-02 09:00:00, sas_st: '2026-01-02T00:00:00Z', sas_se: '2026-01-02T12:00:00Z' }
      - { token_hash: C, sas_sp: rw, time: 2026-01-03 10:00:00, sas_st: '2026-01-02T00:00:00Z', sas_se: '2026-01-02T12:00:00Z', status_code: 403, object_key: '/acct/c/o{i}', repeat: 60, every: 1 second }
      - { token_hash: D, sas_sp: rd, time: 2026-01-01 09:00:00, sas_st: '2025-12-01T00:00:00Z', sas_se: '2026-01-01T12:00:00Z' }
      - { token_hash: D, sas_sp: rd, time: 2026-01-03 10:00:00, sas_st: '2025-12-01T00:00:00Z', sas_se: '2026-01-01T12:00:00Z', status_code: 403, object_key: '/acct/c/o{i}', repeat: 60, every: 1 second }
      - { token_hash: E, sas_sp: rc, time: 2026-01-01 09:00:00, sas_si: p, sas_st: null, sas_se: null }
      - { token_hash: E, sas_sp: rc, time: 2026-01-03 10:00:00, sas_si: p, sas_st: null, sas_se: null, status_code: 403, object_key: '/acct/c/o{i}', repeat: 60, every: 1 second }
    expect: [{ token_hash: C }, { token_hash: D }, { token_hash: E }]
  - name: silent for a family that errs so every day, fires for five times as much and after forty days
    rows:
      - { token_hash: A, time: 2026-01-01 09:00:00, repeat: 6, every: 1 day }
      - { token_hash: A, time: 2026-01-01 10:00:00, status_code: 404, object_key: '/acct/c/o{i}', repeat: 30, every: 1 second }
      - { token_hash: A, time: 2026-01-02 10:00:00, status_code: 404, object_key: '/acct/c/o{i}', repeat: 30, every: 1 second }
      - { token_hash: A, time: 2026-01-03 10:00:00, status_code: 404, object_key: '/acct/c/o{i}', repeat: 30, every: 1 second }
      - { token_hash: A, time: 2026-01-04 10:00:00, status_code: 404, object_key: '/acct/c/o{i}', repeat: 120, every: 1 second }
      - { token_hash: A, time: 2026-01-05 10:00:00, status_code: 404, object_key: '/acct/c/o{i}', repeat: 160, every: 1 second }
      - { token_hash: A, time: 2026-02-14 09:00:00 }
      - { token_hash: A, time: 2026-02-14 10:00:00, status_code: 404, object_key: '/acct/c/o{i}', repeat: 60, every: 1 second }
    expect: [{ window_start: 2026-01-05 00:00:00, errors_in_window: 160 }, { window_start: 2026-02-14 00:00:00 }]
  - name: silent for a family that erred so three weeks ago and works on most days, fires on its third day
    rows:
      - { token_hash: A, sas_sp: r, time: 2026-01-01 09:00:00 }
      - { token_hash: A, sas_sp: r, time: 2026-01-01 10:00:00, status_code: 404, object_key: '/acct/c/o{i}', repeat: 30, every: 1 second }
      - { token_hash: A, sas_sp: r, time: 2026-01-02 09:00:00 }
      - { token_hash: A, sas_sp: r, time: 2026-01-02 10:00:00, status_code: 404, object_key: '/acct/c/o{i}', repeat: 30, every: 1 second }
      - { token_hash: A, sas_sp: r, time: 2026-01-03 09:00:00 }
      - { token_hash: A, sas_sp: r, time: 2026-01-03 10:00:00, status_code: 404, object_key: '/acct/c/o{i}', repeat: 30, every: 1 second }
      - { token_hash: A, sas_sp: r, time: 2026-01-04 09:00:00, repeat: 16, every: 1 day }
      - { token_hash: A, sas_sp: r, time: 2026-01-21 09:00:00 }
      - { token_hash: A, sas_sp: r, time: 2026-01-21 10:00:00, status_code: 404, object_key: '/acct/c/o{i}', repeat: 120, every: 1 second }
      - { token_hash: B, sas_sp: rd, time: 2026-01-01 09:00:00 }
      - { token_hash: B, sas_sp: rd, time: 2026-01-01 10:00:00, status_code: 404, object_key: '/acct/c/o{i}', repeat: 30, every: 1 second }
      - { token_hash: B, sas_sp: rd, time: 2026-01-02 09:00:00 }
      - { token_hash: B, sas_sp: rd, time: 2026-01-02 10:00:00, status_code: 404, object_key: '/acct/c/o{i}', repeat: 30, every: 1 second }
      - { token_hash: B, sas_sp: rd, time: 2026-01-03 09:00:00 }
      - { token_hash: B, sas_sp: rd, time: 2026-01-03 10:00:00, status_code: 404, object_key: '/acct/c/o{i}', repeat: 60, every: 1 second }
    expect: [{ token_hash: B, window_start: 2026-01-03 00:00:00 }]
---*/
WITH windows AS (
  SELECT token_hash, account, token_key, family, day, sum(errors) OVER (
           PARTITION BY token_hash, account ORDER BY bucket RANGE BETWEEN $window PRECEDING AND CURRENT ROW) AS in_window
  FROM (SELECT token_hash, account, bucket, day, max(token_key) AS token_key, max(family) AS family, sum(errors) AS errors
        FROM sas_use
        WHERE bucket >= $since::TIMESTAMP - $window AND bucket < $until::TIMESTAMP AND /* narrows: nothing is added */ errors > 0 GROUP BY ALL)),
families AS (
  SELECT account, family, day, peak_errors FROM family_day
  WHERE day >= $since::TIMESTAMP - $baseline AND day < $until::TIMESTAMP AND peak_errors > 0),
usual AS (
  SELECT f.account, f.family, f.day, if(count(e.day) >= $days_min, median(e.peak_errors), 0) AS peak
  FROM families f LEFT JOIN families e
    ON e.account = f.account AND e.family = f.family AND e.day < f.day AND e.day >= f.day - $baseline
  WHERE /* narrows: no other day is judged */ f.day >= $since::TIMESTAMP
  GROUP BY f.account, f.family, f.day),
suspects AS (
  SELECT w.token_hash, w.account, w.token_key, w.day, max(u.peak) AS usual_peak
  FROM windows w JOIN usual u ON w.account = u.account AND w.family = u.family AND w.day = u.day
    -- No semi join: with a condition of several columns that compares each pair of both sides.
    JOIN token_life t ON t.token_hash = w.token_hash AND t.account = w.account AND t.first_seen < w.day + INTERVAL '1 day'
      -- Of a token that was granted for a day and is over nothing but refusals can come.
      AND (t.se_time IS NULL OR greatest(t.se_time, t.last_seen) >= w.day - INTERVAL '1 day'
        OR t.se_time - coalesce(t.st_time, t.first_seen) > INTERVAL '1 day')
  WHERE w.day >= $since::TIMESTAMP::DATE AND /* narrows: refusals are counted below */ w.in_window >= greatest($errors_min, $factor * u.peak)
  GROUP BY ALL),
refused AS (
  SELECT DISTINCT ON (t.token_hash, l.account, l.correlation_id, l.time, l.time_tick, l.operation_name, l.object_key)
         t.token_hash, l.account, l.time, l.object_key, l.status_text
  FROM log_row l JOIN (SELECT DISTINCT token_hash, token_key, account FROM suspects) t
    ON l.account = t.account AND coalesce(l.token, l.token_fingerprint) = t.token_key
  WHERE l.time >= $since::TIMESTAMP - $window AND l.time < $until::TIMESTAMP AND l.operation_count = 0 AND l.status_code IN (403, 404)),
spans AS (
  SELECT *, count(*) OVER span AS errors, count(DISTINCT object_key) OVER span AS objects, min(time) OVER span AS since_time
  FROM refused
  WINDOW span AS (PARTITION BY token_hash, account ORDER BY time RANGE BETWEEN $window PRECEDING AND CURRENT ROW))
SELECT p.token_hash, p.account, s.day::TIMESTAMP AS window_start, min(p.since_time) AS first_seen, max(p.time) AS last_seen,
       'medium' AS level, max(p.errors)::BIGINT AS errors_in_window, max(p.objects)::BIGINT AS objects_in_window,
       list_sort(list(DISTINCT p.status_text)) AS status_texts, max(s.usual_peak)::DOUBLE AS usual_peak
FROM spans p JOIN suspects s ON p.token_hash = s.token_hash AND p.account = s.account AND p.time::DATE = s.day
WHERE p.errors >= greatest($errors_min, $factor * s.usual_peak) AND p.objects >= $objects_min
GROUP BY p.token_hash, p.account, s.day
