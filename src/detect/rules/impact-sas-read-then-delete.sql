/*---
title: Objects read, then deleted, with one SAS token
id: de64b0a6-1a0f-5e7d-99ab-ec444283a363
code: W-DEL-4
version: 1
status: experimental
kind: sequence
entity: token
level: high
date: 2026-11-24
description: >-
  One token deletes fifty objects or more on a day, four of five of which it had read within the 24 hours before: the shape of
  theft with extortion. Silent where its family deletes at least half as much on three or more of the 28 days before, as jobs
  that move files do. One finding per token and UTC day.
tags: [attack.impact, attack.t1485, attack.exfiltration, attack.t1530]
falsepositives:
  - A job that moves files, or drains a queue kept in blobs, in its first days
blindspots:
  - Reading with one token and deleting with another
  - Reads more than a day before the delete
params:
  within:      { type: interval, default: 24 hours, unit: from read to delete }
  objects_min: { type: integer, default: 50, unit: distinct objects deleted on the day }
  share_min:   { type: number, default: 0.8, unit: of them read before }
  baseline:    { type: interval, default: 28 days }
  days_min:    { type: integer, default: 3, unit: earlier days with half as many deletes of the family }
needs:
  token: deletes >= $objects_min
  part: suspects
  only: [sas_use]
  rows: day - $within
runbook: |
  1. List reads and deletes of this token_hash from 24 hours before first_seen to last_seen, by caller_ip and object_key.
  2. Preserve the log of the 30 days before window_start: a demand may follow.
  3. Revoke the token, undelete within soft delete's retention (7 days unless set otherwise), and export the list of objects.
response: Keep the log as evidence; undelete before soft delete's retention ends.
tests:
  - name: fires for fifty objects of which forty were read
    rows:
      - { token_hash: A, time: 2026-01-01 10:00:00, object_key: '/acct/c/o{i}', repeat: 40, every: 10 seconds }
      - { token_hash: A, time: 2026-01-01 20:00:00, operation_class: delete, operation_name: DeleteBlob, object_key: '/acct/c/o{i}', repeat: 50, every: 10 seconds }
      - { token_hash: A, time: 2026-01-01 20:00:00, operation_class: delete, operation_name: DeleteFile, object_key: null }
    expect: [{ token_hash: A, level: high, objects_deleted: 50, objects_read_before: 40, first_seen: 2026-01-01 10:00:00 }]
  - name: fires across midnight
    rows:
      - { token_hash: A, time: 2026-01-01 22:00:00, object_key: '/acct/c/o{i}', repeat: 60, every: 10 seconds }
      - { token_hash: A, time: 2026-01-02 20:00:00, operation_class: delete, operation_name: DeleteBlob, object_key: '/acct/c/o{i}', repeat: 60, every: 10 seconds }
    expect: [{ token_hash: A, window_start: 2026-01-02 00:00:00 }]
  - name: silent for 49, for a smaller share, for reads afterwards, 34 hours before, of other objects and by others, and for what was deleted twice
    rows:
      - { token_hash: A, time: 2026-01-01 10:00:00, object_key: '/acct/c/o{i}', repeat: 49, every: 10 seconds }
      - { token_hash: A, time: 2026-01-01 20:00:00, operation_class: delete, object_key: '/acct/c/o{i}', repeat: 49, every: 10 seconds }
      - { token_hash: A, time: 2026-01-01 20:00:00, operation_class: delete, object_key: '/acct/c/o{i}', repeat: 49, every: 10 seconds }
      - { token_hash: B, time: 2026-01-01 10:00:00, object_key: '/acct/c/p{i}', repeat: 39, every: 10 seconds }
      - { token_hash: B, time: 2026-01-01 20:00:00, operation_class: delete, object_key: '/acct/c/p{i}', repeat: 50, every: 10 seconds }
      - { token_hash: C, time: 2026-01-01 20:00:00, operation_class: delete, object_key: '/acct/c/q{i}', repeat: 60, every: 10 seconds }
      - { token_hash: C, time: 2026-01-01 19:00:00, object_key: '/acct/c/other{i}', repeat: 60, every: 1 second }
      - { token_hash: C, time: 2026-01-01 21:00:00, object_key: '/acct/c/q{i}', repeat: 60, every: 10 seconds }
      - { token_hash: D, time: 2026-01-01 10:00:00, object_key: '/acct/c/r{i}', repeat: 60, every: 10 seconds }
      - { token_hash: D, time: 2026-01-02 10:00:00, object_key: '/acct/c/other{i}', repeat: 60, every: 1 second }
      - { token_hash: D, time: 2026-01-02 20:00:00, operation_class: delete, object_key: '/acct/c/r{i}', repeat: 60, every: 10 seconds }
      - { token_hash: E, time: 2026-01-02 10:00:00, object_key: '/acct/c/s{i}', repeat: 60, every: 10 seconds }
      - { token_hash: F, time: 2026-01-02 20:00:00, operation_class: delete, object_key: '/acct/c/s{i}', repeat: 60, every: 10 seconds }
      - { token_hash: G, time: 2026-01-01 10:00:00, object_key: '/acct/c/t{i}', repeat: 300, every: 1 second }
      - { token_hash: G, time: 2026-01-01 11:00:00, object_key: '/acct/c/t{i}', repeat: 300, every: 1 second }
      - { token_hash: G, time: 2026-01-01 12:00:00, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/u{i}', repeat: 50, every: 1 second }
      - { token_hash: H, time: 2026-01-01 09:00:00, object_key: '/acct/c/other{i}', repeat: 60, every: 1 second }
      - { token_hash: H, time: 2026-01-01 10:00:00, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/v{i}', repeat: 60, every: 1 second }
      - { token_hash: H, time: 2026-01-01 20:00:00, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/v{i}', repeat: 60, every: 1 second }
    expect: []
  - name: silent on the fourth day of a job that moves files, and three weeks later; fires again after forty days
    rows:
      - { token_hash: A, time: 2026-01-01 10:00:00, operation_class: delete, object_key: '/acct/c/a{i}', repeat: 30, every: 10 seconds }
      - { token_hash: A, time: 2026-01-02 10:00:00, operation_class: delete, object_key: '/acct/c/b{i}', repeat: 30, every: 10 seconds }
      - { token_hash: A, time: 2026-01-03 10:00:00, operation_class: delete, object_key: '/acct/c/c{i}', repeat: 30, every: 10 seconds }
      - { token_hash: B, time: 2026-01-04 09:00:00, object_key: '/acct/c/d{i}', repeat: 60, every: 10 seconds }
      - { token_hash: B, time: 2026-01-04 10:00:00, operation_class: delete, object_key: '/acct/c/d{i}', repeat: 60, every: 10 seconds }
      - { token_hash: C, time: 2026-02-14 09:00:00, object_key: '/acct/c/d{i}', repeat: 60, every: 10 seconds }
      - { token_hash: C, time: 2026-02-14 10:00:00, operation_class: delete, object_key: '/acct/c/d{i}', repeat: 60, every: 10 seconds }
      - { token_hash: D, sas_sp: rwd, time: 2026-01-01 10:00:00, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/1{i}', repeat: 30, every: 10 seconds }
      - { token_hash: D, sas_sp: rwd, time: 2026-01-02 10:00:00, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/2{i}', repeat: 30, every: 10 seconds }
      - { token_hash: D, sas_sp: rwd, time: 2026-01-03 10:00:00, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/3{i}', repeat: 30, every: 10 seconds }
      - { token_hash: D, sas_sp: rwd, time: 2026-01-21 09:00:00, object_key: '/acct/c/m{i}', repeat: 60, every: 10 seconds }
      - { token_hash: D, sas_sp: rwd, time: 2026-01-21 10:00:00, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/m{i}', repeat: 60, every: 10 seconds }
    expect: [{ token_hash: C }]
  - name: fires where the days before had only a quarter as many
    rows:
      - { token_hash: A, time: 2026-01-01 10:00:00, operation_class: delete, object_key: '/acct/c/a{i}', repeat: 15, every: 10 seconds }
      - { token_hash: A, time: 2026-01-02 10:00:00, operation_class: delete, object_key: '/acct/c/b{i}', repeat: 15, every: 10 seconds }
      - { token_hash: A, time: 2026-01-03 10:00:00, operation_class: delete, object_key: '/acct/c/c{i}', repeat: 15, every: 10 seconds }
      - { token_hash: B, time: 2026-01-04 09:00:00, object_key: '/acct/c/d{i}', repeat: 60, every: 10 seconds }
      - { token_hash: B, time: 2026-01-04 10:00:00, operation_class: delete, object_key: '/acct/c/d{i}', repeat: 60, every: 10 seconds }
    expect: [{ token_hash: B }]
  - name: fires on the third day of a job
    rows:
      - { token_hash: A, sas_sp: rwd, time: 2026-01-01 10:00:00, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/1{i}', repeat: 30, every: 10 seconds }
      - { token_hash: A, sas_sp: rwd, time: 2026-01-02 10:00:00, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/2{i}', repeat: 30, every: 10 seconds }
      - { token_hash: A, sas_sp: rwd, time: 2026-01-03 09:00:00, object_key: '/acct/c/m{i}', repeat: 60, every: 10 seconds }
      - { token_hash: A, sas_sp: rwd, time: 2026-01-03 10:00:00, operation_name: DeleteBlob, operation_class: delete, object_key: '/acct/c/m{i}', repeat: 60, every: 10 seconds }
    expect: [{ token_hash: A }]
---*/
WITH busy AS (
  SELECT token_hash, account, day, max(token_key) AS token_key, max(family) AS family, sum(deletes) AS deletes FROM sas_use
  WHERE bucket >= $since::TIMESTAMP AND bucket < $until::TIMESTAMP AND /* narrows: nothing is added */ deletes > 0
  GROUP BY token_hash, account, day HAVING /* narrows: counted by object below */ sum(deletes) >= $objects_min),
