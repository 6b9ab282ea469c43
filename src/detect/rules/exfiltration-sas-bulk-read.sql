/*---
title: Bulk read with one SAS token
id: 8e2b7f0d-2c5f-4f8f-a1de-5c7a0f3b9d21
code: W-EXF-1
version: 2
status: experimental
kind: window
entity: token
level: medium
date: 2026-11-24
modified: 2026-11-26
description: >-
  One token reads 10 GiB or 1,000 distinct objects within 15 minutes, or 200 GiB or 20,000 reads over many objects within
  24 hours, and three times more than the usual peak of its family and twice as much as the family read on the same day of
  earlier weeks. High if any of its requests came from a public address, unless the account has been in the log for less than
  two weeks: before that no weekly job can be known, and it is medium. One finding per token and UTC day.
tags: [attack.exfiltration, attack.t1530, attack.t1567.002]
falsepositives:
  - A backup or a training job in its first three days, before its family has a usual peak
  - An announced migration
blindspots:
  - A slow drain below the thresholds
  - A drain no larger than what the token's family reads every day, or on the same day of the week
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
  factor_weekly: { type: number, default: 2, unit: times the most on the same day of an earlier week }
  share_min:     { type: number, default: 0.25, unit: of the long window that lies in the day }
  learning:      { type: interval, default: 14 days, unit: that the account has been in the log }
needs:
  token: bytes_out >= least($bytes_min, $bytes_long) OR reads >= least($objects_min, $objects_long)
  part: suspects
  only: [sas_use]
  rows: day - $window_long
runbook: |
  1. List containers, distinct objects and bytes out by caller_ip for this token_hash from first_seen to last_seen.
  2. Compare user_agent and caller_ip with the 28 days before window_start; ask the owner whether a job was moved.
  3. If nobody knows it, revoke the token now, and export the objects read between first_seen and now for the data owner.
response: Export the list of objects that were read (saswatch query --saved objects-read) before deciding whom to notify.
tests:
  - name: fires high for 24 GB within 12 minutes from public addresses
    rows:
      - { token_hash: O, time: 2025-12-18 10:00:00 }
      - { token_hash: A, time: 2026-01-01 03:00:00, response_body_bytes: 2000000000, object_key: '/acct/c/o{i}', repeat: 12, every: 1 minute }
    expect: [{ token_hash: A, level: high, bytes_in_window: 24000000000, window_start: 2026-01-01 00:00:00, first_seen: 2026-01-01 03:00:00 }]
  - name: fires medium while the account is new in the log
    rows:
      - { token_hash: O, time: 2025-12-19 10:00:00 }
      - { token_hash: A, time: 2026-01-01 03:00:00, response_body_bytes: 2000000000, object_key: '/acct/c/o{i}', repeat: 12, every: 1 minute }
    expect: [{ token_hash: A, level: medium, learning: true }]
  - name: fires for 1,000 small objects within 11 minutes, medium from private addresses, and is silent for 999 and for 17 minutes
    rows:
      - { token_hash: O, time: 2025-12-10 10:00:00 }
      - { token_hash: A, ip_class: private, caller_ip: 10.0.0.4, response_body_bytes: 100, object_key: '/acct/c/o{i}', repeat: 1000, every: 500 milliseconds }
      - { token_hash: B, ip_class: private, caller_ip: 10.0.0.4, response_body_bytes: 100, object_key: '/acct/c/o{i}', repeat: 999, every: 500 milliseconds }
      - { token_hash: C, ip_class: private, caller_ip: 10.0.0.4, response_body_bytes: 100, object_key: '/acct/c/o{i}', repeat: 1000, every: 1 second }
    expect: [{ token_hash: A, level: medium, reads_in_window: 1000, learning: false }]
  - name: fires for a drain spread over a day, and is silent for one of two days
    rows:
      - { token_hash: A, time: 2026-01-01 00:10:00, status_code: 206, response_body_bytes: 2500000000, repeat: 93, every: 15 minutes }
      - { token_hash: B, time: 2026-01-01 00:10:00, status_code: 206, response_body_bytes: 2500000000, repeat: 93, every: 31 minutes }
    expect: [{ token_hash: A, bytes_long_window: 232500000000 }]
  - name: counts all reads of a moment in the windows that begin with it and end with it
    rows:
      - { token_hash: A, time: 2026-01-01 01:00:00, response_body_bytes: 4500000000, object_key: '/acct/c/o{i}', repeat: 2, every: 0 seconds }
      - { token_hash: A, time: 2026-01-01 01:20:00, response_body_bytes: 9000000000, repeat: 22, every: 20 minutes }
      - { token_hash: A, time: 2026-01-01 08:40:00, response_body_bytes: 9000000000, object_key: '/acct/c/o{i}', repeat: 2, every: 0 seconds }
    expect: [{ token_hash: A, first_seen: 2026-01-01 08:40:00, bytes_in_window: 18000000000, bytes_long_window: 225000000000 }]
  - name: fires for 200 reads of 40 objects in a day where those are the limits, and is silent for 39 objects, for a read less, also where records come twice, and on a day with a tenth of them
    params: { reads_long: 200, objects_long: 40 }
    rows:
      - { token_hash: A, time: 2026-01-01 00:10:00, response_body_bytes: 1, object_key: '/acct/c/o{i}', repeat: 40, every: 30 minutes }
      - { token_hash: A, time: 2026-01-01 00:11:00, response_body_bytes: 1, object_key: '/acct/c/o1', repeat: 160, every: 8 minutes }
      - { token_hash: B, time: 2026-01-01 00:10:00, response_body_bytes: 1, object_key: '/acct/c/o{i}', repeat: 39, every: 30 minutes }
      - { token_hash: B, time: 2026-01-01 00:11:00, response_body_bytes: 1, object_key: '/acct/c/o1', repeat: 161, every: 8 minutes }
      - { token_hash: C, time: 2026-01-01 00:10:00, response_body_bytes: 1, object_key: '/acct/c/o{i}', repeat: 40, every: 30 minutes }
      - { token_hash: C, time: 2026-01-01 00:11:00, response_body_bytes: 1, object_key: '/acct/c/o1', repeat: 159, every: 8 minutes }
      - { token_hash: D, time: 2026-01-01 00:10:00, response_body_bytes: 1, object_key: '/acct/c/o{i}', repeat: 40, every: 30 minutes }
      - { token_hash: D, time: 2026-01-01 00:11:00, response_body_bytes: 1, object_key: '/acct/c/o1', repeat: 110, every: 8 minutes }
      - { token_hash: D, time: 2026-01-01 00:10:00, response_body_bytes: 1, object_key: '/acct/c/o{i}', repeat: 40, every: 30 minutes }
      - { token_hash: D, time: 2026-01-01 00:11:00, response_body_bytes: 1, object_key: '/acct/c/o1', repeat: 110, every: 8 minutes }
      - { token_hash: E, time: 2026-01-01 02:00:00, response_body_bytes: 1, object_key: '/acct/c/o{i}', repeat: 210, every: 7 minutes }
    expect: [{ token_hash: A, reads_long_window: 200 }]
  - name: silent for many reads of one object
    rows:
      - { token_hash: A, response_body_bytes: 100, repeat: 3000, every: 100 milliseconds }
      - { token_hash: A, operation_class: meta, operation_name: GetBlobProperties, object_key: '/acct/c/o{i}', repeat: 1000, every: 100 milliseconds }
    expect: []
  - name: silent for the nightly backup once its family is known, fires for three times as much and again when it is forgotten
    rows:
      - { token_hash: A, time: 2026-01-01 03:00:00, response_body_bytes: 1000000000, repeat: 5, every: 1 minute }
      - { token_hash: B, time: 2026-01-02 03:00:00, response_body_bytes: 1000000000, repeat: 5, every: 1 minute }
      - { token_hash: C, time: 2026-01-03 03:00:00, response_body_bytes: 1000000000, repeat: 5, every: 1 minute }
      - { token_hash: D, time: 2026-01-04 03:00:00, response_body_bytes: 1000000000, repeat: 14, every: 1 minute }
      - { token_hash: E, time: 2026-01-05 03:00:00, response_body_bytes: 1500000000, repeat: 10, every: 1 minute }
      - { token_hash: F, time: 2026-02-13 03:00:00, response_body_bytes: 1000000000, repeat: 14, every: 1 minute }
    expect: [{ token_hash: E, usual_bytes: 5000000000, window_start: 2026-01-05 00:00:00 }, { token_hash: F, usual_bytes: 0 }]
  - name: silent for a full backup on Sunday after the first, and for the night after it
    rows:
      - { token_hash: A, time: 2026-01-01 01:00:00, response_body_bytes: 9000000000, repeat: 5, every: 20 minutes }
      - { token_hash: A, time: 2026-01-02 01:00:00, response_body_bytes: 9000000000, repeat: 5, every: 20 minutes }
      - { token_hash: A, time: 2026-01-03 01:00:00, response_body_bytes: 9000000000, repeat: 5, every: 20 minutes }
      - { token_hash: A, time: 2026-01-04 01:00:00, response_body_bytes: 9000000000, repeat: 60, every: 20 minutes }
      - { token_hash: A, time: 2026-01-05 01:00:00, response_body_bytes: 9000000000, repeat: 5, every: 20 minutes }
      - { token_hash: A, time: 2026-01-11 01:00:00, response_body_bytes: 9000000000, repeat: 66, every: 20 minutes }
      - { token_hash: A, time: 2026-01-12 01:00:00, response_body_bytes: 9000000000, repeat: 25, every: 20 minutes }
      - { token_hash: A, time: 2026-01-18 01:00:00, response_body_bytes: 9000000000, repeat: 66, every: 10 minutes }
      - { token_hash: A, time: 2026-01-25 01:00:00, response_body_bytes: 9000000000, repeat: 133, every: 10 minutes }
    expect: [{ window_start: 2026-01-04 00:00:00, level: medium }, { window_start: 2026-01-25 00:00:00, level: high }]
  - name: silent without SAS
    rows: [{ token_hash: null, token_fingerprint: null, auth_type: oauth, response_body_bytes: 20000000000 }]
    expect: []
  - name: fires on the third day of a job, silent on a day after four on which the family only wrote
    rows:
      - { token_hash: A1, sas_sp: r, time: 2026-01-01 03:00:00, response_body_bytes: 1000000000, repeat: 5, every: 1 minute }
      - { token_hash: A2, sas_sp: r, time: 2026-01-02 03:00:00, response_body_bytes: 1000000000, repeat: 5, every: 1 minute }
      - { token_hash: B, sas_sp: r, time: 2026-01-03 03:00:00, response_body_bytes: 1000000000, repeat: 14, every: 1 minute }
      - { token_hash: C1, sas_sp: rw, time: 2026-01-01 03:00:00, response_body_bytes: 1000000000, repeat: 5, every: 1 minute }
      - { token_hash: C2, sas_sp: rw, time: 2026-01-02 03:00:00, response_body_bytes: 1000000000, repeat: 5, every: 1 minute }
      - { token_hash: C3, sas_sp: rw, time: 2026-01-03 03:00:00, response_body_bytes: 1000000000, repeat: 5, every: 1 minute }
      - { token_hash: W, sas_sp: rw, time: 2026-01-04 03:00:00, operation_name: PutBlob, operation_class: write, response_body_bytes: 0, repeat: 4, every: 1 day }
      - { token_hash: D, sas_sp: rw, time: 2026-01-08 03:00:00, response_body_bytes: 1000000000, repeat: 14, every: 1 minute }
    expect: [{ token_hash: B }]
  - name: silent for a thousand objects read in fewer than three times the usual reads, also where records come twice
    rows:
      - { token_hash: A1, time: 2026-01-01 03:00:00, object_key: '/acct/c/o{i}', every: 500 milliseconds, repeat: 500 }
      - { token_hash: A2, time: 2026-01-02 03:00:00, object_key: '/acct/c/o{i}', every: 500 milliseconds, repeat: 500 }
      - { token_hash: A3, time: 2026-01-03 03:00:00, object_key: '/acct/c/o{i}', every: 500 milliseconds, repeat: 500 }
      - { token_hash: B, time: 2026-01-04 03:00:00, object_key: '/acct/c/o{i}', every: 500 milliseconds, repeat: 1000 }
      - { token_hash: B, time: 2026-01-04 03:00:00, object_key: '/acct/c/o{i}', every: 500 milliseconds, repeat: 1000 }
    expect: []
  - name: fires on the second day for a drain of which nearly half lies in it, silent where an eighth does
    rows:
      - { token_hash: A, time: 2026-01-01 12:00:00, response_body_bytes: 2500000000, repeat: 90, every: 15 minutes }
      - { token_hash: B, time: 2026-01-01 04:00:00, response_body_bytes: 2500000000, repeat: 92, every: 15 minutes }
    expect: [{ token_hash: A, window_start: 2026-01-02 00:00:00 }]
  - name: fires on the day that brings the 20,000th read, not on the day before
    rows:
      - { token_hash: A, time: 2026-01-01 09:00:00, response_body_bytes: 1, object_key: '/acct/c/o{i}', repeat: 4000, every: 13 seconds }
      - { token_hash: A, time: 2026-01-01 09:00:00, response_body_bytes: 1, object_key: '/acct/c/o1', repeat: 16000, every: 5 seconds }
    expect: [{ token_hash: A, reads_long_window: 20000, window_start: 2026-01-02 00:00:00 }]
  - name: silent for 3,000 objects in a day
    params: { reads_long: 200 }
    rows:
      - { token_hash: A, time: 2026-01-01 00:10:00, response_body_bytes: 1, object_key: '/acct/c/o{i}', repeat: 3000, every: 28 seconds }
    expect: []
---*/
WITH busy AS (
  -- A long window lies in so many days at most, and on one of them its token did its share; days that no such window meets have none.
  -- Reckoned once: as long as from July to August no two months are.
  SELECT token_hash, account,
         unnest(generate_series((day - $window_long)::DATE, (day + INTERVAL '1 day' + $window_long)::DATE, INTERVAL '1 day'))::DATE AS day
  FROM (SELECT *, date_diff('day', TIMESTAMP '2000-09-01' - $window_long, TIMESTAMP '2000-09-01') + 1 AS span FROM token_day
        WHERE day >= ($since::TIMESTAMP - $window_long)::DATE AND day < $until::TIMESTAMP)
  WHERE /* narrows: counted by window below */ bytes_out * span >= least($bytes_min, $bytes_long)
    OR /* narrows: likewise */ reads * span >= least($objects_min, $reads_long)),
