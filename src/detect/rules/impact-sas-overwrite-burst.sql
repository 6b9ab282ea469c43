/*---
title: Overwrite burst with one SAS token
id: 61c8a3e0-9d5b-4f0a-bb6c-1f6e8d0a7c31
code: W-OVR-1
version: 2
status: experimental
kind: sequence
entity: token
level: high
date: 2026-11-24
modified: 2026-11-26
description: >-
  One token writes over a hundred existing objects or more within 15 minutes, and five times the usual peak of whole-object
  writes of its family. The log has no overwrite operation: an object counts as existing if it was written more than an hour
  before, read, listed by its properties or copied within 28 days and not deleted since, or if the write itself demanded it
  (If-Match). Medium while the account is new in the log, when nobody's usual peak is known. One finding per token and UTC day.
tags: [attack.impact, attack.t1486, attack.t1565.001]
falsepositives:
  - A site deploy or nightly regeneration in its first three days, before its family has a usual peak
blindspots:
  - Objects nobody touched in the 28 days before look new
  - A token that uploads much every day may overwrite as much unseen
  - Writing a second object beside the first and deleting the first is no overwrite
params:
  window:        { type: interval, default: 15 minutes, unit: sliding }
  objects_min:   { type: integer, default: 100, unit: distinct existing objects in the window }
  factor:        { type: integer, default: 5, unit: times the usual peak }
  written_before: { type: interval, default: 1 hour, unit: between two writes that are no retry }
  baseline:      { type: interval, default: 28 days }
  days_min:      { type: integer, default: 3, unit: earlier days with writes }
  learning:      { type: interval, default: 7 days, unit: that the account has been in the log }
needs:
  token: overwrite_candidates >= $objects_min
  part: suspects
  only: [sas_use]
  rows: day - $window
  proof: writes
runbook: |
  1. List the objects written by this token_hash from first_seen to last_seen with etag, request_md5 and request_body_bytes, beside the write before.
  2. Look whether the same caller_ip read them in the 24 hours before, and deleted or re-tiered others in the 24 hours after.
  3. Revoke the token; restore the versions before first_seen within the retention (7 days unless set otherwise).
response: Restore previous versions, and do not serve or train with these objects until their hashes are checked.
tests:
  - name: fires for 120 objects that were read two hours before
    rows:
      - { token_hash: O, time: 2025-12-25 10:00:00 }
      - { token_hash: A, time: 2026-01-01 11:30:00, object_key: '/acct/c/o{i}', repeat: 120, every: 2 seconds }
      - { token_hash: A, time: 2026-01-01 14:00:00, object_key: '/acct/c/o{i}', operation_name: PutBlob, operation_class: write, category: StorageWrite, status_code: 201, repeat: 120, every: 5 seconds }
    expect: [{ token_hash: A, level: high, objects_in_window: 120, objects_on_day: 120, first_seen: 2026-01-01 14:00:00, window_start: 2026-01-01 00:00:00 }]
  - name: fires where somebody else wrote the objects last week
    rows:
      - { token_hash: null, token_fingerprint: null, auth_type: oauth, time: 2025-12-25 11:30:00, object_key: '/acct/c/o{i}', operation_name: PutBlockList, operation_class: write, repeat: 150, every: 2 seconds }
      - { token_hash: A, time: 2026-01-01 14:00:00, object_key: '/acct/c/o{i}', operation_name: PutBlob, operation_class: write, repeat: 150, every: 1 second }
    expect: [{ token_hash: A, objects_in_window: 150 }]
  - name: fires where the writes demand that the object exists
    rows:
      - { token_hash: O, time: 2025-12-26 10:00:00 }
      - { token_hash: A, object_key: '/acct/c/o{i}', conditions_used: 'If-Match="0x8D"', operation_name: PutBlob, operation_class: write, repeat: 100, every: 1 second }
    expect: [{ token_hash: A, level: medium, learning: true, objects_in_window: 100 }]
  - name: silent for new objects, and for those written within the hour
    rows:
      - { token_hash: B, object_key: '/acct/c/o{i}', operation_name: PutBlob, operation_class: write, repeat: 300, every: 1 second }
      - { token_hash: A, time: 2026-01-01 12:45:00, object_key: '/acct/c/o{i}', operation_name: PutBlob, operation_class: write, repeat: 300, every: 1 second }
    expect: []
  - name: silent for objects that were deleted before
    rows:
      - { token_hash: A, time: 2026-01-01 08:00:00, object_key: '/acct/c/o{i}', repeat: 120, every: 1 second }
      - { token_hash: B, time: 2026-01-01 09:00:00, object_key: '/acct/c/o{i}', operation_name: DeleteBlob, operation_class: delete, repeat: 120, every: 1 second }
      - { token_hash: A, time: 2026-01-01 14:00:00, object_key: '/acct/c/o{i}', operation_name: PutBlob, operation_class: write, repeat: 120, every: 1 second }
    expect: []
  - name: silent for the same names in another account
    rows:
      - { token_hash: A, account: other, time: 2026-01-01 08:00:00, object_key: '/other/c/o{i}', repeat: 120, every: 1 second }
      - { token_hash: A, time: 2026-01-01 14:00:00, object_key: '/acct/c/o{i}', operation_name: PutBlob, operation_class: write, repeat: 120, every: 1 second }
    expect: []
  - name: silent for 99 existing objects among more, also where the writes demanded it, and for a hundred in twenty minutes
    rows:
      - { token_hash: O, time: 2025-12-25 10:00:00 }
      - { token_hash: R, time: 2026-01-01 08:00:00, object_key: '/acct/c/a{i}', repeat: 99, every: 1 second }
      - { token_hash: A, time: 2026-01-01 14:00:00, object_key: '/acct/c/a{i}', operation_name: PutBlob, operation_class: write, repeat: 150, every: 1 second }
      - { token_hash: R, time: 2026-01-01 08:00:00, object_key: '/acct/c/b{i}', repeat: 100, every: 1 second }
      - { token_hash: B, time: 2026-01-01 14:00:00, object_key: '/acct/c/b{i}', operation_name: PutBlob, operation_class: write, repeat: 100, every: 12 seconds }
      - { token_hash: R, time: 2026-01-01 08:00:00, object_key: '/acct/c/c{i}', repeat: 99, every: 1 second }
      - { token_hash: C, time: 2026-01-01 14:00:00, object_key: '/acct/c/c{i}', conditions_used: 'If-Match="0x8D"', operation_name: PutBlob, operation_class: write, repeat: 99, every: 1 second }
      - { token_hash: C, time: 2026-01-01 14:00:00, object_key: '/acct/c/new{i}', operation_name: PutBlob, operation_class: write, repeat: 50, every: 1 second }
    expect: []
  - name: silent for blocks that are not committed, for reads afterwards, for parts of requests, for refusals and for blocks put before
    rows:
      - { token_hash: O, time: 2025-12-25 10:00:00 }
      - { token_hash: A, time: 2026-01-01 14:00:00, object_key: '/acct/c/new{i}', operation_name: PutBlob, operation_class: write, repeat: 100, every: 1 second }
      - { token_hash: R, time: 2026-01-01 08:00:00, object_key: '/acct/c/a{i}', repeat: 120, every: 1 second }
      - { token_hash: A, time: 2026-01-01 14:00:00, object_key: '/acct/c/a{i}', operation_name: PutBlock, operation_class: write, repeat: 120, every: 1 second }
      - { token_hash: B, time: 2026-01-01 14:00:00, object_key: '/acct/c/b{i}', operation_name: PutBlob, operation_class: write, repeat: 120, every: 1 second }
      - { token_hash: R, time: 2026-01-01 16:00:00, object_key: '/acct/c/b{i}', repeat: 120, every: 1 second }
      - { token_hash: R, time: 2026-01-01 08:00:00, object_key: '/acct/c/c{i}', repeat: 120, every: 1 second, operation_count: 1 }
      - { token_hash: C, time: 2026-01-01 14:00:00, object_key: '/acct/c/c{i}', operation_name: PutBlob, operation_class: write, repeat: 120, every: 1 second }
      - { token_hash: R, time: 2026-01-01 08:00:00, object_key: '/acct/c/d{i}', repeat: 120, every: 1 second, status_code: 404 }
      - { token_hash: D, time: 2026-01-01 14:00:00, object_key: '/acct/c/d{i}', operation_name: PutBlob, operation_class: write, repeat: 120, every: 1 second }
      - { token_hash: E, time: 2026-01-01 08:00:00, object_key: '/acct/c/e{i}', operation_name: PutBlock, operation_class: write, repeat: 120, every: 1 second }
      - { token_hash: E, time: 2026-01-01 14:00:00, object_key: '/acct/c/e{i}', operation_name: PutBlockList, operation_class: write, repeat: 120, every: 1 second }
    expect: []
  - name: fires for what was written 90 minutes ago, or read three weeks ago; silent where it was read forty days ago
    rows:
      - { token_hash: B, time: 2026-01-01 10:00:00, object_key: '/acct/c/a{i}', operation_name: PutBlob, operation_class: write, repeat: 120, every: 1 second }
      - { token_hash: A, time: 2026-01-01 11:30:00, object_key: '/acct/c/a{i}', operation_name: PutBlob, operation_class: write, repeat: 120, every: 1 second }
      - { token_hash: R, time: 2025-12-12 08:00:00, object_key: '/acct/c/b{i}', repeat: 120, every: 1 second }
      - { token_hash: C, time: 2026-01-01 14:00:00, object_key: '/acct/c/b{i}', operation_name: PutBlob, operation_class: write, repeat: 120, every: 1 second }
      - { token_hash: R, time: 2025-11-22 08:00:00, object_key: '/acct/c/c{i}', repeat: 120, every: 1 second }
      - { token_hash: D, time: 2026-01-01 14:00:00, object_key: '/acct/c/c{i}', operation_name: PutBlob, operation_class: write, repeat: 120, every: 1 second }
    expect: [{ token_hash: A }, { token_hash: C }]
  - name: silent for three times the usual of a family, also where it only reads on most days; fires for six times, and on its third day
    rows:
      - { token_hash: O, time: 2025-12-25 10:00:00 }
      - { token_hash: A1, sas_sp: cw, time: 2026-01-01 14:00:00, object_key: '/acct/c/A1n{i}', operation_name: PutBlob, operation_class: write, repeat: 100, every: 1 second }
      - { token_hash: A2, sas_sp: cw, time: 2026-01-02 14:00:00, object_key: '/acct/c/A2n{i}', operation_name: PutBlob, operation_class: write, repeat: 100, every: 1 second }
      - { token_hash: A3, sas_sp: cw, time: 2026-01-03 14:00:00, object_key: '/acct/c/A3n{i}', operation_name: PutBlob, operation_class: write, repeat: 100, every: 1 second }
      - { token_hash: R, time: 2026-01-04 08:00:00, object_key: '/acct/c/AX{i}', repeat: 300, every: 1 second }
      - { token_hash: AX, sas_sp: cw, time: 2026-01-04 14:00:00, object_key: '/acct/c/AX{i}', operation_name: PutBlob, operation_class: write, repeat: 300, every: 1 second }
      - { token_hash: B1, sas_sp: rw, time: 2026-01-01 14:00:00, object_key: '/acct/c/B1n{i}', operation_name: PutBlob, operation_class: write, repeat: 100, every: 1 second }
      - { token_hash: B2, sas_sp: rw, time: 2026-01-02 14:00:00, object_key: '/acct/c/B2n{i}', operation_name: PutBlob, operation_class: write, repeat: 100, every: 1 second }
      - { token_hash: B3, sas_sp: rw, time: 2026-01-03 14:00:00, object_key: '/acct/c/B3n{i}', operation_name: PutBlob, operation_class: write, repeat: 100, every: 1 second }
      - { token_hash: BR, sas_sp: rw, time: 2026-01-04 10:00:00, repeat: 4, every: 1 day }
      - { token_hash: R, time: 2026-01-08 08:00:00, object_key: '/acct/c/BX{i}', repeat: 300, every: 1 second }
      - { token_hash: BX, sas_sp: rw, time: 2026-01-08 14:00:00, object_key: '/acct/c/BX{i}', operation_name: PutBlob, operation_class: write, repeat: 300, every: 1 second }
      - { token_hash: C1, sas_sp: w, time: 2026-01-01 14:00:00, object_key: '/acct/c/C1n{i}', operation_name: PutBlob, operation_class: write, repeat: 100, every: 1 second }
      - { token_hash: C2, sas_sp: w, time: 2026-01-02 14:00:00, object_key: '/acct/c/C2n{i}', operation_name: PutBlob, operation_class: write, repeat: 100, every: 1 second }
      - { token_hash: C3, sas_sp: w, time: 2026-01-03 14:00:00, object_key: '/acct/c/C3n{i}', operation_name: PutBlob, operation_class: write, repeat: 100, every: 1 second }
      - { token_hash: R, time: 2026-01-04 08:00:00, object_key: '/acct/c/CX{i}', repeat: 600, every: 1 second }
      - { token_hash: CX, sas_sp: w, time: 2026-01-04 14:00:00, object_key: '/acct/c/CX{i}', operation_name: PutBlob, operation_class: write, repeat: 600, every: 1 second }
      - { token_hash: D1, sas_sp: rcw, time: 2026-01-01 14:00:00, object_key: '/acct/c/D1n{i}', operation_name: PutBlob, operation_class: write, repeat: 100, every: 1 second }
      - { token_hash: D2, sas_sp: rcw, time: 2026-01-02 14:00:00, object_key: '/acct/c/D2n{i}', operation_name: PutBlob, operation_class: write, repeat: 100, every: 1 second }
      - { token_hash: R, time: 2026-01-03 08:00:00, object_key: '/acct/c/DX{i}', repeat: 300, every: 1 second }
      - { token_hash: DX, sas_sp: rcw, time: 2026-01-03 14:00:00, object_key: '/acct/c/DX{i}', operation_name: PutBlob, operation_class: write, repeat: 300, every: 1 second }
    expect: [{ token_hash: CX, usual_peak: 100 }, { token_hash: DX, usual_peak: 0 }]
---*/
WITH windows AS (
  SELECT token_hash, account, token_key, day, family, sum(writes) OVER (
           PARTITION BY token_hash, account ORDER BY bucket RANGE BETWEEN $window PRECEDING AND CURRENT ROW) AS in_window
  FROM (SELECT token_hash, account, bucket, day, max(token_key) AS token_key, max(family) AS family, sum(overwrite_candidates) AS writes FROM sas_use
        WHERE bucket >= $since::TIMESTAMP - $window AND bucket < $until::TIMESTAMP AND /* narrows: nothing is added */ overwrite_candidates > 0 GROUP BY ALL)),
