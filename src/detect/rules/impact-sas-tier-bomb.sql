/*---
title: Many objects moved to another tier with one SAS token
id: fc82677b-4363-58f1-b522-adc277b66929
code: W-OVR-5
version: 1
status: experimental
kind: window
entity: token
level: medium
date: 2026-11-24
description: >-
  Within an hour one token changes the access tier of five hundred objects, and its family had not changed fifty in a quarter of
  an hour on any of the 28 days before. Archived objects cannot be read for hours and cost money to bring back. One finding
  per token and UTC day.
tags: [attack.impact, attack.t1485]
falsepositives:
  - The first run of a script that saves cost
blindspots:
  - Lifecycle rules change tiers without a token
params:
  window:      { type: interval, default: 1 hour }
  objects_min: { type: integer, default: 500, unit: distinct objects in the window }
  usual_max:   { type: integer, default: 50, unit: changes in 15 minutes on an earlier day of the family }
  baseline:    { type: interval, default: 28 days }
needs:
  token: tiers >= $objects_min
  part: suspects
  only: [sas_use]
  rows: day - $window
runbook: |
  1. List the tier changes of this token_hash from first_seen to last_seen by access_tier and container.
  2. Ask its owner for a script that saves cost within the 7 days around window_start.
  3. If there is none, revoke the token; start bringing back what is needed within 24 hours, and note the cost.
response: Bring back what is needed first; rehydration takes hours and costs money.
tests:
  - name: fires for five hundred objects within the hour
    rows: [{ token_hash: A, operation_name: SetBlobTier, operation_class: tier, object_key: '/acct/c/o{i}', time: 2026-01-01 10:00:00, repeat: 500, every: 7 seconds }]
    expect: [{ token_hash: A, level: medium, objects_in_window: 500, window_start: 2026-01-01 00:00:00, first_seen: 2026-01-01 10:00:00 }]
  - name: silent for 499, for five hundred in two hours, and for records that came twice
    rows:
      - { token_hash: A, operation_name: SetBlobTier, operation_class: tier, object_key: '/acct/c/o{i}', time: 2026-01-01 10:00:00, repeat: 499, every: 1 second }
      - { token_hash: A, operation_name: SetBlobTier, operation_class: tier, object_key: '/acct/c/o{i}', time: 2026-01-01 10:00:00, repeat: 499, every: 1 second }
      - { token_hash: B, operation_name: SetBlobTier, operation_class: tier, object_key: '/acct/c/o{i}', time: 2026-01-01 10:00:00, repeat: 500, every: 14 seconds }
      - { token_hash: C, auth_type: trusted, operation_name: SetBlobTier, operation_class: tier, object_key: '/acct/c/o{i}', repeat: 900, every: 1 second }
      - { token_hash: A, object_key: '/acct/c/p{i}', time: 2026-01-01 10:00:00, repeat: 100, every: 1 second }
    expect: []
  - name: silent for a family that did so before, also three weeks later; fires after forty days, and where it changed thirty before
    rows:
      - { token_hash: A, operation_name: SetBlobTier, operation_class: tier, object_key: '/acct/c/o{i}', time: 2026-01-01 10:00:00, repeat: 51, every: 1 second }
      - { token_hash: B, operation_name: SetBlobTier, operation_class: tier, object_key: '/acct/c/o{i}', time: 2026-01-02 10:00:00, repeat: 600, every: 1 second }
      - { token_hash: C, operation_name: SetBlobTier, operation_class: tier, object_key: '/acct/c/o{i}', time: 2026-03-02 10:00:00, repeat: 600, every: 1 second }
      - { token_hash: B, operation_name: SetBlobTier, operation_class: tier, object_key: '/acct/c/o{i}', time: 2026-01-21 10:00:00, repeat: 600, every: 1 second }
      - { token_hash: D, sas_sp: rw, operation_name: SetBlobTier, operation_class: tier, object_key: '/acct/c/o{i}', time: 2026-01-01 10:00:00, repeat: 30, every: 1 second }
      - { token_hash: E, sas_sp: rw, operation_name: SetBlobTier, operation_class: tier, object_key: '/acct/c/o{i}', time: 2026-01-02 10:00:00, repeat: 600, every: 1 second }
    expect: [{ token_hash: C }, { token_hash: E }]
---*/
WITH windows AS (
  SELECT token_hash, account, token_key, family, day, sum(tiers) OVER (
           PARTITION BY token_hash, account ORDER BY bucket RANGE BETWEEN $window PRECEDING AND CURRENT ROW) AS in_window
  FROM (SELECT token_hash, account, bucket, day, max(token_key) AS token_key, max(family) AS family, sum(tiers) AS tiers
        FROM sas_use
        WHERE bucket >= $since::TIMESTAMP - $window AND bucket < $until::TIMESTAMP AND /* narrows: nothing is added */ tiers > 0 GROUP BY ALL)),
known AS (
  SELECT account, family, day FROM family_day
  WHERE day >= $since::TIMESTAMP - $baseline AND day < $until::TIMESTAMP AND peak_tiers > $usual_max),
suspects AS (
  SELECT DISTINCT w.token_hash, w.account, w.token_key, w.day
  FROM windows w ANTI JOIN known k ON k.account = w.account AND k.family = w.family AND k.day < w.day AND k.day >= w.day - $baseline
  WHERE w.day >= $since::TIMESTAMP::DATE AND /* narrows: counted by object below */ w.in_window >= $objects_min),
changes AS (
  SELECT t.token_hash, l.account, l.time::DATE AS day, l.object_key, min(l.time) AS time, max(l.access_tier) AS tier,
         bool_or(l.ip_class = 'public') AS public
  FROM log_row l JOIN (SELECT DISTINCT token_hash, token_key, account FROM suspects) t
    ON l.account = t.account AND coalesce(l.token, l.token_fingerprint) = t.token_key
  WHERE l.time >= $since::TIMESTAMP - $window AND l.time < $until::TIMESTAMP AND l.operation_count = 0
    AND l.operation_class = 'tier' AND l.status_code BETWEEN 200 AND 299
  GROUP BY ALL),
spans AS (
  SELECT *, count(*) OVER span AS in_window, min(time) OVER span AS since_time FROM changes
  WINDOW span AS (PARTITION BY token_hash, account ORDER BY time RANGE BETWEEN $window PRECEDING AND CURRENT ROW))
SELECT p.token_hash, p.account, p.day::TIMESTAMP AS window_start, min(p.since_time) AS first_seen, max(p.time) AS last_seen,
       'medium' AS level, max(p.in_window)::BIGINT AS objects_in_window, mode(p.tier) AS access_tier,
       bool_or(p.public) AS from_public_address
FROM spans p SEMI JOIN suspects s ON p.token_hash = s.token_hash AND p.account = s.account AND p.day = s.day
WHERE p.in_window >= $objects_min
GROUP BY p.token_hash, p.account, p.day