windows AS (
  SELECT token_hash, account, token_key, day, family, sum(reads) OVER short_span AS reads_short, sum(bytes_out) OVER short_span AS bytes_short,
         sum(reads) OVER long_span AS reads_long, sum(bytes_out) OVER long_span AS bytes_long
  FROM (SELECT token_hash, account, bucket, day, max(token_key) AS token_key, max(family) AS family, sum(reads) AS reads, sum(bytes_out) AS bytes_out
        FROM sas_use SEMI JOIN busy USING (token_hash, account, day)
        WHERE bucket >= $since::TIMESTAMP - $window_long AND bucket < $until::TIMESTAMP AND /* narrows: nothing is added */ reads > 0 GROUP BY ALL)
  WINDOW short_span AS (PARTITION BY token_hash, account ORDER BY bucket RANGE BETWEEN $window PRECEDING AND CURRENT ROW),
         long_span AS (PARTITION BY token_hash, account ORDER BY bucket RANGE BETWEEN $window_long PRECEDING AND CURRENT ROW)),
families AS (
  SELECT account, family, day, peak_reads, peak_bytes_out, most_reads, most_bytes_out
  FROM family_day WHERE day >= $since::TIMESTAMP - $baseline - INTERVAL '1 day' AND day < $until::TIMESTAMP AND reads > 0),