steps AS (
  SELECT token_hash, account, day, deletes, sum(reads) OVER (
           PARTITION BY token_hash, account ORDER BY bucket
           RANGE BETWEEN $within + INTERVAL '5 minutes' PRECEDING AND CURRENT ROW) AS reads_before
  FROM (SELECT token_hash, account, bucket, day, sum(reads) AS reads, sum(deletes) AS deletes
        FROM sas_use SEMI JOIN busy USING (token_hash, account)
        WHERE bucket >= $since::TIMESTAMP - $within - INTERVAL '5 minutes' AND bucket < $until::TIMESTAMP GROUP BY ALL)),
deleters AS (
  SELECT b.* FROM busy b SEMI JOIN (
    SELECT token_hash, account, day FROM steps
    GROUP BY ALL HAVING /* narrows: of each of them there is a read */ sum(least(deletes, reads_before)) >= $share_min * $objects_min
  ) s USING (token_hash, account, day)),
known AS (
  SELECT d.token_hash, d.account, d.day, count(*) AS days
  FROM deleters d JOIN family_day f ON f.account = d.account AND f.family = d.family AND f.day < d.day AND f.day >= d.day - $baseline
  WHERE f.day >= $since::TIMESTAMP - $baseline AND f.deletes * 2 >= d.deletes
  GROUP BY ALL),
