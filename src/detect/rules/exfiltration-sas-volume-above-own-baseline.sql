/*---
title: SAS token reads far more than its own usual
id: 4a34cf24-18a6-5768-aa4f-f1f3e85ded04
code: B-VOL-1
version: 2
status: experimental
kind: baseline
entity: token
level: medium
date: 2026-11-24
modified: 2026-11-28
description: >-
  In its busiest hour of the day a token reads more than a gigabyte, or more than 200 times, and that is eight robust
  deviations above the busiest hours of its 28 days before, of which there must be seven. One finding per token and UTC day.
tags: [attack.exfiltration, attack.t1567.002]
falsepositives:
  - The end of a month
  - A job that catches up
blindspots:
  - A drain below what is usual for the token
  - Tokens that live less than a week
params:
  z_min:       { type: number, default: 8, unit: robust deviations }
  bytes_min:   { type: integer, default: 1073741824, unit: bytes in the hour }
  reads_min:   { type: integer, default: 200, unit: reads in the hour }
  bytes_floor: { type: integer, default: 67108864, unit: bytes that count as one deviation at least }
  reads_floor: { type: integer, default: 10, unit: reads that count as one deviation at least }
  baseline:    { type: interval, default: 28 days }
  days_min:    { type: integer, default: 7, unit: earlier days with reads }
needs:
  token: >-
    first_seen < $until::TIMESTAMP - to_days($days_min) + INTERVAL '1 day' AND (bytes_out >= $bytes_min OR reads >= $reads_min)
  part: suspects
  only: [token_day]
  rows: day
runbook: |
  1. List bytes and distinct objects by hour of this token_hash for the 7 days before last_seen, by caller_ip.
  2. Ask its owner for a job on the day of window_start; look whether the objects were read before within 28 days.
  3. If there is none, revoke it, and export the objects read since first_seen.
tests:
  - name: fires for three gigabytes in an hour and for little more than one, after a week of less; silent on the week itself
    rows:
      - { token_hash: A, time: 2026-01-01 10:00:00, response_body_bytes: 100000000, repeat: 7, every: 1 day }
      - { token_hash: A, time: 2026-01-08 10:00:00, response_body_bytes: 1000000000, repeat: 3, every: 5 minutes }
      - { token_hash: B, time: 2026-01-01 10:00:00, response_body_bytes: 100000000, repeat: 7, every: 1 day }
      - { token_hash: B, time: 2026-01-08 10:00:00, response_body_bytes: 1100000000 }
    expect: [{ token_hash: A, level: medium, bytes_in_hour: 3000000000, usual_bytes: 100000000, window_start: 2026-01-08 00:00:00 }, { token_hash: B, z_bytes: 14.9 }]
  - name: fires for 210 reads in an hour
    rows:
      - { token_hash: A, time: 2026-01-01 10:00:00, repeat: 8, every: 1 day }
      - { token_hash: A, time: 2026-01-09 10:00:00, repeat: 210, every: 10 seconds }
    expect: [{ token_hash: A, reads_in_hour: 210 }]
  - name: silent below the floors, after six days, spread over hours, and for a token that varies as much
    rows:
      - { token_hash: A, time: 2026-01-01 10:00:00, repeat: 8, every: 1 day }
      - { token_hash: A, time: 2026-01-09 10:00:00, response_body_bytes: 5000000, repeat: 195, every: 10 seconds }
      - { token_hash: B, time: 2026-01-01 10:00:00, repeat: 6, every: 1 day }
      - { token_hash: B, time: 2026-01-07 10:00:00, response_body_bytes: 1000000000, repeat: 300, every: 10 seconds }
      - { token_hash: C, time: 2026-01-01 10:00:00, repeat: 8, every: 1 day }
      - { token_hash: C, time: 2026-01-09 00:00:00, repeat: 600, every: 2 minutes }
      - { token_hash: D, time: 2026-01-01 10:00:00, response_body_bytes: 100000000, repeat: 3, every: 3 days }
      - { token_hash: D, time: 2026-01-02 10:00:00, response_body_bytes: 1000000000, repeat: 3, every: 3 days }
      - { token_hash: D, time: 2026-01-03 10:00:00, response_body_bytes: 2000000000, repeat: 3, every: 3 days }
      - { token_hash: D, time: 2026-01-10 10:00:00, response_body_bytes: 3000000000 }
    expect: []
  - name: silent within eight deviations, for bytes and for reads
    rows:
      - { token_hash: A, time: 2026-01-01 10:00:00, response_body_bytes: 900000000, repeat: 8, every: 1 day }
      - { token_hash: A, time: 2026-01-09 10:00:00, response_body_bytes: 1400000000 }
      - { token_hash: B, time: 2026-01-01 10:00:00, repeat: 1120, every: 10 minutes }
      - { token_hash: B, time: 2026-01-02 10:00:00, response_body_bytes: 0, repeat: 150, every: 1 second }
      - { token_hash: B, time: 2026-01-03 10:00:00, response_body_bytes: 0, repeat: 150, every: 1 second }
      - { token_hash: B, time: 2026-01-04 10:00:00, response_body_bytes: 0, repeat: 150, every: 1 second }
      - { token_hash: B, time: 2026-01-05 10:00:00, response_body_bytes: 0, repeat: 150, every: 1 second }
      - { token_hash: B, time: 2026-01-06 10:00:00, response_body_bytes: 0, repeat: 150, every: 1 second }
      - { token_hash: B, time: 2026-01-08 10:00:00, response_body_bytes: 0, repeat: 210, every: 1 second }
    expect: []
  - name: silent where only records that came twice make it a gigabyte, 200 reads, or eight deviations
    rows:
      - { token_hash: A, time: 2026-01-01 10:00:00, response_body_bytes: 1000000, repeat: 8, every: 1 day }
      - { token_hash: A, time: 2026-01-09 10:00:00, response_body_bytes: 6000000, object_key: '/acct/c/o{i}', repeat: 120, every: 1 second }
      - { token_hash: A, time: 2026-01-09 10:00:00, response_body_bytes: 6000000, object_key: '/acct/c/o{i}', repeat: 120, every: 1 second }
      - { token_hash: B, time: 2026-01-01 10:00:00, response_body_bytes: 900000000, repeat: 8, every: 1 day }
      - { token_hash: B, time: 2026-01-09 10:00:00, response_body_bytes: 1200000000 }
      - { token_hash: B, time: 2026-01-09 10:00:00, response_body_bytes: 1200000000 }
      - { token_hash: C, time: 2026-01-01 10:00:00, response_body_bytes: 0, repeat: 150, every: 1 second }
      - { token_hash: C, time: 2026-01-02 10:00:00, response_body_bytes: 0, repeat: 150, every: 1 second }
      - { token_hash: C, time: 2026-01-03 10:00:00, response_body_bytes: 0, repeat: 150, every: 1 second }
      - { token_hash: C, time: 2026-01-04 10:00:00, response_body_bytes: 0, repeat: 150, every: 1 second }
      - { token_hash: C, time: 2026-01-05 10:00:00, response_body_bytes: 0, repeat: 150, every: 1 second }
      - { token_hash: C, time: 2026-01-06 10:00:00, response_body_bytes: 0, repeat: 150, every: 1 second }
      - { token_hash: C, time: 2026-01-07 10:00:00, response_body_bytes: 0, repeat: 150, every: 1 second }
      - { token_hash: C, time: 2026-01-08 10:00:00, response_body_bytes: 0, repeat: 150, every: 1 second }
      - { token_hash: C, time: 2026-01-09 10:00:00, response_body_bytes: 0, repeat: 210, every: 1 second }
      - { token_hash: C, time: 2026-01-09 10:00:00, response_body_bytes: 0, repeat: 210, every: 1 second }
    expect: []
  - name: fires where as much is two months past
    rows:
      - { token_hash: A, time: 2026-01-01 10:00:00, response_body_bytes: 3000000000, repeat: 20, every: 1 day }
      - { token_hash: A, time: 2026-02-10 10:00:00, response_body_bytes: 100000000, repeat: 15, every: 1 day }
      - { token_hash: A, time: 2026-03-01 10:00:00, response_body_bytes: 3000000000 }
    expect: [{ window_start: 2026-03-01 00:00:00 }]
  - name: fires where the usual is three weeks past
    rows:
      - { token_hash: A, time: 2026-01-01 10:00:00, repeat: 8, every: 1 day }
      - { token_hash: A, time: 2026-01-25 10:00:00, response_body_bytes: 3000000000 }
    expect: [{ window_start: 2026-01-25 00:00:00 }]
  - name: silent where most days have writes only
    rows:
      - { token_hash: A, time: 2026-01-01 10:00:00, response_body_bytes: 1000000000, repeat: 8, every: 1 day }
      - { token_hash: A, time: 2026-01-09 10:00:00, operation_name: PutBlob, operation_class: write, response_body_bytes: 0, repeat: 10, every: 1 day }
      - { token_hash: A, time: 2026-01-19 10:00:00, response_body_bytes: 1500000000 }
    expect: []
---*/
WITH aged AS (
  SELECT token_hash, account FROM token_life
  WHERE last_seen >= $since::TIMESTAMP AND first_seen < $until::TIMESTAMP - to_days($days_min) + INTERVAL '1 day'),
