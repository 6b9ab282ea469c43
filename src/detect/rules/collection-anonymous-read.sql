/*---
title: Anonymous reads where there were none
id: fbf1a8dd-45ae-511e-9e68-20d533da9f77
code: A-ANO-1
version: 1
status: experimental
kind: baseline
entity: container
level: high
date: 2026-11-24
description: >-
  Five objects of a container are read without any credential, a container that was read with credentials and never without
  in the 28 days before: its access level was changed, or it holds what nobody meant to publish. One finding per container and
  UTC day.
references:
  - https://learn.microsoft.com/azure/storage/blobs/anonymous-read-access-prevent
tags: [attack.collection, attack.t1530]
falsepositives:
  - The launch of a static site
blindspots:
  - Containers are compared in a bitmap of 64 bits per account; with many public containers a new one may hide
  - Refused anonymous requests are mostly not logged
params:
  objects_min: { type: integer, default: 5, unit: distinct objects read on the day }
  age_min:     { type: interval, default: 7 days, unit: that the account has been in the log }
  baseline:    { type: interval, default: 28 days }
needs:
  account: auth_type = 'anonymous' AND reads >= $objects_min
  part: suspects
runbook: |
  1. List the anonymous reads of this container from first_seen to last_seen by caller_ip and object_key.
  2. Look for SetContainerACL in the 7 days before first_seen, and who called it.
  3. If it was not meant, set the container private, and export the objects read since first_seen.
response: Set the container private, and disallow anonymous access for the account.
tests:
  - name: fires for five objects of a container read only with tokens before
    rows:
      - { token_hash: A, time: 2026-01-01 10:00:00, repeat: 8, every: 1 day }
      - { token_hash: null, token_fingerprint: null, key_name: null, key_hash: null, sas_kind: null, auth_type: anonymous, time: 2026-01-09 12:00:00, object_key: '/acct/c/o{i}', repeat: 5, every: 1 minute }
    expect: [{ entity: acct/c, account: acct, level: high, objects_read: 5, window_start: 2026-01-09 00:00:00 }]
  - name: silent for four, for a container that is public, for one nobody read with credentials, and in the first week
    rows:
      - { token_hash: A, time: 2026-01-01 10:00:00, repeat: 9, every: 1 day }
      - { token_hash: null, token_fingerprint: null, key_name: null, key_hash: null, sas_kind: null, auth_type: anonymous, time: 2026-01-09 12:00:00, object_key: '/acct/c/o{i}', repeat: 4, every: 1 minute }
      - { token_hash: null, token_fingerprint: null, key_name: null, key_hash: null, sas_kind: null, auth_type: anonymous, time: 2026-01-09 12:00:00, object_key: '/acct/c/o{i}', repeat: 4, every: 1 minute }
      - { token_hash: null, token_fingerprint: null, key_name: null, key_hash: null, sas_kind: null, auth_type: anonymous, time: 2026-01-09 12:00:00, container: d, object_key: '/acct/d/o{i}', repeat: 9, every: 1 minute }
      - { token_hash: B, account: other, time: 2026-01-01 10:00:00, container: p, repeat: 8, every: 1 day }
      - { token_hash: null, token_fingerprint: null, key_name: null, key_hash: null, sas_kind: null, auth_type: anonymous, account: other, time: 2026-01-02 12:00:00, container: p, object_key: '/other/p/o{i}', repeat: 1 }
      - { token_hash: null, token_fingerprint: null, key_name: null, key_hash: null, sas_kind: null, auth_type: anonymous, account: other, time: 2026-01-09 12:00:00, container: p, object_key: '/other/p/o{i}', repeat: 9, every: 1 minute }
      - { token_hash: C, account: young, time: 2026-01-05 10:00:00, container: q, repeat: 4, every: 1 day }
      - { token_hash: null, token_fingerprint: null, key_name: null, key_hash: null, sas_kind: null, auth_type: anonymous, account: young, time: 2026-01-09 12:00:00, container: q, object_key: '/young/q/o{i}', repeat: 9, every: 1 minute }
      - { token_hash: null, token_fingerprint: null, key_name: null, key_hash: null, sas_kind: null, auth_type: anonymous, time: 2026-01-09 12:30:00, operation_class: meta, operation_name: GetBlobProperties, object_key: /acct/c/o9 }
      - { token_hash: A, time: 2026-01-03 10:00:00, operation_name: PutBlob, operation_class: write, container: d, object_key: /acct/d/o }
      - { token_hash: A, time: 2026-01-03 10:00:00, container: e, object_key: /acct/e/o, status_code: 403 }
      - { token_hash: null, token_fingerprint: null, key_name: null, key_hash: null, sas_kind: null, auth_type: anonymous, time: 2026-01-09 12:00:00, container: e, object_key: '/acct/e/o{i}', repeat: 9, every: 1 minute }
      - { token_hash: A, time: 2026-01-03 10:00:00, container: f, object_key: /acct/f/o }
      - { token_hash: null, token_fingerprint: null, key_name: null, key_hash: null, sas_kind: null, auth_type: anonymous, time: 2026-01-05 12:00:00, container: f, object_key: /acct/f/o }
      - { token_hash: null, token_fingerprint: null, key_name: null, key_hash: null, sas_kind: null, auth_type: anonymous, time: 2026-01-09 12:00:00, container: f, object_key: '/acct/f/o{i}', repeat: 9, every: 1 minute }
    expect: []
  - name: fires where it was public forty days ago
    rows:
      - { token_hash: null, token_fingerprint: null, key_name: null, key_hash: null, sas_kind: null, auth_type: anonymous, time: 2025-11-30 12:00:00 }
      - { token_hash: A, time: 2026-01-01 10:00:00, repeat: 8, every: 1 day }
      - { token_hash: null, token_fingerprint: null, key_name: null, key_hash: null, sas_kind: null, auth_type: anonymous, time: 2026-01-09 12:00:00, object_key: '/acct/c/o{i}', repeat: 5, every: 1 minute }
    expect: [{ window_start: 2026-01-09 00:00:00 }]
  - name: silent where it was public three weeks ago
    rows:
      - { token_hash: null, token_fingerprint: null, key_name: null, key_hash: null, sas_kind: null, auth_type: anonymous, time: 2025-12-19 12:00:00 }
      - { token_hash: A, time: 2026-01-01 10:00:00, repeat: 8, every: 1 day }
      - { token_hash: null, token_fingerprint: null, key_name: null, key_hash: null, sas_kind: null, auth_type: anonymous, time: 2026-01-09 12:00:00, object_key: '/acct/c/o{i}', repeat: 5, every: 1 minute }
    expect: []
  - name: fires where it was listed without a credential before it was read
    rows:
      - { token_hash: A, time: 2026-01-01 10:00:00, repeat: 8, every: 1 day }
      - { token_hash: null, token_fingerprint: null, key_name: null, key_hash: null, sas_kind: null, auth_type: anonymous, time: 2026-01-05 12:00:00, operation_name: ListBlobs, operation_class: list, object_key: /acct/c }
      - { token_hash: null, token_fingerprint: null, key_name: null, key_hash: null, sas_kind: null, auth_type: anonymous, time: 2026-01-09 12:00:00, object_key: '/acct/c/o{i}', repeat: 5, every: 1 minute }
    expect: [{ window_start: 2026-01-09 00:00:00 }]
---*/
WITH days AS (
  SELECT account, day, min(day) OVER earlier AS known_since, anonymous, coalesce(bit_or(anonymous) OVER earlier, 0::UBIGINT) AS anonymous_before,
         coalesce(bit_or(known) OVER earlier, 0::UBIGINT) AS known_before
  FROM (SELECT account, day, coalesce(bit_or(container_bits_ok) FILTER (auth_type = 'anonymous' AND reads > 0), 0::UBIGINT) AS anonymous,
               coalesce(bit_or(container_bits_ok) FILTER (auth_type <> 'anonymous'), 0::UBIGINT) AS known
        FROM account_day WHERE day >= $since::TIMESTAMP - $baseline AND day < $until::TIMESTAMP GROUP BY ALL)
  WINDOW earlier AS (PARTITION BY account ORDER BY day RANGE BETWEEN $baseline PRECEDING AND INTERVAL '1 day' PRECEDING)),