suspects AS (
  SELECT d.* FROM deleters d LEFT JOIN known k ON k.token_hash = d.token_hash AND k.account = d.account AND k.day = d.day
  WHERE coalesce(k.days, 0) < $days_min),
numbered AS (
  SELECT *, dense_rank() OVER (ORDER BY token_hash, account) AS number FROM suspects),
requests AS (
  SELECT s.number, hash(s.number, l.object_key) AS object, l.operation_class = 'delete' AS deletes, l.time,
         l.ip_class = 'public' AS public, if(deletes, l.object_key, NULL) AS object_key
  FROM log_row l JOIN (SELECT DISTINCT number, token_key, account FROM numbered) s
    ON l.account = s.account AND coalesce(l.token, l.token_fingerprint) = s.token_key
  WHERE l.time >= $since::TIMESTAMP - $within AND l.time < $until::TIMESTAMP AND l.operation_count = 0
    AND /* narrows: no others are used below */ l.operation_class IN ('read', 'delete') AND l.object_key IS NOT NULL
    AND (l.status_code BETWEEN 200 AND 299 OR l.status_code = 304)),
deleted AS (
  SELECT number, object, time::DATE AS day, max(time) AS time, bool_or(public) AS public, min(object_key) AS object_key
  FROM requests WHERE deletes GROUP BY ALL),
judged AS (
  SELECT d.number, d.day, d.object, any_value(d.object_key) AS object_key, any_value(d.time) AS time,
         any_value(d.public) AS public, min(r.time) AS read_at
  FROM deleted d LEFT JOIN (SELECT object, time FROM requests WHERE NOT deletes) r
    ON r.object = d.object AND r.time < d.time AND r.time >= d.time - $within
  GROUP BY d.number, d.day, d.object)
SELECT s.token_hash, s.account, s.day::TIMESTAMP AS window_start, min(coalesce(j.read_at, j.time)) AS first_seen,
       max(j.time) AS last_seen, 'high' AS level, count(*)::BIGINT AS objects_deleted, count(j.read_at)::BIGINT AS objects_read_before,
       bool_or(j.public) AS from_public_address, min(j.object_key) AS example_object
FROM judged j JOIN numbered s ON j.number = s.number AND j.day = s.day
GROUP BY s.token_hash, s.account, s.day
HAVING count(*) >= $objects_min AND count(j.read_at) >= $share_min * count(*)