usual AS (
  SELECT account, family, day, if(count(*) OVER earlier >= $days_min, median(peak_overwrites) OVER earlier, 0) AS peak
  FROM family_day WHERE day >= $since::TIMESTAMP - $baseline AND day < $until::TIMESTAMP AND peak_overwrites > 0
  WINDOW earlier AS (PARTITION BY account, family ORDER BY day
                     RANGE BETWEEN $baseline PRECEDING AND INTERVAL '1 day' PRECEDING)),
suspects AS (
  SELECT w.token_hash, w.account, w.token_key, w.day, max(u.peak) AS usual_peak,
         (SELECT coalesce(min(a.day), w.day) FROM account_day a
          WHERE a.account = w.account AND a.day >= w.day - $baseline) > w.day - $learning AS learning
  FROM windows w JOIN usual u ON w.account = u.account AND w.family = u.family AND w.day = u.day
  WHERE w.day >= $since::TIMESTAMP::DATE AND /* narrows: existing objects are counted below */ w.in_window >= $objects_min
    AND w.in_window >= $factor * u.peak
  GROUP BY ALL),
writes AS (
  SELECT t.token_hash, l.account, l.time::DATE AS day, l.object_key, max(l.container) AS container, min(l.time) AS written,
         bool_or(coalesce(l.conditions_used ILIKE '%if-match%', false)) AS demanded, bool_or(l.ip_class = 'public') AS public
  FROM log_row l JOIN (
    SELECT DISTINCT u.token_hash, u.token_key, u.account FROM sas_use u
      SEMI JOIN suspects s ON u.token_hash = s.token_hash AND u.account = s.account
    WHERE u.bucket >= $since::TIMESTAMP AND u.bucket < $until::TIMESTAMP
  ) t ON l.account = t.account AND coalesce(l.token, l.token_fingerprint) = t.token_key
  WHERE l.time >= $since::TIMESTAMP - $window AND l.time < $until::TIMESTAMP AND l.operation_count = 0
    AND l.status_code BETWEEN 200 AND 299 AND l.operation_class IN ('write', 'copy')
    AND l.operation_name NOT IN ('PutBlock', 'PutBlockFromURL', 'CopyBlobSource')
  GROUP BY ALL),
