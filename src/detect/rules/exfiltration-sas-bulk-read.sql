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
  - Distinct objects are counted in a bitmap of 1,024 bits; above some 5,000 the count is a lower bound
  - A copy made by the storage service itself is logged at the destination
params:
  window:        { type: interval, default: 15 minutes, unit: sliding in steps of 5 minutes }
  bytes_min:     { type: integer, default: 10737418240, unit: bytes out in the window }
  objects_min:   { type: integer, default: 1000, unit: distinct objects in the window }
  window_long:   { type: interval, default: 24 hours, unit: sliding in steps of 5 minutes }
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
WITH use AS (
  SELECT coalesce(r.token_hash, lpad(hex(r.token_fingerprint), 32, '0')::UUID) AS token_hash, r.account, r.bucket,
         concat_ws('|', r.auth_type, coalesce(s.srt, s.sr), s.sp, s.si,
                   if(r.auth_type = 'sas_account', NULL, r.container_bits),
                   date_diff('day', s.st_time, s.se_time) // 7) AS family,
         r.reads, r.bytes_out, r.public_n, r.min_time, r.max_time
  FROM rollup r LEFT JOIN sas s ON r.sas_id = s.sas_id
  WHERE r.bucket >= $since::TIMESTAMP - $baseline - $window_long AND r.bucket < $until::TIMESTAMP
    AND r.auth_type LIKE 'sas\_%' ESCAPE '\' AND r.reads > 0),
steps AS (
  SELECT token_hash, account, bucket, max(family) AS family, sum(reads)::BIGINT AS reads,
         sum(bytes_out)::BIGINT AS bytes_out, sum(public_n)::BIGINT AS public_n, min(min_time) AS min_time,
         max(max_time) AS max_time
  FROM use WHERE token_hash IS NOT NULL GROUP BY token_hash, account, bucket),
windows AS (
  SELECT token_hash, account, family, bucket, bucket::DATE AS day, max_time,
         sum(reads) OVER short_span AS reads_short, sum(bytes_out) OVER short_span AS bytes_short,
         min(min_time) OVER short_span AS short_since, sum(public_n) OVER short_span AS public_short,
         sum(reads) OVER long_span AS reads_long, sum(bytes_out) OVER long_span AS bytes_long,
         min(min_time) OVER long_span AS long_since, sum(public_n) OVER long_span AS public_long
  FROM steps
  WINDOW short_span AS (PARTITION BY token_hash, account ORDER BY bucket
                        RANGE BETWEEN $window - INTERVAL '5 minutes' PRECEDING AND CURRENT ROW),
         long_span AS (PARTITION BY token_hash, account ORDER BY bucket
                       RANGE BETWEEN $window_long - INTERVAL '5 minutes' PRECEDING AND CURRENT ROW)),
days AS (
  SELECT account, family, day, max(reads_short) AS reads_short, max(bytes_short) AS bytes_short,
         max(reads_long) AS reads_long, max(bytes_long) AS bytes_long
  FROM windows GROUP BY account, family, day),
usual AS (
  SELECT account, family, day, count(*) OVER earlier >= $days_min AS known,
         median(reads_short) OVER earlier AS reads_short, median(bytes_short) OVER earlier AS bytes_short,
         median(reads_long) OVER earlier AS reads_long, median(bytes_long) OVER earlier AS bytes_long
  FROM days
  WINDOW earlier AS (PARTITION BY account, family ORDER BY day
                     RANGE BETWEEN $baseline PRECEDING AND INTERVAL '1 day' PRECEDING)),
suspects AS (
  SELECT w.*, if(u.known, u.bytes_short, 0) AS usual_bytes, if(u.known, u.reads_short, 0) AS usual_reads,
         w.bytes_short >= $bytes_min AND w.bytes_short >= $factor * if(u.known, u.bytes_short, 0) AS hot_bytes,
         w.reads_short >= $objects_min AND w.reads_short >= $factor * if(u.known, u.reads_short, 0) AS hot_reads,
         w.bytes_long >= $bytes_long AND w.bytes_long >= $factor * if(u.known, u.bytes_long, 0) AS hot_bytes_long,
         w.reads_long >= $reads_long AND w.reads_long >= $factor * if(u.known, u.reads_long, 0) AS hot_reads_long
  FROM windows w JOIN usual u ON w.account = u.account AND w.family = u.family AND w.day = u.day
  WHERE w.day >= $since::TIMESTAMP::DATE
    AND (w.bytes_short >= $bytes_min OR w.reads_short >= $objects_min OR w.bytes_long >= $bytes_long OR w.reads_long >= $reads_long)),
objects AS (
  SELECT s.token_hash, s.account, s.bucket,
         distinct_estimate(bit_or(b.object_bits::BIT) FILTER (b.bucket > s.bucket - $window)) AS short,
         distinct_estimate(bit_or(b.object_bits::BIT)) AS long
  FROM suspects s JOIN (
    SELECT coalesce(token_hash, lpad(hex(token_fingerprint), 32, '0')::UUID) AS token_hash, account, bucket, object_bits
    FROM rollup
    WHERE bucket >= $since::TIMESTAMP - $window_long AND bucket < $until::TIMESTAMP AND auth_type LIKE 'sas\_%' ESCAPE '\' AND reads > 0
  ) b ON b.token_hash = s.token_hash AND b.account = s.account AND b.bucket <= s.bucket
     AND b.bucket > s.bucket - if(s.hot_reads_long, $window_long, $window)
  WHERE s.hot_reads OR s.hot_reads_long
  GROUP BY ALL),
counted AS (
  SELECT s.*, least(s.reads_short, o.short) AS objects_short,
         least(s.reads_long, o.long) AS objects_long
  FROM suspects s LEFT JOIN objects o ON s.token_hash = o.token_hash AND s.account = o.account AND s.bucket = o.bucket),
hot AS (
  SELECT *, hot_bytes OR (hot_reads AND objects_short >= $objects_min) AS hot_short
  FROM counted
  WHERE hot_bytes OR hot_bytes_long OR (hot_reads AND objects_short >= $objects_min)
     OR (hot_reads_long AND objects_long >= $objects_long))
SELECT token_hash, account, day::TIMESTAMP AS window_start,
       min(if(hot_short, short_since, long_since)) AS first_seen, max(max_time) AS last_seen,
       if(bool_or(if(hot_short, public_short, public_long) > 0), 'high', 'medium') AS level,
       max(bytes_short)::BIGINT AS bytes_in_window, max(reads_short)::BIGINT AS reads_in_window,
       max(objects_short)::BIGINT AS objects_in_window, max(bytes_long)::BIGINT AS bytes_long_window,
       max(reads_long)::BIGINT AS reads_long_window, max(usual_bytes)::DOUBLE AS usual_bytes,
       max(usual_reads)::DOUBLE AS usual_reads
FROM hot GROUP BY token_hash, account, day
