/*---
title: Bulk read with one SAS token
id: 8e2b7f0d-2c5f-4f8f-a1de-5c7a0f3b9d21
code: W-EXF-1
version: 1
status: experimental
kind: window
entity: token
level: medium
date: 2026-11-24
description: >-
  One token reads 10 GiB or 1,000 distinct objects within 15 minutes, or 200 GiB or 20,000 reads over many objects within
  24 hours, and three times more than the usual peak of its family. High if any of its requests came from a public address.
  One finding per token and UTC day.
tags: [attack.exfiltration, attack.t1530, attack.t1567.002]
falsepositives:
  - A backup or a training job in its first three days, before its family has a usual peak
  - An announced migration
blindspots:
  - A slow drain below the thresholds
  - A drain no larger than what the token's family reads every day
  - A copy made by the storage service itself is logged at the destination
params:
  window:        { type: interval, default: 15 minutes, unit: sliding }
  bytes_min:     { type: integer, default: 10737418240, unit: bytes out in the window }
  objects_min:   { type: integer, default: 1000, unit: distinct objects in the window }
  window_long:   { type: interval, default: 24 hours, unit: sliding }
  bytes_long:    { type: integer, default: 214748364800, unit: bytes out in the long window }
  reads_long:    { type: integer, default: 20000, unit: reads in the long window }
  objects_long:  { type: integer, default: 4000, unit: distinct objects in the long window }
  factor:        { type: integer, default: 3, unit: times the usual peak }
  baseline:      { type: interval, default: 28 days }
  days_min:      { type: integer, default: 3, unit: earlier days with reads }
runbook: |
  1. List containers, distinct objects and bytes out by caller_ip for this token_hash from first_seen to last_seen.
  2. Compare user_agent and caller_ip with the 28 days before window_start; ask the owner whether a job was moved.
  3. If nobody knows it, revoke the token now, and export the objects read between first_seen and now for the data owner.
response: Export the list of objects that were read before deciding whom to notify.
tests:
  - name: fires high for 24 GB within 12 minutes from public addresses
    rows: [{ token_hash: A, time: 2026-01-01 03:00:00, response_body_bytes: 2000000000, object_key: '/acct/c/o{i}', repeat: 12, every: 1 minute }]
    expect: [{ token_hash: A, level: high, bytes_in_window: 24000000000, window_start: 2026-01-01 00:00:00, first_seen: 2026-01-01 03:00:00 }]
  - name: fires for 1,100 small objects within 11 minutes, medium from private addresses
    rows: [{ token_hash: A, ip_class: private, caller_ip: 10.0.0.4, response_body_bytes: 100, object_key: '/acct/c/o{i}', repeat: 1300, every: 500 milliseconds }]
    expect: [{ token_hash: A, level: medium, reads_in_window: 1300 }]
  - name: fires for a drain spread over a day
    rows: [{ token_hash: A, time: 2026-01-01 00:10:00, status_code: 206, response_body_bytes: 2500000000, repeat: 93, every: 15 minutes }]
    expect: [{ token_hash: A, bytes_long_window: 232500000000 }]
  - name: silent for many reads of one object
    rows: [{ token_hash: A, response_body_bytes: 100, repeat: 3000, every: 100 milliseconds }]
    expect: []
  - name: silent for the nightly backup once its family is known
    rows:
      - { token_hash: A, time: 2026-01-01 03:00:00, response_body_bytes: 1000000000, repeat: 5, every: 1 minute }
      - { token_hash: B, time: 2026-01-02 03:00:00, response_body_bytes: 1000000000, repeat: 5, every: 1 minute }
      - { token_hash: C, time: 2026-01-03 03:00:00, response_body_bytes: 1000000000, repeat: 5, every: 1 minute }
      - { token_hash: D, time: 2026-01-04 03:00:00, response_body_bytes: 1000000000, repeat: 14, every: 1 minute }
    expect: []
  - name: silent without SAS
    rows: [{ token_hash: null, token_fingerprint: null, auth_type: oauth, response_body_bytes: 20000000000 }]
    expect: []
---*/
WITH windows AS (
  SELECT token_hash, account, day, family, sum(reads) OVER short_span AS reads_short, sum(bytes_out) OVER short_span AS bytes_short,
         sum(reads) OVER long_span AS reads_long, sum(bytes_out) OVER long_span AS bytes_long
  FROM (SELECT token_hash, account, bucket, day, max(family) AS family, sum(reads) AS reads, sum(bytes_out) AS bytes_out
        FROM sas_use
        WHERE bucket >= $since::TIMESTAMP - $window_long AND bucket < $until::TIMESTAMP AND reads > 0 GROUP BY ALL)
  WINDOW short_span AS (PARTITION BY token_hash, account ORDER BY bucket RANGE BETWEEN $window PRECEDING AND CURRENT ROW),
         long_span AS (PARTITION BY token_hash, account ORDER BY bucket RANGE BETWEEN $window_long PRECEDING AND CURRENT ROW)),