-- The container, which the object's name tells, rules rows out before that name is decoded: by itself, and of a relation that is
-- cut down, it is looked for while a file is read. A join on columns as they are stored has names and times looked at first, so one
-- is computed.
traces AS (
  SELECT w.token_hash, w.account, w.day, w.object_key, w.written, w.public,
         max(l.time) FILTER (l.operation_class IN ('read', 'meta', 'tier', 'policy', 'lease')
                             OR (l.operation_class IN ('write', 'copy') AND l.time < w.written - $written_before)) AS existed,
         max(l.time) FILTER (l.operation_class = 'delete') AS deleted
  FROM (
    SELECT l.account, l.object_key, l.operation_class, l.time, l.time + $baseline AS known_until
    FROM log_row l SEMI JOIN (SELECT container FROM writes GROUP BY container HAVING /* narrows: all meet it */ count(*) > 0) c ON l.container = c.container
    WHERE l.time >= $since::TIMESTAMP - $baseline - $window AND l.time < $until::TIMESTAMP AND l.operation_count = 0
      AND (l.status_code BETWEEN 200 AND 299 OR l.status_code = 304)
      AND l.operation_name NOT IN ('PutBlock', 'PutBlockFromURL')) l
    JOIN writes w ON l.account = w.account AND l.object_key = w.object_key
      AND l.time < w.written AND l.known_until >= w.written AND NOT w.demanded
  GROUP BY ALL),
