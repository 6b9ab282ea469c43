/*---
title: Many objects written under a suffix new to the account
id: ebbdf1b9-671c-5611-be8e-a6e575389c20
code: W-OVR-3
version: 1
status: experimental
kind: window
entity: token
level: high
date: 2026-11-24
description: >-
  Within an hour one token writes fifty objects with one and the same suffix, four of five of all it writes, and nobody had an
  object with that suffix in the account in the 28 days before: what encryption leaves behind. One finding per token and UTC
  day.
tags: [attack.impact, attack.t1486]
falsepositives:
  - A new kind of file in a release
  - The first days of an account
blindspots:
  - Names kept as they were, and suffixes made up per object
params:
  window:      { type: interval, default: 1 hour }
  objects_min: { type: integer, default: 50, unit: distinct objects with the suffix in the window }
  share_min:   { type: number, default: 0.8, unit: of all objects the token writes on the day }
  baseline:    { type: interval, default: 28 days }
  age_min:     { type: interval, default: 7 days, unit: that the account has been in the log }
needs:
  token: overwrite_candidates >= $objects_min
  part: suspects
  only: [sas_use]
  rows: day - $window
  proof: [endings, bursts]
  past: { part: lately, of: unmet, by: suffix, rows: ["day - least(INTERVAL '1 day', $baseline)", "day - least(INTERVAL '3 days', $baseline)"] }
runbook: |
  1. List what this token_hash wrote, read and deleted from 1 hour before first_seen to last_seen.
  2. Open one of the new objects in a sandbox; compare it with the version of the original before first_seen.
  3. If it is encrypted, revoke the token and restore the versions within the retention (7 days unless set otherwise).
tests:
  - name: fires for fifty objects with a suffix nobody had
    rows:
      - { token_hash: B, time: 2026-01-01 10:00:00, object_key: /acct/c/o.doc }
      - { token_hash: A, time: 2026-01-08 10:00:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/o{i}.doc.locked', repeat: 50, every: 1 minute }
    expect: [{ token_hash: A, level: high, suffix: .locked, objects_in_window: 50, window_start: 2026-01-08 00:00:00 }]
  - name: silent for 49, for fifty in two hours, for a mixture, and for records that came twice
    rows:
      - { token_hash: Z, time: 2026-01-01 10:00:00, object_key: /acct/c/o.doc }
      - { token_hash: A, time: 2026-01-08 10:00:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/o{i}.aaa', repeat: 49, every: 1 minute }
      - { token_hash: A, time: 2026-01-08 10:00:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/o{i}.aaa', repeat: 49, every: 1 minute }
      - { token_hash: B, time: 2026-01-08 10:00:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/o{i}.bbb', repeat: 50, every: 2 minutes }
      - { token_hash: C, time: 2026-01-08 10:00:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/o{i}.ccc', repeat: 60, every: 1 second }
      - { token_hash: C, time: 2026-01-08 10:00:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/o{i}.ccd', repeat: 20, every: 1 second }
    expect: []
  - name: silent for a suffix the account knows, and for an account of five days; fires where it was last seen forty days ago
    rows:
      - { token_hash: Z, time: 2026-01-01 10:00:00, object_key: /acct/c/o.doc }
      - { token_hash: A, time: 2026-01-08 10:00:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/o{i}.doc', repeat: 60, every: 1 second }
      - { token_hash: A, account: other, time: 2026-01-08 10:00:00, operation_name: PutBlob, operation_class: write, object_key: '/other/c/o{i}.new', repeat: 60, every: 1 second }
      - { token_hash: Z, time: 2026-02-05 10:00:00, object_key: /acct/c/o.txt }
      - { token_hash: C, time: 2026-02-17 10:00:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/o{i}.doc', repeat: 60, every: 1 second }
      - { token_hash: Z, account: other, time: 2026-01-03 10:00:00, object_key: /other/c/o.doc }
    expect: [{ token_hash: C, suffix: .doc }]
  - name: fires where only other suffixes were written in the days before, and the same in another account
    rows:
      - { token_hash: Z, time: 2026-01-01 10:00:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/o{i}.doc', repeat: 9, every: 1 second }
      - { token_hash: Z, account: other, time: 2026-01-01 10:00:00, operation_name: PutBlob, operation_class: write, object_key: '/other/c/o{i}.new', repeat: 9, every: 1 second }
      - { token_hash: A, time: 2026-01-08 10:00:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/o{i}.new', repeat: 60, every: 1 second }
      - { token_hash: B, account: other, time: 2026-01-08 10:00:00, operation_name: PutBlob, operation_class: write, object_key: '/other/c/o{i}.NEW', repeat: 60, every: 1 second }
      - { token_hash: Z, time: 2026-01-12 10:00:00, object_key: /acct/c/o.doc }
    expect: [{ token_hash: A, suffix: .new }]
  - name: silent for a suffix of three weeks ago, for reads, for blocks that are not committed, and for names without a suffix
    rows:
      - { token_hash: Z, time: 2026-01-01 10:00:00, object_key: /acct/c/o.doc }
      - { token_hash: A, time: 2026-01-21 10:00:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/o{i}.doc', repeat: 60, every: 1 second }
      - { token_hash: A, time: 2026-01-21 10:00:00, object_key: '/acct/c/o{i}.xyz', repeat: 400, every: 1 second }
      - { token_hash: A, time: 2026-01-21 10:00:00, operation_name: PutBlock, operation_class: write, object_key: '/acct/c/o{i}.zzz', repeat: 400, every: 1 second }
      - { token_hash: Z, account: other, time: 2026-01-01 10:00:00, object_key: /other/c/o.doc }
      - { token_hash: B, account: other, time: 2026-02-03 10:00:00, operation_name: PutBlob, operation_class: write, object_key: '/other/c/o{i}', repeat: 60, every: 1 second }
    expect: []
---*/
WITH written AS (
  SELECT account, suffix, day FROM suffix_day
  WHERE day >= $since::TIMESTAMP - $baseline AND day < $until::TIMESTAMP - INTERVAL '1 day' - $window),
