/*---
title: Listing of the store, then a drain
id: b7fffc8b-1ea2-599b-bbff-4a5de6fbd83f
code: W-EXF-2
version: 1
status: experimental
kind: sequence
entity: token
level: high
date: 2026-11-24
description: >-
  One token lists three containers or five pages of names, and within two days reads a hundred objects or a gigabyte of what
  it listed: somebody looked what there is and then took it. Silent where the token's family lists on three or more of the
  28 days before, as synchronisations do. One finding per token and UTC day of the reads.
tags: [attack.discovery, attack.t1619, attack.exfiltration, attack.t1530]
falsepositives:
  - A migration, an index or a virus scan in its first days
blindspots:
  - A thief who knows the names, or guesses them, does not list
  - How many names a page held is not in the log; a page counts for up to 5,000
  - Listing with one token and reading with another
params:
  within:         { type: interval, default: 2 days, unit: from a listing to the reads }
  containers_min: { type: integer, default: 3, unit: containers listed }
  pages_min:      { type: integer, default: 5, unit: pages of names }
  objects_min:    { type: integer, default: 100, unit: distinct objects read on the day }
  bytes_min:      { type: integer, default: 1073741824, unit: bytes read on the day }
  baseline:       { type: interval, default: 28 days }
  days_max:       { type: integer, default: 2, unit: earlier days on which the family listed as much }
needs:
  token: reads >= $objects_min OR bytes_out >= $bytes_min
  part: suspects
  only: [sas_use]
  rows: day - $within
runbook: |
  1. List the listings of this token_hash in the 2 days before first_seen by container, caller_ip and user_agent.
  2. List distinct objects and bytes it read from first_seen to last_seen by container.
  3. If no owner announced a migration, revoke the token, and export the objects read in the 7 days after first_seen.
response: Export the list of objects that were read (saswatch query --saved objects-read) before deciding whom to notify.
tests:
  - name: fires for three containers listed and a hundred objects read
    rows:
      - { token_hash: A, auth_type: sas_account, time: 2026-01-01 10:00:00, operation_name: ListBlobs, operation_class: list, container: 'c{i}', object_key: '/acct/c{i}', repeat: 3, every: 1 minute }
      - { token_hash: A, time: 2026-01-01 12:00:00, container: c1, object_key: '/acct/c1/o{i}', repeat: 100, every: 1 second }
    expect: [{ token_hash: A, level: high, objects_read: 100, containers_listed: 3, window_start: 2026-01-01 00:00:00, first_seen: 2026-01-01 10:00:00 }]
  - name: fires for five pages of one container and a gigabyte 38 hours later
    rows:
      - { token_hash: A, time: 2026-01-01 22:00:00, operation_name: ListBlobs, operation_class: list, object_key: /acct/c, repeat: 5, every: 2 seconds }
      - { token_hash: A, time: 2026-01-03 12:00:00, object_key: '/acct/c/o{i}', response_body_bytes: 600000000, repeat: 2, every: 1 minute }
    expect: [{ token_hash: A, bytes_read: 1200000000, pages_listed: 5, window_start: 2026-01-03 00:00:00 }]
  - name: silent below each threshold, also where records come twice, and for requests that failed and parts of them
    rows:
      - { token_hash: A, auth_type: sas_account, time: 2026-01-01 10:00:00, operation_name: ListBlobs, operation_class: list, container: 'c{i}', object_key: '/acct/c{i}', repeat: 2, every: 1 minute }
      - { token_hash: A, auth_type: sas_account, time: 2026-01-01 10:00:00, operation_name: ListBlobs, operation_class: list, container: 'c{i}', object_key: '/acct/c{i}', repeat: 2, every: 1 minute }
      - { token_hash: A, auth_type: sas_account, time: 2026-01-01 11:00:00, operation_name: ListBlobs, operation_class: list, container: c2, object_key: /acct/c2, status_code: 500 }
      - { token_hash: A, auth_type: sas_account, time: 2026-01-01 11:01:00, operation_name: ListBlobs, operation_class: list, container: c3, object_key: /acct/c3, operation_count: 1 }
      - { token_hash: A, time: 2026-01-01 12:00:00, container: c1, object_key: '/acct/c1/o{i}', repeat: 300, every: 1 second }
      - { token_hash: B, auth_type: sas_account, time: 2026-01-01 10:00:00, operation_name: ListBlobs, operation_class: list, container: 'c{i}', object_key: '/acct/c{i}', repeat: 8, every: 1 minute }
      - { token_hash: B, time: 2026-01-01 12:00:00, container: c1, object_key: '/acct/c1/o{i}', repeat: 99, every: 1 second }
      - { token_hash: B, time: 2026-01-01 12:00:00, container: c1, object_key: '/acct/c1/o{i}', repeat: 99, every: 1 second }
      - { token_hash: B, time: 2026-01-01 12:10:00, container: c1, object_key: /acct/c1/failed, status_code: 500 }
      - { token_hash: B, time: 2026-01-01 12:11:00, container: c1, object_key: /acct/c1/part, operation_count: 1 }
      - { token_hash: C, time: 2026-01-01 22:00:00, operation_name: ListBlobs, operation_class: list, object_key: /acct/c, repeat: 5, every: 2 seconds }
      - { token_hash: C, time: 2026-01-01 23:00:00, object_key: '/acct/c/o{i}', response_body_bytes: 450000000, repeat: 2, every: 1 minute }
    expect: []
  - name: silent for reads of what was not listed, before the listing and three days after it
    rows:
      - { token_hash: A, time: 2026-01-01 08:00:00, container: c1, object_key: '/acct/c1/o{i}', repeat: 200, every: 1 second }
      - { token_hash: A, auth_type: sas_account, time: 2026-01-01 10:00:00, operation_name: ListBlobs, operation_class: list, container: 'c{i}', object_key: '/acct/c{i}', repeat: 4, every: 1 minute }
      - { token_hash: A, time: 2026-01-01 12:00:00, container: d, object_key: '/acct/d/o{i}', repeat: 200, every: 1 second }
      - { token_hash: A, time: 2026-01-04 12:00:00, container: c1, object_key: '/acct/c1/o{i}', repeat: 200, every: 1 second }
    expect: []
  - name: fires on a second day of listing, is silent on the fourth, when the family is known for it
    rows:
      - { token_hash: A, time: 2026-01-01 02:00:00, operation_name: ListBlobs, operation_class: list, object_key: /acct/c, repeat: 6, every: 1 second }
      - { token_hash: B, time: 2026-01-08 02:00:00, operation_name: ListBlobs, operation_class: list, object_key: /acct/c, repeat: 6, every: 1 second }
      - { token_hash: C, time: 2026-01-15 02:00:00, operation_name: ListBlobs, operation_class: list, object_key: /acct/c, repeat: 6, every: 1 second }
      - { token_hash: C, time: 2026-01-15 03:00:00, object_key: '/acct/c/o{i}', repeat: 150, every: 1 second }
      - { token_hash: D, time: 2026-01-22 02:00:00, operation_name: ListBlobs, operation_class: list, object_key: /acct/c, repeat: 6, every: 1 second }
      - { token_hash: D, time: 2026-01-22 03:00:00, object_key: '/acct/c/o{i}', repeat: 150, every: 1 second }
    expect: [{ token_hash: C, window_start: 2026-01-15 00:00:00 }]
  - name: silent for what was listed too late, too long before, or only once
    rows:
      - { token_hash: B, time: 2026-01-01 08:00:00, container: c1, object_key: '/acct/c1/o{i}', repeat: 99, every: 1 second }
      - { token_hash: B, auth_type: sas_account, time: 2026-01-01 10:00:00, operation_name: ListBlobs, operation_class: list, container: 'c{i}', object_key: '/acct/c{i}', repeat: 4, every: 1 minute }
      - { token_hash: B, time: 2026-01-01 12:00:00, container: c1, object_key: '/acct/c1/p{i}', repeat: 5, every: 1 second }
      - { token_hash: C, time: 2026-01-01 10:00:00, operation_name: ListBlobs, operation_class: list, container: c1, object_key: /acct/c1 }
      - { token_hash: C, auth_type: sas_account, time: 2026-01-04 10:00:00, operation_name: ListBlobs, operation_class: list, container: 'd{i}', object_key: '/acct/d{i}', repeat: 4, every: 1 minute }
      - { token_hash: C, time: 2026-01-04 12:00:00, container: c1, object_key: '/acct/c1/o{i}', repeat: 200, every: 1 second }
      - { token_hash: D, time: 2026-01-01 10:00:00, operation_name: ListBlobs, operation_class: list, object_key: '/acct/c/d{i}', repeat: 120, every: 1 second }
      - { token_hash: D, time: 2026-01-01 12:00:00, container: x, object_key: '/acct/x/o{i}', repeat: 200, every: 1 second }
      - { token_hash: E, time: 2026-01-01 09:00:00, operation_name: ListBlobs, operation_class: list, container: c1, object_key: /acct/c1 }
      - { token_hash: E, time: 2026-01-01 10:00:00, container: c1, object_key: '/acct/c1/o{i}', repeat: 200, every: 1 second }
      - { token_hash: E, auth_type: sas_account, time: 2026-01-01 12:00:00, operation_name: ListBlobs, operation_class: list, container: 'd{i}', object_key: '/acct/d{i}', repeat: 4, every: 1 minute }
      - { token_hash: F, auth_type: sas_account, time: 2026-01-01 10:00:00, operation_name: ListBlobs, operation_class: list, container: 'd{i}', object_key: '/acct/d{i}', repeat: 4, every: 1 minute }
      - { token_hash: F, time: 2026-01-04 10:00:00, operation_name: ListBlobs, operation_class: list, container: c1, object_key: /acct/c1 }
      - { token_hash: F, time: 2026-01-04 12:00:00, container: c1, object_key: '/acct/c1/o{i}', repeat: 200, every: 1 second }
    expect: []
  - name: fires forty days after the family listed so, and where it listed two pages a day
    rows:
      - { token_hash: A1, sas_sp: rl, time: 2026-01-01 02:00:00, operation_name: ListBlobs, operation_class: list, object_key: /acct/c, repeat: 6, every: 1 second }
      - { token_hash: A2, sas_sp: rl, time: 2026-01-02 02:00:00, operation_name: ListBlobs, operation_class: list, object_key: /acct/c, repeat: 6, every: 1 second }
      - { token_hash: A3, sas_sp: rl, time: 2026-01-03 02:00:00, operation_name: ListBlobs, operation_class: list, object_key: /acct/c, repeat: 6, every: 1 second }
      - { token_hash: B, sas_sp: rl, time: 2026-02-12 02:00:00, operation_name: ListBlobs, operation_class: list, object_key: /acct/c, repeat: 6, every: 1 second }
      - { token_hash: B, sas_sp: rl, time: 2026-02-12 03:00:00, object_key: '/acct/c/o{i}', repeat: 150, every: 1 second }
      - { token_hash: C1, sas_sp: rwl, time: 2026-01-01 02:00:00, operation_name: ListBlobs, operation_class: list, object_key: /acct/c, repeat: 2, every: 1 second }
      - { token_hash: C2, sas_sp: rwl, time: 2026-01-02 02:00:00, operation_name: ListBlobs, operation_class: list, object_key: /acct/c, repeat: 2, every: 1 second }
      - { token_hash: C3, sas_sp: rwl, time: 2026-01-03 02:00:00, operation_name: ListBlobs, operation_class: list, object_key: /acct/c, repeat: 2, every: 1 second }
      - { token_hash: D, sas_sp: rwl, time: 2026-01-04 02:00:00, operation_name: ListBlobs, operation_class: list, object_key: /acct/c, repeat: 6, every: 1 second }
      - { token_hash: D, sas_sp: rwl, time: 2026-01-04 03:00:00, object_key: '/acct/c/o{i}', repeat: 150, every: 1 second }
    expect: [{ token_hash: B }, { token_hash: D }]
---*/
WITH listers AS (
  SELECT token_hash, account, max(token_key) AS token_key, max(family) AS family
  FROM sas_use
  WHERE bucket >= $since::TIMESTAMP - $within AND bucket < $until::TIMESTAMP AND /* narrows: nothing is added */ lists > 0
  GROUP BY token_hash, account HAVING /* narrows: counted by container below */ sum(lists) >= least($containers_min, $pages_min)
    -- What a signature for less than the account is over is in one container; a fingerprint may stand for several.
    AND /* narrows: likewise */ (sum(lists) >= $pages_min OR $containers_min < 2 OR bool_or(auth_type = 'sas_account')
      OR starts_with(token_hash::VARCHAR, '00000000-0000-0000-'))),
