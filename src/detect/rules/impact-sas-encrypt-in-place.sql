/*---
title: Objects read and written back changed, one by one
id: ce1ae20a-d3c2-515f-b79f-f79728f2df4e
code: W-OVR-2
version: 1
status: experimental
kind: sequence
entity: token
level: critical
date: 2026-11-24
description: >-
  One token reads an object and within half an hour writes it again, or under its name with something appended, at nearly the
  same size (95 to 120 percent, or up to 64 KiB more), and does so with thirty objects of a day: the shape of encryption in
  place. A copy under another name counts only where the original is deleted. Silent where the family's writes are three or
  more of the 28 days before at least a third as many. One finding per token and UTC day.
tags: [attack.impact, attack.t1486]
falsepositives:
  - Recompression or an update of every file, in its first days
blindspots:
  - Encryption that reads with one token and writes with another, or outside the half hour
  - Compression before encryption changes sizes
  - Objects written in blocks, as large ones are; the request that completes them does not say their size
params:
  within:      { type: interval, default: 30 minutes, unit: 'from read to write, and from write to delete' }
  objects_min: { type: integer, default: 30, unit: distinct objects on the day }
  ratio_min:   { type: number, default: 0.95, unit: size written over size read }
  ratio_max:   { type: number, default: 1.2, unit: size written over size read }
  growth_max:  { type: integer, default: 65536, unit: 'bytes more than read, where the ratio is larger' }
  baseline:    { type: interval, default: 28 days }
  days_min:    { type: integer, default: 3, unit: earlier days on which the family wrote so }
  factor:      { type: integer, default: 3, unit: times the usual writes }
needs:
  token: overwrite_candidates >= $objects_min
  part: suspects
  only: [sas_use]
  rows: $since::TIMESTAMP - $within
runbook: |
  1. Revoke the token now; encryption goes on as long as it works. Deny the caller_ip of the last 1 hour in the storage firewall.
  2. List the objects written by this token_hash from first_seen to last_seen, with sizes, names and what was deleted.
  3. Restore versions from before first_seen within the retention (7 days unless set otherwise); keep the log of 30 days as evidence.
response: Isolate the account, keep versions and soft-deleted objects from being purged, then restore.
tests:
  - name: fires for thirty objects read and written back a little larger, at once or after twenty minutes
    rows:
      - { token_hash: A, time: 2026-01-01 10:00:00, object_key: '/acct/c/o{i}', response_body_bytes: 100000, repeat: 30, every: 10 seconds }
      - { token_hash: A, time: 2026-01-01 10:05:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/o{i}', request_body_bytes: 119000, repeat: 30, every: 10 seconds }
      - { token_hash: B, time: 2026-01-01 10:00:00, object_key: '/acct/c/b{i}', response_body_bytes: 1000000, repeat: 30, every: 10 seconds }
      - { token_hash: B, time: 2026-01-01 10:20:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/b{i}', request_body_bytes: 1150000, repeat: 30, every: 10 seconds }
    expect: [{ token_hash: A, level: critical, objects_changed: 30, renamed: 0, window_start: 2026-01-01 00:00:00, first_seen: 2026-01-01 10:00:00 }, { token_hash: B }]
  - name: fires for copies under an appended name whose originals are deleted, of small objects too
    rows:
      - { token_hash: A, time: 2026-01-01 10:00:00, object_key: '/acct/c/o{i}.doc', response_body_bytes: 1000, repeat: 30, every: 10 seconds }
      - { token_hash: A, time: 2026-01-01 10:00:02, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/o{i}.doc.locked', request_body_bytes: 60000, repeat: 30, every: 10 seconds }
      - { token_hash: A, time: 2026-01-01 10:00:04, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/o{i}.doc', repeat: 30, every: 10 seconds }
    expect: [{ token_hash: A, objects_changed: 30, renamed: 30 }]
  - name: silent for 29, for smaller, for much larger, after an hour, and for copies beside a kept original
    rows:
      - { token_hash: A, time: 2026-01-01 10:00:00, object_key: '/acct/c/a{i}', response_body_bytes: 100000, repeat: 29, every: 10 seconds }
      - { token_hash: A, time: 2026-01-01 10:05:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/a{i}', request_body_bytes: 100000, repeat: 29, every: 10 seconds }
      - { token_hash: A, time: 2026-01-01 10:05:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/a{i}', request_body_bytes: 100000, repeat: 29, every: 10 seconds }
      - { token_hash: A, time: 2026-01-01 10:01:00, object_key: '/acct/c/other{i}', repeat: 40, every: 1 second }
      - { token_hash: B, time: 2026-01-01 10:00:00, object_key: '/acct/c/b{i}', response_body_bytes: 1000000, repeat: 40, every: 10 seconds }
      - { token_hash: B, time: 2026-01-01 10:05:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/b{i}', request_body_bytes: 940000, repeat: 40, every: 10 seconds }
      - { token_hash: C, time: 2026-01-01 10:00:00, object_key: '/acct/c/c{i}', response_body_bytes: 1000000, repeat: 40, every: 10 seconds }
      - { token_hash: C, time: 2026-01-01 10:05:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/c{i}', request_body_bytes: 1300000, repeat: 40, every: 10 seconds }
      - { token_hash: D, time: 2026-01-01 10:00:00, object_key: '/acct/c/d{i}', response_body_bytes: 1000000, repeat: 40, every: 10 seconds }
      - { token_hash: D, time: 2026-01-01 10:45:00, object_key: '/acct/c/other{i}', repeat: 40, every: 1 second }
      - { token_hash: D, time: 2026-01-01 10:50:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/d{i}', request_body_bytes: 1000000, repeat: 40, every: 10 seconds }
      - { token_hash: E, time: 2026-01-01 10:00:00, object_key: '/acct/c/e{i}', response_body_bytes: 1000000, repeat: 40, every: 10 seconds }
      - { token_hash: E, time: 2026-01-01 10:05:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/e{i}.bak', request_body_bytes: 1000000, repeat: 40, every: 10 seconds }
      - { token_hash: E, time: 2026-01-01 10:15:00, object_key: '/acct/c/e{i}', response_body_bytes: 1000000, repeat: 40, every: 10 seconds }
    expect: []
  - name: silent on the fourth day of a job that updates every file, and three weeks later
    rows:
      - { token_hash: 'A', time: 2026-01-01 10:05:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/c{i}', request_body_bytes: 10, repeat: 30, every: 10 seconds }
      - { token_hash: 'B', time: 2026-01-02 10:05:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/c{i}', request_body_bytes: 10, repeat: 30, every: 10 seconds }
      - { token_hash: 'C', time: 2026-01-03 10:05:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/c{i}', request_body_bytes: 10, repeat: 30, every: 10 seconds }
      - { token_hash: D, time: 2026-01-04 10:00:00, object_key: '/acct/c/c{i}', response_body_bytes: 1000000, repeat: 80, every: 5 seconds }
      - { token_hash: D, time: 2026-01-04 10:05:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/c{i}', request_body_bytes: 1000000, repeat: 80, every: 5 seconds }
      - { token_hash: E, time: 2026-01-21 10:00:00, object_key: '/acct/c/c{i}', response_body_bytes: 1000000, repeat: 80, every: 10 seconds }
      - { token_hash: E, time: 2026-01-21 10:05:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/c{i}', request_body_bytes: 1000000, repeat: 80, every: 10 seconds }
    expect: []
  - name: fires for much more than usual, and after forty days
    rows:
      - { token_hash: 'A', time: 2026-01-01 10:05:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/c{i}', request_body_bytes: 10, repeat: 30, every: 10 seconds }
      - { token_hash: 'B', time: 2026-01-02 10:05:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/c{i}', request_body_bytes: 10, repeat: 30, every: 10 seconds }
      - { token_hash: 'C', time: 2026-01-03 10:05:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/c{i}', request_body_bytes: 10, repeat: 30, every: 10 seconds }
      - { token_hash: D, time: 2026-01-04 10:00:00, object_key: '/acct/c/c{i}', response_body_bytes: 1000000, repeat: 150, every: 3 seconds }
      - { token_hash: D, time: 2026-01-04 10:05:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/c{i}', request_body_bytes: 1000000, repeat: 150, every: 3 seconds }
      - { token_hash: E, time: 2026-02-13 10:00:00, object_key: '/acct/c/c{i}', response_body_bytes: 1000000, repeat: 40, every: 3 seconds }
      - { token_hash: E, time: 2026-02-13 10:05:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/c{i}', request_body_bytes: 1000000, repeat: 40, every: 3 seconds }
    expect: [{ token_hash: D, objects_changed: 150 }, { token_hash: E }]
  - name: silent for small objects a hundred times as large, for refusals, blocks, empty objects, and originals deleted later
    rows:
      - { token_hash: F, time: 2026-01-01 10:00:00, object_key: '/acct/c/f{i}', response_body_bytes: 1000, repeat: 40, every: 10 seconds }
      - { token_hash: F, time: 2026-01-01 10:05:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/f{i}', request_body_bytes: 100000, repeat: 40, every: 10 seconds }
      - { token_hash: G, time: 2026-01-01 10:00:00, object_key: '/acct/c/g{i}', response_body_bytes: 1000, repeat: 40, every: 10 seconds }
      - { token_hash: G, time: 2026-01-01 10:05:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/g{i}', request_body_bytes: 1000, repeat: 40, every: 10 seconds, status_code: 403 }
      - { token_hash: G, time: 2026-01-01 10:05:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/gn{i}', request_body_bytes: 1000, repeat: 40, every: 10 seconds }
      - { token_hash: H, time: 2026-01-01 10:00:00, object_key: '/acct/c/h{i}', response_body_bytes: 1000, repeat: 40, every: 10 seconds }
      - { token_hash: H, time: 2026-01-01 10:05:00, operation_name: PutBlock, operation_class: write, object_key: '/acct/c/h{i}', request_body_bytes: 1000, repeat: 40, every: 10 seconds }
      - { token_hash: H, time: 2026-01-01 10:05:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/hn{i}', request_body_bytes: 1000, repeat: 40, every: 10 seconds }
      - { token_hash: I, time: 2026-01-01 10:00:00, object_key: '/acct/c/i{i}', response_body_bytes: 0, repeat: 40, every: 10 seconds }
      - { token_hash: I, time: 2026-01-01 10:05:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/in{i}', request_body_bytes: 1000, repeat: 40, every: 10 seconds }
      - { token_hash: J, time: 2026-01-01 10:00:00, object_key: '/acct/c/j{i}', response_body_bytes: 1000, repeat: 40, every: 10 seconds }
      - { token_hash: J, time: 2026-01-01 10:05:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/j{i}.bak', request_body_bytes: 1000, repeat: 40, every: 10 seconds }
      - { token_hash: J, time: 2026-01-01 12:05:00, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/j{i}', request_body_bytes: 0, repeat: 40, every: 10 seconds }
    expect: []
  - name: fires on the third day of such a job
    rows:
      - { token_hash: A, time: 2026-01-01 10:05:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/c{i}', request_body_bytes: 10, repeat: 30, every: 10 seconds }
      - { token_hash: B, time: 2026-01-02 10:05:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/c{i}', request_body_bytes: 10, repeat: 30, every: 10 seconds }
      - { token_hash: D, time: 2026-01-03 10:00:00, object_key: '/acct/c/c{i}', response_body_bytes: 1000000, repeat: 80, every: 10 seconds }
      - { token_hash: D, time: 2026-01-03 10:05:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/c{i}', request_body_bytes: 1000000, repeat: 80, every: 10 seconds }
    expect: [{ token_hash: D }]
---*/
WITH busy AS (
  SELECT token_hash, account, day, max(token_key) AS token_key, max(family) AS family FROM sas_use
  WHERE bucket >= $since::TIMESTAMP AND bucket < $until::TIMESTAMP
  GROUP BY token_hash, account, day HAVING /* narrows: counted by object below */ sum(overwrite_candidates) >= $objects_min),