-- What is not known by the rollups to have been met: five minutes of several suffixes are looked into.
unsure AS (
  SELECT u.token_hash, u.account, u.token_key, u.bucket, u.day, u.overwrite_candidates
  FROM sas_use u ANTI JOIN written w ON w.account = u.account AND w.suffix = lower(u.suffix)
    AND w.day + INTERVAL '1 day' < u.day - $window AND w.day >= u.day + INTERVAL '2 days' + $window - $baseline
  WHERE u.bucket >= $since::TIMESTAMP - $window AND u.bucket < $until::TIMESTAMP AND /* narrows: nothing is added */ u.overwrite_candidates > 0),
windows AS (
  SELECT token_hash, account, token_key, day, sum(writes) OVER (
           PARTITION BY token_hash, account ORDER BY bucket RANGE BETWEEN $window PRECEDING AND CURRENT ROW) AS in_window
  FROM (SELECT token_hash, account, bucket, day, max(token_key) AS token_key, sum(overwrite_candidates) AS writes FROM unsure GROUP BY ALL)),
suspects AS (
  SELECT DISTINCT w.token_hash, w.account, w.token_key, w.day
  FROM windows w SEMI JOIN account_day a ON a.account = w.account AND a.day <= w.day - $age_min AND a.day >= w.day - $baseline - $age_min
  WHERE w.day >= $since::TIMESTAMP::DATE AND /* narrows: counted by suffix below */ w.in_window >= $objects_min),
requests AS (
  SELECT t.token_hash, l.account, l.time, l.object_key, l.ip_class
  FROM log_row l JOIN (SELECT DISTINCT token_hash, token_key, account FROM suspects) t
    ON l.account = t.account AND coalesce(l.token, l.token_fingerprint) = t.token_key
  WHERE l.time >= $since::TIMESTAMP - $window AND l.time < $until::TIMESTAMP AND l.operation_count = 0
    AND l.operation_class IN ('write', 'copy') AND l.status_code BETWEEN 200 AND 299
    AND l.operation_name NOT IN ('PutBlock', 'PutBlockFromURL', 'CopyBlobSource')),