readers AS (
  SELECT l.*, u.day FROM listers l JOIN (
    SELECT token_hash, account, day FROM sas_use
    WHERE bucket >= $since::TIMESTAMP AND bucket < $until::TIMESTAMP AND /* narrows: nothing is added */ reads > 0
    GROUP BY ALL HAVING /* narrows: counted by object below */ sum(reads) >= $objects_min OR sum(bytes_out) >= $bytes_min
  ) u ON u.token_hash = l.token_hash AND u.account = l.account),
known AS (
  SELECT r.token_hash, r.account, r.day, count(DISTINCT d.day) AS days
  FROM readers r JOIN (
    SELECT account, family, day FROM family_day
    WHERE day >= $since::TIMESTAMP - $baseline AND day < $until::TIMESTAMP AND lists >= least($containers_min, $pages_min)
  ) d ON d.account = r.account AND d.family = r.family AND d.day < r.day AND d.day >= r.day - $baseline
  GROUP BY ALL),
suspects AS (
  SELECT r.* FROM readers r LEFT JOIN known k ON r.token_hash = k.token_hash AND r.account = k.account AND r.day = k.day
  WHERE coalesce(k.days, 0) <= $days_max),
lists AS (
  SELECT DISTINCT ON (t.token_hash, l.account, l.correlation_id, l.time, l.time_tick, l.container)
         t.token_hash, l.account, l.time, l.container
  FROM log_row l JOIN (SELECT DISTINCT token_hash, token_key, account FROM suspects) t
    ON l.account = t.account AND coalesce(l.token, l.token_fingerprint) = t.token_key
  WHERE l.time >= $since::TIMESTAMP - $within AND l.time < $until::TIMESTAMP AND l.operation_count = 0
    AND l.operation_class = 'list' AND (l.status_code BETWEEN 200 AND 299 OR l.status_code = 304)),