pairs AS (
  SELECT f.account, f.family, f.day, e.day AS earlier, e.peak_reads, e.peak_bytes_out, e.most_reads, e.most_bytes_out,
         date_diff('day', e.day, f.day) % 7 = 0 AS weekly
  FROM families f LEFT JOIN families e
    ON e.account = f.account AND e.family = f.family AND e.day < f.day AND e.day >= f.day - $baseline
  WHERE /* narrows: no other day is judged */ f.day >= $since::TIMESTAMP - INTERVAL '1 day'),
amounts AS (
  SELECT account, family, day, count(earlier) >= $days_min AS known, if(known, median(peak_reads), 0) AS reads_short,
         if(known, median(peak_bytes_out), 0) AS bytes_short,
         greatest($factor * reads_short, $factor_weekly * coalesce(max(peak_reads) FILTER (weekly), 0)) AS most_reads_short,
         greatest($factor * bytes_short, $factor_weekly * coalesce(max(peak_bytes_out) FILTER (weekly), 0)) AS most_bytes_short,
         greatest(if(known, $factor * median(most_reads), 0), $factor_weekly * coalesce(max(most_reads) FILTER (weekly), 0)) AS most_reads_long,
         greatest(if(known, $factor * median(most_bytes_out), 0),
                  $factor_weekly * coalesce(max(most_bytes_out) FILTER (weekly), 0)) AS most_bytes_long
  FROM pairs GROUP BY account, family, day),
