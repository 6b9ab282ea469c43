/*---
title: Versions or snapshots purged with one SAS token
id: a0c3b0de-42d4-5ea9-b59a-43a816239c26
code: W-DEL-3
version: 1
status: experimental
kind: window
entity: token
level: high
date: 2026-11-24
description: >-
  One token deletes ten versions or snapshots, or ten objects for good, within ten minutes: it takes away what a restore would
  need. Silent where its family does as much on three or more of the 28 days before. One finding per token and UTC day.
tags: [attack.impact, attack.t1490]
falsepositives:
  - A job that thins out versions, in its first days
blindspots:
  - Lifecycle rules do it without a token; a changed rule is not in this log
params:
  window:      { type: interval, default: 10 minutes }
  objects_min: { type: integer, default: 10, unit: distinct versions in the window }
  baseline:    { type: interval, default: 28 days }
  days_min:    { type: integer, default: 3, unit: earlier days with as many deletes of the family }
needs:
  token: deletes >= $objects_min
  part: suspects
  only: [sas_use]
  rows: day - $window
runbook: |
  1. List the deletes with versionid, snapshot or deletetype of this token_hash from first_seen to last_seen with uri and caller_ip.
  2. Look for overwrites and deletes of the same objects by anybody in the 24 hours before and after: that is what it covers.
  3. Revoke the token now; see which versions are left, and set an immutability policy for at least 7 days.
response: Stop it first, then see what can still be restored; versions that are purged are gone.
tests:
  - name: fires for ten versions within ten minutes
    rows: [{ token_hash: A, operation_class: delete, operation_name: DeleteBlob, uri: 'https://acct/c/o?versionid=2026-01-0{i}', repeat: 10, every: 1 minute }]
    expect: [{ token_hash: A, level: high, purged_in_window: 10, window_start: 2026-01-01 00:00:00 }]
  - name: fires for snapshots and for deleting for good
    rows:
      - { token_hash: A, operation_class: delete, operation_name: DeleteBlob, uri: 'https://acct/c/o{i}?snapshot=2026-01-01&comp=x', repeat: 5, every: 1 minute }
      - { token_hash: A, operation_class: delete, operation_name: DeleteBlob, uri: 'https://acct/c/o{i}?sv=1&deletetype=permanent', repeat: 5, every: 1 minute }
    expect: [{ token_hash: A, purged_in_window: 10 }]
  - name: silent for plain deletes, reads of versions and refusals, for nine, for ten in a quarter of an hour, and for records that came twice
    rows:
      - { token_hash: A, operation_class: delete, operation_name: DeleteBlob, uri: 'https://acct/c/o{i}', repeat: 90, every: 1 second }
      - { token_hash: B, operation_class: delete, operation_name: DeleteBlob, uri: 'https://acct/c/o?versionid={i}', repeat: 9, every: 1 minute }
      - { token_hash: B, operation_class: delete, operation_name: DeleteBlob, uri: 'https://acct/c/o?versionid={i}', repeat: 9, every: 1 minute }
      - { token_hash: C, operation_class: delete, operation_name: DeleteBlob, uri: 'https://acct/c/o?versionid={i}', repeat: 10, every: 90 seconds }
      - { token_hash: A, uri: 'https://acct/c/o?versionid={i}', repeat: 20, every: 1 second }
      - { token_hash: A, operation_name: DeleteBlob, operation_class: delete, status_code: 403, uri: 'https://acct/c/o?versionid={i}', repeat: 20, every: 1 second }
    expect: []
  - name: silent on the fourth day of a job and three weeks later, fires after three weeks more
    rows:
      - { token_hash: 'A{i}', operation_class: delete, operation_name: DeleteBlob, uri: 'https://acct/c/o{i}', time: 2026-01-01 10:00:00, repeat: 1 }
      - { token_hash: A, operation_class: delete, operation_name: DeleteBlob, uri: 'https://acct/c/o?versionid={i}', time: 2026-01-01 10:00:00, repeat: 10, every: 10 seconds }
      - { token_hash: B, operation_class: delete, operation_name: DeleteBlob, uri: 'https://acct/c/o?versionid={i}', time: 2026-01-02 10:00:00, repeat: 10, every: 10 seconds }
      - { token_hash: C, operation_class: delete, operation_name: DeleteBlob, uri: 'https://acct/c/o?versionid={i}', time: 2026-01-03 10:00:00, repeat: 10, every: 10 seconds }
      - { token_hash: D, operation_class: delete, operation_name: DeleteBlob, uri: 'https://acct/c/o?versionid={i}', time: 2026-01-04 10:00:00, repeat: 10, every: 10 seconds }
      - { token_hash: E, operation_class: delete, operation_name: DeleteBlob, uri: 'https://acct/c/o?versionid={i}', time: 2026-02-12 10:00:00, repeat: 10, every: 10 seconds }
      - { token_hash: F, operation_name: DeleteBlob, operation_class: delete, uri: 'https://acct/c/o?versionid={i}', time: 2026-01-21 10:00:00, repeat: 10, every: 10 seconds }
    expect: [{ token_hash: A }, { token_hash: B }, { token_hash: C }, { token_hash: E }]
  - name: fires where the days before had nine
    rows:
      - { token_hash: A1, operation_name: DeleteBlob, operation_class: delete, uri: 'https://acct/c/o?versionid={i}', time: 2026-01-01 10:00:00, repeat: 9, every: 10 seconds }
      - { token_hash: A2, operation_name: DeleteBlob, operation_class: delete, uri: 'https://acct/c/o?versionid={i}', time: 2026-01-02 10:00:00, repeat: 9, every: 10 seconds }
      - { token_hash: A3, operation_name: DeleteBlob, operation_class: delete, uri: 'https://acct/c/o?versionid={i}', time: 2026-01-03 10:00:00, repeat: 9, every: 10 seconds }
      - { token_hash: B, operation_name: DeleteBlob, operation_class: delete, uri: 'https://acct/c/o?versionid={i}', time: 2026-01-04 10:00:00, repeat: 10, every: 10 seconds }
    expect: [{ token_hash: B }]
---*/
WITH windows AS (
  SELECT token_hash, account, token_key, family, day, sum(deletes) OVER (
           PARTITION BY token_hash, account ORDER BY bucket RANGE BETWEEN $window PRECEDING AND CURRENT ROW) AS in_window
  FROM (SELECT token_hash, account, bucket, day, max(token_key) AS token_key, max(family) AS family, sum(deletes) AS deletes
        FROM sas_use
        WHERE bucket >= $since::TIMESTAMP - $window AND bucket < $until::TIMESTAMP AND /* narrows: nothing is added */ deletes > 0 GROUP BY ALL)),
