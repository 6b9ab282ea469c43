/*---
title: Slow drain of a container with one SAS token
id: 65bd5ae0-7104-51a6-bffa-5509ddd06475
code: W-EXF-4
version: 2
status: experimental
kind: baseline
every: day
entity: token
level: medium
date: 2026-11-24
modified: 2026-11-26
description: >-
  Within 14 days one token reads half of all objects that the log knows of in a container of a thousand or more, a little at
  a time, and had not read half as much in the 28 days before or in the account's first week in the log. Judged once a UTC day is over.
tags: [attack.exfiltration, attack.t1030]
falsepositives:
  - The first full backup, index or virus scan
blindspots:
  - Objects nobody touched in 42 days are not known, so a share may look larger than it is
  - Several tokens that share the work
  - A drain that was under way when the log began
params:
  span:        { type: interval, default: 14 days }
  baseline:    { type: interval, default: 28 days, unit: before the span }
  learning:    { type: interval, default: 7 days, unit: from the account's first day in the log }
  objects_min: { type: integer, default: 500, unit: distinct objects read in the span }
  known_min:   { type: integer, default: 1000, unit: objects known in the container }
  share_min:   { type: number, default: 0.5, unit: of the objects known }
needs:
  token: requests >= $objects_min
  part: suspects
  only: [token_day]
  rows: day - $span - INTERVAL '1 day'
  daily: days_read
  proof: reads
  past: { part: objects, by: container, rows: day - $span - $baseline }
runbook: |
  1. List objects and bytes a day read by this token_hash from first_seen to last_seen by container and caller_ip.
  2. Compare with what the token did in the 28 days before first_seen; ask its owner for a new job.
  3. If there is none, revoke it, and export the list of objects read since first_seen.
response: Export the list of objects that were read (saswatch query --saved objects-read) before deciding whom to notify.
tests:
  - name: fires once half of a thousand objects is read, and only when it is
    rows:
      - { token_hash: O, time: 2025-12-25 01:00:00, container: d, object_key: /acct/d/x }
      - { token_hash: null, token_fingerprint: null, sas_kind: null, auth_type: account_key, time: 2026-01-01 01:00:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/o{i}', repeat: 1000, every: 1 second }
      - { token_hash: A, time: 2026-01-02 01:00:00, object_key: '/acct/c/o{i}', repeat: 500, every: 30 minutes }
      - { token_hash: B, time: 2026-01-02 01:00:00, object_key: '/acct/c/o{i}', repeat: 499, every: 30 minutes }
      - { token_hash: null, token_fingerprint: null, sas_kind: null, auth_type: account_key, time: 2026-01-20 01:00:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/later{i}', repeat: 2000, every: 1 second }
      - { token_hash: null, token_fingerprint: null, sas_kind: null, auth_type: account_key, time: 2026-01-02 01:00:00, operation_name: ListBlobs, operation_class: list, object_key: /acct/c }
      - { token_hash: A, time: 2026-01-13 01:00:00, object_key: /acct/c/o1 }
    expect: [{ token_hash: A, level: medium, container: c, objects_read: 500, objects_known: 1000, window_start: 2026-01-12 00:00:00 }]
  - name: silent for what was read half in the first week of the log
    rows:
      - { token_hash: null, token_fingerprint: null, sas_kind: null, auth_type: account_key, time: 2026-01-01 01:00:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/o{i}', repeat: 1000, every: 1 second }
      - { token_hash: A, time: 2026-01-01 01:00:00, object_key: '/acct/c/o{i}', repeat: 700, every: 30 minutes }
    expect: []
  - name: silent for a smaller container
    rows:
      - { token_hash: O, time: 2025-12-20 01:00:00, container: d, object_key: /acct/d/x }
      - { token_hash: null, token_fingerprint: null, sas_kind: null, auth_type: account_key, time: 2026-01-01 01:00:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/o{i}', repeat: 999, every: 1 second }
      - { token_hash: A, time: 2026-01-02 01:00:00, object_key: '/acct/c/o{i}', repeat: 700, every: 10 minutes }
    expect: []
  - name: silent for a reader of long standing, and for a drain of three weeks
    rows:
      - { token_hash: null, token_fingerprint: null, sas_kind: null, auth_type: account_key, time: 2026-01-01 01:00:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/o{i}', repeat: 1000, every: 1 second }
      - { token_hash: A, time: 2025-12-10 01:00:00, object_key: '/acct/c/o{i}', repeat: 600, every: 1 minute }
      - { token_hash: A, time: 2026-01-15 01:00:00, object_key: '/acct/c/o{i}', repeat: 600, every: 1 minute }
      - { token_hash: B, time: 2026-01-02 01:00:00, object_key: '/acct/c/o{i}', repeat: 600, every: 45 minutes }
    expect: []
  - name: fires for what the token read two months ago, or wrote three weeks ago
    rows:
      - { token_hash: null, token_fingerprint: null, sas_kind: null, auth_type: account_key, time: 2026-01-01 01:00:00, operation_name: PutBlob, operation_class: write, every: 1 second, object_key: '/acct/c/o{i}', repeat: 1000 }
      - { token_hash: A, time: 2025-12-01 01:00:00, object_key: '/acct/c/o{i}', repeat: 600, every: 1 minute }
      - { token_hash: A, time: 2026-01-30 01:00:00, object_key: '/acct/c/o{i}', repeat: 600, every: 1 minute }
      - { token_hash: O, time: 2025-12-20 01:00:00, container: d, object_key: /acct/d/x }
      - { token_hash: W, sas_sp: rw, time: 2026-01-02 01:00:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/o{i}', repeat: 1000, every: 1 second }
      - { token_hash: W, sas_sp: rw, time: 2026-01-21 01:00:00, object_key: '/acct/c/o{i}', repeat: 600, every: 1 minute }
    expect: [{ token_hash: A, window_start: 2026-01-30 00:00:00 }, { token_hash: W, window_start: 2026-01-21 00:00:00 }]
  - name: silent for two fifths of a container, and for what was written beside what was read
    rows:
      - { token_hash: O, time: 2025-12-20 01:00:00, container: d, object_key: /acct/d/x }
      - { token_hash: null, token_fingerprint: null, sas_kind: null, auth_type: account_key, time: 2026-01-01 01:00:00, operation_name: PutBlob, operation_class: write, every: 1 second, container: e, object_key: '/acct/e/o{i}', repeat: 1500 }
      - { token_hash: A, time: 2026-01-10 01:00:00, container: e, object_key: '/acct/e/o{i}', repeat: 600, every: 1 minute }
      - { token_hash: null, token_fingerprint: null, sas_kind: null, auth_type: account_key, time: 2026-01-01 01:00:00, operation_name: PutBlob, operation_class: write, every: 1 second, object_key: '/acct/c/o{i}', repeat: 1000 }
      - { token_hash: C, time: 2026-01-10 01:00:00, object_key: '/acct/c/o{i}', repeat: 450, every: 1 minute }
      - { token_hash: C, time: 2026-01-10 01:00:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/p{i}', repeat: 300, every: 1 minute }
      - { token_hash: C, time: 2026-01-10 12:00:00, object_key: '/acct/c/o{i}', repeat: 200, every: 1 minute }
    expect: []
  - name: silent for 450 objects also where smaller containers count
    params: { known_min: 600 }
    rows:
      - { token_hash: O, time: 2025-12-20 01:00:00, container: d, object_key: /acct/d/x }
      - { token_hash: null, token_fingerprint: null, sas_kind: null, auth_type: account_key, time: 2026-01-01 01:00:00, operation_name: PutBlob, operation_class: write, every: 1 second, object_key: '/acct/c/o{i}', repeat: 600 }
      - { token_hash: A, time: 2026-01-10 01:00:00, object_key: '/acct/c/o{i}', repeat: 450, every: 1 minute }
      - { token_hash: A, time: 2026-01-10 12:00:00, object_key: '/acct/c/o{i}', repeat: 200, every: 1 minute }
    expect: []
---*/
WITH busy AS (
  SELECT token_hash, account FROM token_day
  WHERE day >= $since::TIMESTAMP - $span - INTERVAL '1 day' AND day < $until::TIMESTAMP
  GROUP BY token_hash, account HAVING /* narrows: counted by name below */ sum(reads) >= $objects_min AND max(day) >= $since::TIMESTAMP - INTERVAL '1 day'),