-- The long window reaches into the day before, and so does what is usual for it.
usual AS (
  SELECT a.* REPLACE (greatest(a.most_reads_long, b.most_reads_long) AS most_reads_long,
                      greatest(a.most_bytes_long, b.most_bytes_long) AS most_bytes_long)
  FROM amounts a LEFT JOIN amounts b ON b.account = a.account AND b.family = a.family AND b.day = a.day - 1),
suspects AS (
  SELECT w.token_hash, w.account, w.token_key, w.day, max(u.reads_short) AS usual_reads, max(u.bytes_short) AS usual_bytes,
         max(u.most_reads_short) AS reads_short, max(u.most_bytes_short) AS bytes_short,
         max(u.most_reads_long) AS reads_long, max(u.most_bytes_long) AS bytes_long,
         (SELECT coalesce(min(a.day), w.day) FROM account_day a
          WHERE a.account = w.account AND a.day >= w.day - $baseline) > w.day - $learning AS learning
  FROM windows w JOIN usual u ON w.account = u.account AND w.family = u.family AND w.day = u.day
  WHERE w.day >= $since::TIMESTAMP::DATE
    AND /* narrows: objects are counted below, and records that came twice once */ (w.bytes_short >= greatest($bytes_min, u.most_bytes_short) OR w.reads_short >= greatest($objects_min, u.most_reads_short)
      OR w.bytes_long >= greatest($bytes_long, u.most_bytes_long) OR w.reads_long >= greatest($reads_long, u.most_reads_long))
  GROUP BY ALL),