-- Lists are few: reads are looked up of those who listed enough.
enough AS (
  SELECT token_hash, account FROM lists
  GROUP BY ALL HAVING /* narrows: counted before each drain below */ count(DISTINCT container) >= $containers_min OR count(*) >= $pages_min),
reads AS (
  SELECT DISTINCT ON (t.token_hash, l.account, l.time, object, record)
         t.token_hash, l.account, l.time, l.container, if(l.object_key IS NULL, NULL, hash(l.object_key)) AS object,
         l.response_body_bytes AS bytes, hash(l.correlation_id, l.time_tick) AS record
  FROM log_row l JOIN (SELECT DISTINCT token_hash, token_key, account FROM suspects SEMI JOIN enough USING (token_hash, account)) t
    ON l.account = t.account AND coalesce(l.token, l.token_fingerprint) = t.token_key
  WHERE l.time >= $since::TIMESTAMP AND l.time < $until::TIMESTAMP AND l.operation_count = 0
    AND l.operation_class = 'read' AND (l.status_code BETWEEN 200 AND 299 OR l.status_code = 304)),
taken AS (
  SELECT r.*, r.time::DATE AS day
  FROM reads r SEMI JOIN (
    SELECT token_hash, account, container, min(time) AS first_time FROM lists GROUP BY token_hash, account, container, time::DATE
  ) l ON l.token_hash = r.token_hash AND l.account = r.account AND l.container = r.container
     AND l.first_time < r.time AND l.first_time >= r.time - $within),