accounts AS (
  SELECT account, day, min(day) OVER (PARTITION BY account ORDER BY day RANGE BETWEEN $baseline PRECEDING AND CURRENT ROW)
                       > day - $learning AS learning
  FROM (SELECT DISTINCT account, day FROM account_day
        WHERE day >= $since::TIMESTAMP - $span - $baseline - $baseline - INTERVAL '1 day' AND day < $until::TIMESTAMP)),
bits AS (
  SELECT t.token_hash, t.account, t.day, t.token_key, t.object_bits, if(a.learning, t.object_bits, NULL) AS early_bits
  FROM (FROM token_day SEMI JOIN busy USING (token_hash, account)) t JOIN accounts a ON a.account = t.account AND a.day = t.day
  WHERE t.day >= $since::TIMESTAMP - $span - $baseline - INTERVAL '1 day' AND t.day < $until::TIMESTAMP AND t.reads > 0),
days AS (
  SELECT token_hash, account, day, token_key, distinct_estimate(bit_or(object_bits) OVER span) AS objects,
         bit_or(object_bits) OVER before AS bits_before, bit_or(early_bits) OVER so_far AS bits_early
  FROM bits
  WINDOW span AS (PARTITION BY token_hash, account ORDER BY day RANGE BETWEEN $span - INTERVAL '1 day' PRECEDING AND CURRENT ROW),
         so_far AS (PARTITION BY token_hash, account ORDER BY day RANGE BETWEEN $span + $baseline PRECEDING AND CURRENT ROW),
         before AS (PARTITION BY token_hash, account ORDER BY day RANGE BETWEEN $span + $baseline PRECEDING AND $span PRECEDING)),