-- The last condition is asked of counted endings: as one of the endings, it is asked of each row, which has its name split twice.
endings AS (
  SELECT token_hash, account, '.' || lower(ending) AS suffix
  FROM (SELECT token_hash, account, split_part(object_key, '.', -1) AS ending, count(*) AS n FROM requests
        WHERE /* narrows: others have no suffix */ contains(object_key, '.') GROUP BY ALL)
  GROUP BY ALL HAVING /* narrows: counted by object below */ sum(n) >= $objects_min AND /* narrows: likewise */ NOT contains(min(ending), '/')),
-- Most suffixes were met within the days before: only the others are looked for in the whole baseline.
lately AS (
  SELECT e.account, e.suffix, l.time::DATE AS day, min(l.time) AS first_met, max(l.time) AS last_met
  FROM log_row l JOIN (SELECT DISTINCT account, suffix FROM endings) e ON l.account = e.account AND ends_with(lower(l.object_key), e.suffix)
  WHERE l.time >= $since::TIMESTAMP - least(INTERVAL '3 days', $baseline) AND l.time < $until::TIMESTAMP
  GROUP BY ALL),
-- Met before any burst of the day, and not too long before.
unmet AS (
  SELECT s.token_hash, s.account, s.day, e.suffix
  FROM suspects s JOIN endings e ON e.token_hash = s.token_hash AND e.account = s.account
    ANTI JOIN lately k ON k.account = s.account AND k.suffix = e.suffix
      AND k.first_met < s.day - $window AND k.last_met >= s.day + INTERVAL '1 day' - $baseline),
writes AS (
  SELECT r.token_hash, r.account, r.time::DATE AS day, r.object_key, min(r.time) AS time,
         lower(regexp_extract(r.object_key, '\.[^./]+$')) AS suffix, bool_or(r.ip_class = 'public') AS public
  FROM requests r SEMI JOIN unmet u ON u.token_hash = r.token_hash AND u.account = r.account
  GROUP BY ALL),
uniform AS (
  SELECT *, count(*) OVER span AS in_window, min(time) OVER span AS since_time,
         count(*) OVER (PARTITION BY token_hash, account, day, suffix) / count(*) OVER (PARTITION BY token_hash, account, day) AS share
  FROM writes
  WINDOW span AS (PARTITION BY token_hash, account, suffix ORDER BY time RANGE BETWEEN $window PRECEDING AND CURRENT ROW)),
bursts AS (
  SELECT u.token_hash, u.account, u.day, u.suffix, min(u.since_time) AS first_time, max(u.time) AS last_time,
         max(u.in_window) AS in_window, bool_or(u.public) AS public, min(u.object_key) AS example
  FROM uniform u SEMI JOIN unmet s ON u.token_hash = s.token_hash AND u.account = s.account AND u.day = s.day AND u.suffix = s.suffix
  WHERE u.in_window >= $objects_min AND u.share >= $share_min
  GROUP BY ALL),
known AS (
  SELECT DISTINCT b.token_hash, b.account, b.day, b.suffix
  FROM bursts b JOIN log_row l ON l.account = b.account AND ends_with(lower(l.object_key), b.suffix)
    AND l.time < b.first_time AND l.time >= b.first_time - $baseline
  WHERE l.time >= $since::TIMESTAMP - $baseline - $window AND l.time < $until::TIMESTAMP)
SELECT b.token_hash, b.account, b.day::TIMESTAMP AS window_start, min(b.first_time) AS first_seen, max(b.last_time) AS last_seen,
       'high' AS level, arg_max(b.suffix, b.in_window) AS suffix, max(b.in_window)::BIGINT AS objects_in_window,
       bool_or(b.public) AS from_public_address, min(b.example) AS example_object
FROM bursts b ANTI JOIN known k ON k.token_hash = b.token_hash AND k.account = b.account AND k.day = b.day AND k.suffix = b.suffix
GROUP BY b.token_hash, b.account, b.day