suspects AS (
  SELECT account, day FROM days
  WHERE day >= $since::TIMESTAMP AND known_since <= day - $age_min
    AND /* narrows: the containers of these days are looked up by name */ bit_count(anonymous & ~anonymous_before & known_before) > 0),
reads AS (
  SELECT l.account, l.container, s.day, count(DISTINCT l.object_key) AS objects, min(l.time) AS first_time, max(l.time) AS last_time,
         sum(l.response_body_bytes) AS bytes, count(DISTINCT network_of(l.caller_ipv4, l.caller_ip)) AS networks
  FROM log_row l JOIN suspects s ON l.account = s.account AND l.time::DATE = s.day
  WHERE l.time >= $since::TIMESTAMP AND l.time < $until::TIMESTAMP AND l.auth_type = 'anonymous' AND l.operation_class = 'read'
    AND l.operation_count = 0 AND (l.status_code BETWEEN 200 AND 299 OR l.status_code = 304)
  GROUP BY ALL HAVING count(DISTINCT l.object_key) >= $objects_min),
-- Only the containers of a day that is out of the ordinary are looked up, one row of history being enough for each.
before AS (
  SELECT r.account, r.container, r.day, bool_or(l.auth_type = 'anonymous') AS anonymous
  FROM log_row l JOIN reads r ON l.account = r.account AND l.container = r.container AND l.time < r.day AND l.time >= r.day - $baseline
  WHERE l.time >= $since::TIMESTAMP - $baseline AND l.time < $until::TIMESTAMP AND l.operation_class = 'read'
    AND (l.status_code BETWEEN 200 AND 299 OR l.status_code = 304)
  GROUP BY ALL)
SELECT r.account || '/' || r.container AS entity, r.account, r.day::TIMESTAMP AS window_start, r.first_time AS first_seen,
       r.last_time AS last_seen, 'high' AS level, r.container, r.objects::BIGINT AS objects_read, r.bytes::BIGINT AS bytes_read,
       r.networks::BIGINT AS networks
FROM reads r JOIN before b ON b.account = r.account AND b.container = r.container AND b.day = r.day
WHERE NOT b.anonymous