-- The bitmap is off by some percent; what it lets through is counted.
suspects AS (
  SELECT * FROM days
  WHERE day >= $since::TIMESTAMP - INTERVAL '1 day' AND /* narrows: counted by name below */ objects >= 0.8 * $objects_min
    AND coalesce(distinct_estimate(coalesce(bits_before | bits_early, bits_before, bits_early)), 0) < 0.5 * objects),
-- Conditions as one, here and below: by itself each is asked of every row of a file before whose row it is.
days_read AS (
  SELECT s.token_hash, l.account, l.time::DATE AS day, l.container, l.object_key, min(l.time) AS first_time, max(l.time) AS last_time
  FROM log_row l JOIN (SELECT DISTINCT token_hash, token_key, account FROM suspects) s
    ON l.account = s.account AND coalesce(l.token, l.token_fingerprint) = s.token_key
  WHERE l.time >= $since::TIMESTAMP - $span - INTERVAL '1 day' AND l.time < $until::TIMESTAMP
    AND (l.operation_count = 0 AND l.operation_class = 'read' AND (l.status_code BETWEEN 200 AND 299 OR l.status_code = 304)) IS TRUE
  GROUP BY ALL),
reads AS (
  SELECT s.token_hash, s.account, s.day, r.container, count(DISTINCT r.object_key) AS objects, min(r.first_time) AS first_time,
         max(r.last_time) AS last_time
  FROM days_read r JOIN suspects s ON r.token_hash = s.token_hash AND r.account = s.account
    AND r.day > s.day - $span AND r.day <= s.day
  GROUP BY ALL HAVING count(DISTINCT r.object_key) >= $objects_min),
objects AS (
  SELECT DISTINCT l.account, l.container, l.object_key, l.time::DATE AS day
  FROM log_row l JOIN (SELECT DISTINCT account, container FROM reads) r ON l.account = r.account AND l.container = r.container
  WHERE l.time >= $since::TIMESTAMP - $span - $baseline - INTERVAL '1 day' AND l.time < $until::TIMESTAMP
    AND (l.operation_count = 0 AND (l.status_code BETWEEN 200 AND 299 OR l.status_code = 304)
      AND l.operation_class IN ('read', 'write', 'copy', 'meta', 'tier', 'delete')) IS TRUE),
known AS (
  SELECT r.account, r.container, r.day, count(DISTINCT o.object_key) AS objects
  FROM objects o JOIN (SELECT DISTINCT account, container, day FROM reads) r ON o.account = r.account AND o.container = r.container
    AND o.day >= r.day - $span - $baseline AND o.day <= r.day
  GROUP BY ALL),
shares AS (
  SELECT r.*, k.objects AS known FROM reads r JOIN known k ON r.account = k.account AND r.container = k.container AND r.day = k.day
  WHERE k.objects >= $known_min AND r.objects >= $share_min * k.objects),
-- The day on which the half is passed; the days after it tell nothing new.
passed AS (
  SELECT *, lag(day) OVER (PARTITION BY token_hash, account, container ORDER BY day) AS day_before FROM shares)
SELECT token_hash, account, day::TIMESTAMP AS window_start, min(first_time) AS first_seen, max(last_time) AS last_seen,
       'medium' AS level, arg_max(container, objects) AS container, max(objects)::BIGINT AS objects_read,
       arg_max(known, objects)::BIGINT AS objects_known
FROM passed WHERE day >= $since::TIMESTAMP AND (day_before IS NULL OR day_before < day - INTERVAL '1 day')
GROUP BY token_hash, account, day