days AS (
  SELECT token_hash, account, day, token_key, min_time, max_time, peak_hour_bytes_out AS bytes, peak_hour_reads AS reads, public_n
  FROM token_day SEMI JOIN aged USING (token_hash, account)
  WHERE day >= $since::TIMESTAMP - $baseline AND day < $until::TIMESTAMP AND reads > 0),
earlier AS (
  SELECT d.token_hash, d.account, d.day, median(e.bytes) AS usual_bytes, median(e.reads) AS usual_reads, mad(e.bytes) AS mad_bytes,
         mad(e.reads) AS mad_reads
  FROM days d JOIN days e
    ON e.token_hash = d.token_hash AND e.account = d.account AND e.day < d.day AND e.day >= d.day - $baseline
  WHERE d.day >= $since::TIMESTAMP
  GROUP BY d.token_hash, d.account, d.day HAVING count(*) >= $days_min),
suspects AS (
  SELECT *, 1.4826 * mad_bytes + $bytes_floor AS deviation_bytes, 1.4826 * mad_reads + $reads_floor AS deviation_reads
  FROM days JOIN earlier USING (token_hash, account, day)
  WHERE /* narrows: judged by request below */ (/* narrows: likewise */ bytes >= $bytes_min
      AND /* narrows: likewise */ bytes - usual_bytes > $z_min * deviation_bytes)
    OR /* narrows: likewise */ (/* narrows: likewise */ reads >= $reads_min AND /* narrows: likewise */ reads - usual_reads > $z_min * deviation_reads)),