usual AS (
  SELECT account, family, day, if(known, reads_short, 0) AS reads_short, if(known, bytes_short, 0) AS bytes_short,
         if(known, reads_long, 0) AS reads_long, if(known, bytes_long, 0) AS bytes_long
  FROM (
    SELECT account, family, day, count(*) OVER earlier >= $days_min AS known,
           median(peak_reads) OVER earlier AS reads_short, median(peak_bytes_out) OVER earlier AS bytes_short,
           median(most_reads) OVER earlier AS reads_long, median(most_bytes_out) OVER earlier AS bytes_long
    FROM family_day WHERE day >= $since::TIMESTAMP - $baseline AND day < $until::TIMESTAMP AND reads > 0
    WINDOW earlier AS (PARTITION BY account, family ORDER BY day
                       RANGE BETWEEN $baseline PRECEDING AND INTERVAL '1 day' PRECEDING))),
suspects AS (
  SELECT w.token_hash, w.account, w.day, max(u.reads_short) AS usual_reads, max(u.bytes_short) AS usual_bytes,
         max(u.reads_long) AS usual_reads_long, max(u.bytes_long) AS usual_bytes_long
  FROM windows w JOIN usual u ON w.account = u.account AND w.family = u.family AND w.day = u.day
  WHERE w.day >= $since::TIMESTAMP::DATE
    AND (w.bytes_short >= greatest($bytes_min, $factor * u.bytes_short) OR w.reads_short >= greatest($objects_min, $factor * u.reads_short)
      OR w.bytes_long >= greatest($bytes_long, $factor * u.bytes_long) OR w.reads_long >= greatest($reads_long, $factor * u.reads_long))
  GROUP BY ALL),
-- The rollups may count a record twice that upstream delivered twice; the rows of suspicious tokens are counted once.
reads AS (
  SELECT DISTINCT ON (t.token_hash, l.account, l.correlation_id, l.time, l.time_tick, l.object_key, l.caller_ip, l.caller_port)
         t.token_hash, l.account, l.time, l.object_key, l.response_body_bytes AS bytes, l.ip_class = 'public' AS public
  FROM log_row l JOIN (
    SELECT DISTINCT u.token_hash, u.token_key, u.account FROM sas_use u
      SEMI JOIN suspects s ON u.token_hash = s.token_hash AND u.account = s.account
    WHERE u.bucket >= $since::TIMESTAMP AND u.bucket < $until::TIMESTAMP
  ) t ON l.account = t.account AND coalesce(l.token, l.token_fingerprint) = t.token_key
  WHERE l.time >= $since::TIMESTAMP - $window_long AND l.time < $until::TIMESTAMP AND l.operation_count = 0
    AND l.operation_class = 'read' AND (l.status_code BETWEEN 200 AND 299 OR l.status_code = 304)),
spans AS (
  SELECT token_hash, account, time, count(*) OVER short_span AS reads_short, sum(bytes) OVER short_span AS bytes_short,
         count(DISTINCT object_key) OVER short_span AS objects_short, min(time) OVER short_span AS short_since,
         bool_or(public) OVER short_span AS public_short, count(*) OVER long_span AS reads_long,
         sum(bytes) OVER long_span AS bytes_long, count(DISTINCT object_key) OVER long_span AS objects_long,
         min(time) OVER long_span AS long_since, bool_or(public) OVER long_span AS public_long
  FROM reads
  WINDOW short_span AS (PARTITION BY token_hash, account ORDER BY time RANGE BETWEEN $window PRECEDING AND CURRENT ROW),
         long_span AS (PARTITION BY token_hash, account ORDER BY time RANGE BETWEEN $window_long PRECEDING AND CURRENT ROW)),
hot AS (
  SELECT p.*, s.day, s.usual_bytes, s.usual_reads,
         p.bytes_short >= greatest($bytes_min, $factor * s.usual_bytes)
           OR (p.objects_short >= $objects_min AND p.reads_short >= $factor * s.usual_reads) AS hot_short,
         p.bytes_long >= greatest($bytes_long, $factor * s.usual_bytes_long)
           OR (p.objects_long >= $objects_long AND p.reads_long >= greatest($reads_long, $factor * s.usual_reads_long)) AS hot_long
  FROM spans p JOIN suspects s ON p.token_hash = s.token_hash AND p.account = s.account AND p.time::DATE = s.day)
SELECT token_hash, account, day::TIMESTAMP AS window_start, min(if(hot_short, short_since, long_since)) AS first_seen,
       max(time) AS last_seen, if(bool_or(if(hot_short, public_short, public_long)), 'high', 'medium') AS level,
       max(bytes_short)::BIGINT AS bytes_in_window, max(reads_short)::BIGINT AS reads_in_window,
       max(objects_short)::BIGINT AS objects_in_window, max(bytes_long)::BIGINT AS bytes_long_window,
       max(reads_long)::BIGINT AS reads_long_window, max(usual_bytes)::DOUBLE AS usual_bytes,
       max(usual_reads)::DOUBLE AS usual_reads
FROM hot WHERE hot_short OR hot_long GROUP BY token_hash, account, day