steps AS (
  SELECT token_hash, account, day, writes, sum(reads) OVER (
           PARTITION BY token_hash, account ORDER BY bucket
           RANGE BETWEEN $within + INTERVAL '5 minutes' PRECEDING AND CURRENT ROW) AS reads_before
  FROM (SELECT token_hash, account, bucket, day, sum(reads) AS reads, sum(writes) AS writes
        FROM sas_use SEMI JOIN busy USING (token_hash, account)
        WHERE bucket >= $since::TIMESTAMP - $within - INTERVAL '5 minutes' AND bucket < $until::TIMESTAMP GROUP BY ALL)),
-- An object that is written stands for two names at most, and each of them was read before.
writers AS (
  SELECT b.* FROM busy b SEMI JOIN (
    SELECT token_hash, account, day FROM steps
    GROUP BY ALL HAVING /* narrows: counted by object below */ sum(least(2 * writes, reads_before)) >= $objects_min
  ) s USING (token_hash, account, day)),
-- 15 minutes of writing, as family_day has them.
peaks AS (
  SELECT u.token_hash, u.account, u.day, max(u.in_window) AS peak
  FROM (SELECT token_hash, account, day, sum(overwrite_candidates) OVER (
                 PARTITION BY token_hash, account, day ORDER BY bucket RANGE BETWEEN INTERVAL 10 MINUTES PRECEDING AND CURRENT ROW) AS in_window
        FROM sas_use WHERE bucket >= $since::TIMESTAMP AND bucket < $until::TIMESTAMP AND /* narrows: nothing is added */ overwrite_candidates > 0) u
  GROUP BY ALL),