drains AS (
  SELECT token_hash, account, day, count(DISTINCT object) AS objects, sum(bytes) AS bytes, min(time) AS first_time,
         max(time) AS last_time, list_sort(list(DISTINCT container))[1:20] AS containers
  FROM taken GROUP BY ALL HAVING count(DISTINCT object) >= $objects_min OR sum(bytes) >= $bytes_min),
listings AS (
  SELECT d.token_hash, d.account, d.day, count(DISTINCT r.container) AS containers, count(*) AS pages, min(r.time) AS first_time
  FROM drains d JOIN lists r ON r.token_hash = d.token_hash AND r.account = d.account AND r.time < d.last_time
    AND r.time >= d.first_time - $within
  GROUP BY ALL)
SELECT d.token_hash, d.account, d.day::TIMESTAMP AS window_start, least(l.first_time, d.first_time) AS first_seen,
       d.last_time AS last_seen, 'high' AS level, l.containers::BIGINT AS containers_listed, l.pages::BIGINT AS pages_listed,
       d.objects::BIGINT AS objects_read, d.bytes::BIGINT AS bytes_read, d.containers AS containers_read
FROM drains d JOIN listings l ON d.token_hash = l.token_hash AND d.account = l.account AND d.day = l.day
  SEMI JOIN suspects s ON d.token_hash = s.token_hash AND d.account = s.account AND d.day = s.day
WHERE l.containers >= $containers_min OR l.pages >= $pages_min