-- All rows lie on one line, in microseconds, the days of each token further from another's than windows reach: what follows is
-- sorted by one number and not dealt into partitions. Totals run on from token to token, as only differences within one are
-- of use.
lines AS (
  SELECT token_hash, account, dense_rank() OVER (ORDER BY token_hash, account) * 86400000000
           * (date_diff('day', $since::TIMESTAMP - $window_long - greatest($window, $window_long), $until::TIMESTAMP) + 2) AS line
  FROM (SELECT DISTINCT token_hash, account FROM suspects)),
-- The rollups may count a record twice that upstream delivered twice; the rows of suspicious tokens are counted once.
reads AS (
  SELECT place, object, bytes, public
  FROM (SELECT *, lag(record) OVER () AS last FROM (
    SELECT t.line + epoch_us(l.time) AS place, if(l.object_key IS NULL, NULL, hash(t.line, l.object_key)) AS object,
           hash(place, object, l.correlation_id, l.time_tick) AS record,
           coalesce(l.response_body_bytes, 0) AS bytes, l.ip_class = 'public' AS public
    FROM log_row l JOIN (
      SELECT DISTINCT s.line, u.token_key, u.account FROM sas_use u
        JOIN lines s ON u.token_hash = s.token_hash AND u.account = s.account
      WHERE u.bucket >= $since::TIMESTAMP AND u.bucket < $until::TIMESTAMP
    ) t ON l.account = t.account AND coalesce(l.token, l.token_fingerprint) = t.token_key
    WHERE l.time >= $since::TIMESTAMP - $window_long AND l.time < $until::TIMESTAMP AND l.operation_count = 0
      AND l.operation_class = 'read' AND (l.status_code BETWEEN 200 AND 299 OR l.status_code = 304)
    ORDER BY object, place, record))
  WHERE coalesce(record <> last, true)),
-- Reads of an object that lie a window apart at most are a stretch. A window has as many objects as stretches have begun by its
-- end, less those that ended before it: running totals give everything, which costs a small part of counting each window anew.
-- Totals over rows that were sorted before are handed on row by row, and those of a condition cost where it is met.
stretches AS (
  SELECT place, bytes, public, object IS NOT NULL AND coalesce(since_last > epoch_us($window), true) AS begins_short,
         object IS NOT NULL AND coalesce(until_next > epoch_us($window), true) AS ends_short,
         object IS NOT NULL AND coalesce(since_last > epoch_us($window_long), true) AS begins_long,
         object IS NOT NULL AND coalesce(until_next > epoch_us($window_long), true) AS ends_long
  FROM (SELECT *, if(lag(object) OVER () = object, place - lag(place) OVER (), NULL) AS since_last,
               if(lead(object) OVER () = object, lead(place) OVER () - place, NULL) AS until_next FROM reads)),