known AS (
  SELECT w.token_hash, w.account, w.day, count(*) AS days
  FROM writers w JOIN peaks p ON p.token_hash = w.token_hash AND p.account = w.account AND p.day = w.day
    JOIN family_day f ON f.account = w.account AND f.family = w.family AND f.day < w.day AND f.day >= w.day - $baseline
  WHERE f.day >= $since::TIMESTAMP - $baseline AND f.peak_overwrites * $factor >= p.peak
  GROUP BY ALL),
suspects AS (
  SELECT w.* FROM writers w LEFT JOIN known k ON k.token_hash = w.token_hash AND k.account = w.account AND k.day = w.day
  WHERE coalesce(k.days, 0) < $days_min),
-- Conditions as one: by itself each is asked of every row of a file before whose row it is.
requests AS (
  SELECT t.token_hash, l.account, l.object_key, l.time, l.ip_class, l.operation_class, l.response_body_bytes AS bytes_out,
         greatest(l.request_body_bytes, l.content_length) AS bytes_in
  FROM log_row l JOIN (SELECT DISTINCT token_hash, token_key, account FROM suspects) t
    ON l.account = t.account AND coalesce(l.token, l.token_fingerprint) = t.token_key
  WHERE l.time >= $since::TIMESTAMP - $within AND l.time < $until::TIMESTAMP
    AND (l.operation_count = 0 AND /* narrows: no others are used below */ l.operation_class IN ('read', 'write', 'delete')
      AND l.status_code BETWEEN 200 AND 299 AND l.operation_name NOT IN ('PutBlock', 'AppendBlock', 'AppendFile')) IS TRUE),