-- The rollups may count a record twice that upstream delivered twice.
requests AS (
  SELECT DISTINCT ON (s.token_hash, l.account, l.correlation_id, l.time, l.time_tick, l.operation_name, l.object_key)
         s.token_hash, l.account, l.time, l.operation_class, l.response_body_bytes
  FROM log_row l JOIN (SELECT DISTINCT token_hash, token_key, account FROM suspects) s
    ON l.account = s.account AND coalesce(l.token, l.token_fingerprint) = s.token_key
  WHERE l.time >= $since::TIMESTAMP AND l.time < $until::TIMESTAMP AND l.operation_count = 0
    AND (l.status_code BETWEEN 200 AND 299 OR l.status_code = 304)),
peaks AS (
  SELECT token_hash, account, day, max(reads) AS reads, max(bytes) AS bytes
  FROM (SELECT token_hash, account, time::DATE AS day, hour(time) AS hour, count(*) FILTER (operation_class = 'read') AS reads,
               coalesce(sum(response_body_bytes), 0) AS bytes
        FROM requests GROUP BY ALL)
  GROUP BY ALL),
judged AS (
  SELECT s.* REPLACE (p.bytes AS bytes, p.reads AS reads), (p.bytes - s.usual_bytes) / s.deviation_bytes AS z_bytes,
         (p.reads - s.usual_reads) / s.deviation_reads AS z_reads
  FROM suspects s JOIN peaks p ON p.token_hash = s.token_hash AND p.account = s.account AND p.day = s.day)
SELECT token_hash, account, day::TIMESTAMP AS window_start, min_time AS first_seen, max_time AS last_seen, 'medium' AS level,
       bytes::BIGINT AS bytes_in_hour, usual_bytes::DOUBLE AS usual_bytes, round(z_bytes, 1) AS z_bytes,
       reads::BIGINT AS reads_in_hour, usual_reads::DOUBLE AS usual_reads, round(z_reads, 1) AS z_reads,
       public_n > 0 AS from_public_address
FROM judged
WHERE (bytes >= $bytes_min AND z_bytes > $z_min) OR (reads >= $reads_min AND z_reads > $z_min)