existing AS (
  SELECT token_hash, account, day, object_key, written, public FROM writes WHERE demanded
  UNION ALL
  SELECT token_hash, account, day, object_key, written, public FROM traces
  WHERE existed IS NOT NULL AND (deleted IS NULL OR existed > deleted)),
overwrites AS (
  SELECT *, count(*) OVER span AS in_window, min(written) OVER span AS since_time
  FROM existing
  WINDOW span AS (PARTITION BY token_hash, account ORDER BY written RANGE BETWEEN $window PRECEDING AND CURRENT ROW))
SELECT o.token_hash, o.account, o.day::TIMESTAMP AS window_start,
       min(o.since_time) FILTER (o.in_window >= $objects_min) AS first_seen,
       max(o.written) FILTER (o.in_window >= $objects_min) AS last_seen, max(o.in_window)::BIGINT AS objects_in_window,
       if(bool_or(s.learning), 'medium', 'high') AS level, count(*)::BIGINT AS objects_on_day, bool_or(s.learning) AS learning, max(s.usual_peak)::DOUBLE AS usual_peak, bool_or(o.public) AS from_public_address,
       min(o.object_key) AS example_object
FROM overwrites o JOIN suspects s ON o.token_hash = s.token_hash AND o.account = s.account AND o.day = s.day
GROUP BY o.token_hash, o.account, o.day
HAVING max(o.in_window) >= $objects_min