deletes AS (
  SELECT token_hash, account, object_key, max(time) AS time FROM requests WHERE operation_class = 'delete' GROUP BY ALL),
-- Objects by every name they may have been written back under: their own, or one with something appended.
reads AS (
  SELECT token_hash, account, object_key, max(bytes_out) AS bytes_out, list(time) AS times
  FROM requests WHERE operation_class = 'read' GROUP BY ALL),
writes AS (
  SELECT token_hash, account, object_key, time, bytes_in, ip_class,
         unnest([object_key, regexp_replace(object_key, '\.[^./]+$', '')]) AS source
  FROM requests WHERE operation_class = 'write' AND time >= $since::TIMESTAMP),
changed AS (
  SELECT w.token_hash, w.account, w.time::DATE AS day, r.object_key, min(list_min(r.times)) AS read_at, max(w.time) AS written,
         bool_or(w.object_key <> r.object_key) AS renamed, bool_or(w.ip_class = 'public') AS public, min(w.object_key) AS written_as
  FROM writes w JOIN reads r ON r.token_hash = w.token_hash AND r.account = w.account AND r.object_key = w.source
    LEFT JOIN deletes d ON d.token_hash = w.token_hash AND d.account = w.account AND d.object_key = r.object_key
  WHERE list_max(list_filter(r.times, lambda t: t <= w.time)) >= w.time - $within
    AND w.bytes_in >= $ratio_min * r.bytes_out
    AND (w.bytes_in <= $ratio_max * r.bytes_out OR w.bytes_in <= r.bytes_out + $growth_max)
    AND (w.object_key = r.object_key OR (d.time >= w.time AND d.time <= w.time + $within))
  GROUP BY ALL)
SELECT c.token_hash, c.account, c.day::TIMESTAMP AS window_start, min(c.read_at) AS first_seen, max(c.written) AS last_seen,
       'critical' AS level, count(*)::BIGINT AS objects_changed, count(*) FILTER (c.renamed)::BIGINT AS renamed,
       bool_or(c.public) AS from_public_address, min(c.object_key) AS example_object, min(c.written_as) AS example_written_as
FROM changed c SEMI JOIN suspects s ON c.token_hash = s.token_hash AND c.account = s.account AND c.day = s.day
GROUP BY c.token_hash, c.account, c.day
HAVING count(*) >= $objects_min