totals AS (
  SELECT place, coalesce(lag(place) OVER () <> place, true) AS is_first, coalesce(lead(place) OVER () <> place, true) AS is_last,
         row_number() OVER () AS reads_by, reads_by - 1 AS reads_before,
         (sum(bytes) OVER so_far)::BIGINT AS bytes_by, bytes_by - bytes AS bytes_before,
         max(place) FILTER (public) OVER so_far AS last_public,
         count(*) FILTER (begins_short) OVER so_far AS begun_short,
         count(*) FILTER (ends_short) OVER so_far - ends_short::BIGINT AS ended_short,
         count(*) FILTER (begins_long) OVER so_far AS begun_long,
         count(*) FILTER (ends_long) OVER so_far - ends_long::BIGINT AS ended_long
  FROM (FROM stretches ORDER BY place)
  WINDOW so_far AS (ROWS UNBOUNDED PRECEDING)),
days AS (
  SELECT s.*, l.line, (l.line + epoch_us(s.day)) // 86400000000 AS day_of_line
  FROM suspects s JOIN lines l ON l.token_hash = s.token_hash AND l.account = s.account),
-- Of reads at one moment the last has the totals by then, the first those before.
judged AS (
  SELECT place, reads_by, bytes_by, last_public, begun_short, begun_long
  FROM totals SEMI JOIN days d ON /* narrows: others meet no limit */ d.day_of_line = place // 86400000000
  WHERE is_last),
shorts AS (
  SELECT w.* EXCLUDE (begun_short), b.place AS short_since, w.reads_by - b.reads_before AS reads_short,
         w.bytes_by - b.bytes_before AS bytes_short, w.begun_short - b.ended_short AS objects_short
  FROM judged w ASOF JOIN (
    SELECT place, reads_before, bytes_before, ended_short FROM totals WHERE /* narrows: an ASOF join takes the first of equals, but promises nothing */ is_first
  ) b ON b.place >= w.place - epoch_us($window)),
spans AS (
  SELECT w.* EXCLUDE (begun_long), w.place // 86400000000 AS day_of_line, b.place AS long_since,
         w.reads_by - b.reads_before AS reads_long, w.bytes_by - b.bytes_before AS bytes_long, w.begun_long - b.ended_long AS objects_long
  FROM shorts w ASOF JOIN (
    SELECT place, reads_before, bytes_before, ended_long FROM totals WHERE /* narrows: an ASOF join takes the first of equals, but promises nothing */ is_first
  ) b ON b.place >= w.place - epoch_us($window_long)),
limits AS (
  SELECT d.*, b.reads_before, b.bytes_before
  FROM days d JOIN (
    SELECT place // 86400000000 AS day_of_line, min(reads_before) AS reads_before, min(bytes_before) AS bytes_before
    FROM totals GROUP BY 1) b ON b.day_of_line = d.day_of_line),
hot AS (
  SELECT p.*, s.token_hash, s.account, s.day, s.line, s.usual_bytes, s.usual_reads, s.learning,
         p.bytes_short >= greatest($bytes_min, s.bytes_short)
           OR (p.objects_short >= $objects_min AND p.reads_short >= s.reads_short) AS hot_short,
         (p.bytes_long >= greatest($bytes_long, s.bytes_long) AND p.bytes_by - s.bytes_before >= $share_min * p.bytes_long)
           OR (p.objects_long >= $objects_long AND p.reads_long >= greatest($reads_long, s.reads_long)
               AND p.reads_by - s.reads_before >= $share_min * p.reads_long) AS hot_long,
         if(hot_short, short_since, long_since) AS since
  FROM spans p JOIN limits s ON s.day_of_line = p.day_of_line)
SELECT token_hash, account, day::TIMESTAMP AS window_start, make_timestamp(min(since) - line) AS first_seen,
       make_timestamp(max(place) - line) AS last_seen,
       if(bool_or(last_public >= since) AND NOT bool_or(learning), 'high', 'medium') AS level,
       max(bytes_short)::BIGINT AS bytes_in_window, max(reads_short)::BIGINT AS reads_in_window,
       max(objects_short)::BIGINT AS objects_in_window, max(bytes_long)::BIGINT AS bytes_long_window,
       max(reads_long)::BIGINT AS reads_long_window, max(usual_bytes)::DOUBLE AS usual_bytes,
       max(usual_reads)::DOUBLE AS usual_reads, bool_or(learning) AS learning
FROM hot WHERE hot_short OR hot_long GROUP BY token_hash, account, day, line