families AS (
  SELECT account, family, day FROM family_day
  WHERE day >= $since::TIMESTAMP - $baseline AND day < $until::TIMESTAMP AND peak_deletes >= $objects_min),
known AS (
  SELECT f.account, f.family, f.day, count(*) AS days
  FROM families f JOIN families e
    ON e.account = f.account AND e.family = f.family AND e.day < f.day AND e.day >= f.day - $baseline
  WHERE /* narrows: no other day is judged */ f.day >= $since::TIMESTAMP
  GROUP BY f.account, f.family, f.day),
suspects AS (
  SELECT DISTINCT w.token_hash, w.account, w.token_key, w.day
  FROM windows w LEFT JOIN known k ON k.account = w.account AND k.family = w.family AND k.day = w.day
  WHERE w.day >= $since::TIMESTAMP::DATE AND /* narrows: counted by version below */ w.in_window >= $objects_min AND coalesce(k.days, 0) < $days_min),
purged AS (
  SELECT t.token_hash, l.account, l.time::DATE AS day, l.object_key, l.uri, min(l.time) AS time, bool_or(l.ip_class = 'public') AS public
  FROM log_row l JOIN (SELECT DISTINCT token_hash, token_key, account FROM suspects) t
    ON l.account = t.account AND coalesce(l.token, l.token_fingerprint) = t.token_key
  WHERE l.time >= $since::TIMESTAMP - $window AND l.time < $until::TIMESTAMP AND l.operation_count = 0
    AND l.operation_class = 'delete' AND l.status_code BETWEEN 200 AND 299
    AND regexp_matches(l.uri, '[?&](versionid=|snapshot=|deletetype=permanent)', 'i')
  GROUP BY ALL),
spans AS (
  SELECT *, count(*) OVER span AS in_window, min(time) OVER span AS since_time FROM purged
  WINDOW span AS (PARTITION BY token_hash, account ORDER BY time RANGE BETWEEN $window PRECEDING AND CURRENT ROW))
SELECT p.token_hash, p.account, p.day::TIMESTAMP AS window_start, min(p.since_time) AS first_seen, max(p.time) AS last_seen,
       'high' AS level, max(p.in_window)::BIGINT AS purged_in_window, bool_or(p.public) AS from_public_address
FROM spans p SEMI JOIN suspects s ON p.token_hash = s.token_hash AND p.account = s.account AND p.day = s.day
WHERE p.in_window >= $objects_min
GROUP BY p.token_hash, p.account, p.day
