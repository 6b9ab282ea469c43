/*---
title: Model, script or page overwritten from a new network
id: 6e5c1ce8-3d75-5b01-8c17-66aee58e6d8f
code: W-POI-1
version: 1
status: experimental
kind: sequence
entity: token
level: high
date: 2026-11-24
description: >-
  A token at least a week old writes over an existing model, script, page or program from a public network it had not been
  used from in the 28 days before. What others load and run is changed; one object is enough. One finding per token and UTC
  day.
tags: [attack.initial-access, attack.t1195.002, attack.impact, attack.t1565.001]
falsepositives:
  - A release from a new build agent with a token that lives longer than a week
blindspots:
  - Objects that nobody touched in the 28 days before look new
  - Writes from a known network, and from the same cloud region, which shows private addresses
  - Kinds of file that the list of suffixes does not hold
params:
  objects_min: { type: integer, default: 1, unit: existing objects overwritten from new networks on the day }
  age_min:     { type: interval, default: 7 days, unit: age of the token }
  baseline:    { type: interval, default: 28 days }
needs:
  token: overwrite_candidates > 0 AND first_seen < $until::TIMESTAMP - $age_min + INTERVAL '1 day'
  part: suspects
  only: [sas_use, token_day]
  rows: day
  proof: [writes, strange]
  daily: networks
  older: { part: unsure, rows: day - $baseline }
runbook: |
  1. Compare etag, request_md5 and size of each object in `objects` with the version before first_seen; take it out of service until it is explained.
  2. List everything from the `networks` in the 7 days around first_seen, with any token.
  3. Restore the version from before first_seen, and find out who loaded the object in the hours and days since.
response: Take the object out of service, verify its hash, restore the version before; ask who loaded it since.
tests:
  - name: fires for one model overwritten from a network the token was never served in, and once
    rows:
      - { token_hash: A, time: 2026-01-01 06:00:00, caller_ip: 192.0.2.1, object_key: /acct/c/m.ckpt, repeat: 16, every: 12 hours }
      - { token_hash: A, time: 2026-01-10 09:00:00, caller_ip: 203.0.113.7, operation_name: PutBlob, operation_class: write, object_key: /acct/c/m.ckpt }
      - { token_hash: A, time: 2026-01-02 07:00:00, caller_ip: 192.0.2.1, object_key: /acct/c/n.ckpt }
      - { token_hash: A, time: 2026-01-10 09:00:00, caller_ip: 203.0.113.7, object_key: /acct/c/n.ckpt }
      - { token_hash: A, time: 2026-01-10 09:00:00, caller_ip: 203.0.113.7, object_key: /acct/c/n.ckpt, operation_name: PutBlob, operation_class: write, operation_count: 1 }
      - { token_hash: A, time: 2026-01-10 09:00:00, caller_ip: 203.0.113.7, object_key: /acct/c/n.ckpt, operation_name: PutBlob, operation_class: write, status_code: 403 }
      - { token_hash: A, time: 2026-01-10 09:00:00, caller_ip: 203.0.113.7, object_key: /acct/c/n.ckpt, operation_name: PutBlock, operation_class: write }
      - { token_hash: A, time: 2026-01-05 09:00:00, caller_ip: 203.0.113.7, operation_count: 1 }
      - { token_hash: A, time: 2026-01-05 09:00:00, caller_ip: 203.0.113.7, status_code: 403 }
      - { token_hash: A, time: 2026-01-12 09:00:00, caller_ip: 203.0.113.7, operation_name: PutBlob, operation_class: write, object_key: /acct/c/n.ckpt }
    expect: [{ token_hash: A, level: high, objects: [/acct/c/m.ckpt], networks: [203.0.113.0/24], window_start: 2026-01-10 00:00:00 }]
  - name: fires for a page and a program, once a day
    rows:
      - { token_hash: A, time: 2026-01-01 06:00:00, caller_ip: 192.0.2.1, object_key: /acct/$web/index.html, container: $web, repeat: 16, every: 12 hours }
      - { token_hash: B, time: 2026-01-09 06:00:00, object_key: /acct/$web/setup.EXE, operation_name: PutBlob, operation_class: write, container: $web }
      - { token_hash: A, time: 2026-01-10 09:00:00, caller_ip: 203.0.113.7, operation_name: PutBlob, operation_class: write, object_key: /acct/$web/index.html, container: $web }
      - { token_hash: A, time: 2026-01-10 09:01:00, caller_ip: 203.0.113.9, operation_name: PutBlockList, operation_class: write, object_key: /acct/$web/setup.EXE, container: $web }
    expect: [{ token_hash: A, objects_overwritten: 2 }]
  - name: silent for data, for a new object, for one that was asked for or uploaded in vain, for a deleted one, for one not touched for weeks, from a known network, for a young token, and for one that had rested
    rows:
      - { token_hash: A, time: 2026-01-01 06:00:00, caller_ip: 192.0.2.1, object_key: /acct/c/m.csv, repeat: 16, every: 12 hours }
      - { token_hash: A, time: 2026-01-10 09:00:00, caller_ip: 203.0.113.7, operation_name: PutBlob, operation_class: write, object_key: /acct/c/m.csv }
      - { token_hash: A, time: 2026-01-10 09:00:00, caller_ip: 203.0.113.7, operation_name: PutBlob, operation_class: write, object_key: /acct/c/new.pt }
      - { token_hash: B, time: 2026-01-01 06:00:00, caller_ip: 192.0.2.1, object_key: /acct/c/b.pt, repeat: 16, every: 12 hours }
      - { token_hash: C, time: 2026-01-09 06:00:00, operation_name: DeleteBlob, operation_class: delete, object_key: /acct/c/b.pt }
      - { token_hash: B, time: 2026-01-10 09:00:00, caller_ip: 203.0.113.7, operation_name: PutBlob, operation_class: write, object_key: /acct/c/b.pt }
      - { token_hash: D, time: 2026-01-01 06:00:00, caller_ip: 192.0.2.1, object_key: /acct/c/d.pt, repeat: 16, every: 12 hours }
      - { token_hash: D, time: 2026-01-10 09:00:00, caller_ip: 192.0.2.99, operation_name: PutBlob, operation_class: write, object_key: /acct/c/d.pt }
      - { token_hash: D, time: 2026-01-10 09:00:00, caller_ip: 10.0.0.4, ip_class: private, operation_name: PutBlob, operation_class: write, object_key: /acct/c/d.pt }
      - { token_hash: E, time: 2026-01-05 06:00:00, caller_ip: 192.0.2.1, object_key: /acct/c/e.pt, repeat: 4, every: 12 hours }
      - { token_hash: E, time: 2026-01-10 09:00:00, caller_ip: 203.0.113.7, operation_name: PutBlob, operation_class: write, object_key: /acct/c/e.pt }
      - { token_hash: B, time: 2026-01-09 06:00:00, object_key: /acct/c/q.pt, operation_count: 1 }
      - { token_hash: B, time: 2026-01-09 06:00:00, object_key: /acct/c/r.pt, status_code: 404 }
      - { token_hash: B, time: 2026-01-09 06:00:00, object_key: /acct/c/s.pt, operation_name: PutBlock, operation_class: write }
      - { token_hash: B, time: 2026-01-10 10:00:00, caller_ip: 203.0.113.7, operation_name: PutBlob, operation_class: write, object_key: /acct/c/q.pt }
      - { token_hash: B, time: 2026-01-10 10:00:00, caller_ip: 203.0.113.7, operation_name: PutBlob, operation_class: write, object_key: /acct/c/r.pt }
      - { token_hash: B, time: 2026-01-10 10:00:00, caller_ip: 203.0.113.7, operation_name: PutBlob, operation_class: write, object_key: /acct/c/s.pt }
      - { token_hash: C, time: 2025-11-20 06:00:00, object_key: /acct/c/t.pt }
      - { token_hash: B, time: 2026-01-10 10:00:00, caller_ip: 203.0.113.7, operation_name: PutBlob, operation_class: write, object_key: /acct/c/t.pt }
      - { token_hash: F, time: 2025-11-20 06:00:00, caller_ip: 192.0.2.1, object_key: /acct/c/f.pt }
      - { token_hash: F, time: 2026-01-05 06:00:00, caller_ip: 192.0.2.1, object_key: /acct/c/f.pt, repeat: 4, every: 12 hours }
      - { token_hash: F, time: 2026-01-10 09:00:00, caller_ip: 203.0.113.7, operation_name: PutBlob, operation_class: write, object_key: /acct/c/f.pt }
    expect: []
  - name: silent below the number of objects asked for, also where the record came twice
    params: { objects_min: 2 }
    rows:
      - { token_hash: A, time: 2026-01-01 06:00:00, caller_ip: 192.0.2.1, object_key: /acct/c/m.ckpt, repeat: 16, every: 12 hours }
      - { token_hash: A, time: 2026-01-10 09:00:00, caller_ip: 203.0.113.7, operation_name: PutBlob, operation_class: write, object_key: /acct/c/m.ckpt, repeat: 2 }
    expect: []
  - name: fires where the network was last used forty days ago, is silent where it was three weeks ago
    rows:
      - { token_hash: A, time: 2026-01-29 06:00:00, caller_ip: 203.0.113.7, object_key: /acct/c/m.ckpt }
      - { token_hash: B, time: 2026-02-20 06:00:00, caller_ip: 203.0.113.7, object_key: /acct/c/m.ckpt }
      - { token_hash: A, time: 2026-02-20 06:00:00, caller_ip: 192.0.2.1, object_key: /acct/c/m.ckpt, repeat: 16, every: 24 hours }
      - { token_hash: B, time: 2026-02-20 06:00:00, caller_ip: 192.0.2.1, object_key: /acct/c/m.ckpt, repeat: 16, every: 24 hours }
      - { token_hash: A, time: 2026-03-10 09:00:00, caller_ip: 203.0.113.7, operation_name: PutBlob, operation_class: write, object_key: /acct/c/m.ckpt }
      - { token_hash: B, time: 2026-03-10 09:00:00, caller_ip: 203.0.113.7, operation_name: PutBlob, operation_class: write, object_key: /acct/c/m.ckpt }
    expect: [{ token_hash: A }]
---*/
WITH kinds AS (
  SELECT unnest(['pt', 'pth', 'ckpt', 'pkl', 'pickle', 'onnx', 'safetensors', 'h5', 'gguf', 'bin', 'js', 'mjs', 'htm', 'html', 'wasm', 'whl', 'jar',
                 'exe', 'dll', 'msi', 'so', 'sh', 'ps1', 'py']) AS suffix),
old AS (
  SELECT token_hash, account FROM token_life
  WHERE last_seen >= $since::TIMESTAMP AND first_seen < $until::TIMESTAMP - $age_min + INTERVAL '1 day'),
aged AS (
  SELECT token_hash, account, day, token_key, overwrite_candidates, public_n, min(day) OVER (
           PARTITION BY token_hash, account ORDER BY day RANGE BETWEEN $baseline PRECEDING AND CURRENT ROW) AS known_since
  FROM token_day SEMI JOIN old USING (token_hash, account)
  WHERE day >= $since::TIMESTAMP - $baseline AND day < $until::TIMESTAMP),
suspects AS (
  SELECT token_hash, account, day, token_key
  FROM aged SEMI JOIN (
    SELECT token_hash, account, day FROM sas_use
    WHERE bucket >= $since::TIMESTAMP AND /* narrows: asked of names below */ (suffix IS NULL OR lower(suffix) IN (FROM kinds))
  ) u USING (token_hash, account, day)
  WHERE day >= $since::TIMESTAMP AND /* narrows: so asks every write */ overwrite_candidates > 0
    AND /* narrows: likewise */ public_n > 0 AND known_since <= day - $age_min),
writes AS (
  SELECT s.token_hash, s.token_key, l.account, s.day, l.object_key, network_of(l.caller_ipv4, l.caller_ip_other) AS network,
         max(l.container) AS container, min(l.time) AS written, max(l.time) AS last_time
  FROM log_row l JOIN suspects s ON l.account = s.account AND coalesce(l.token, l.token_fingerprint) = s.token_key
    AND l.time::DATE = s.day
  WHERE l.time >= $since::TIMESTAMP AND l.time < $until::TIMESTAMP AND l.operation_count = 0
    AND l.operation_class IN ('write', 'copy') AND l.status_code BETWEEN 200 AND 299 AND l.ip_class = 'public'
    AND l.operation_name NOT IN ('PutBlock', 'PutBlockFromURL', 'CopyBlobSource')
    AND lower(regexp_extract(l.object_key, '\.([^./]+)$', 1)) IN (FROM kinds)
  GROUP BY ALL),
networks AS (
  SELECT DISTINCT token_hash, account, day, network_of(caller_ipv4, caller_ip_other) AS network
  FROM (
    SELECT DISTINCT s.token_hash, l.account, l.time::DATE AS day, l.caller_ipv4, l.caller_ip_other
    FROM log_row l JOIN (SELECT DISTINCT token_hash, token_key, account FROM suspects) s
      ON l.account = s.account AND coalesce(l.token, l.token_fingerprint) = s.token_key
    WHERE l.time >= $since::TIMESTAMP - $baseline AND l.time < $until::TIMESTAMP AND l.operation_count = 0
      AND (l.status_code BETWEEN 200 AND 299 OR l.status_code = 304))),
strange AS (
  SELECT w.* FROM writes w ANTI JOIN networks n
    ON n.token_hash = w.token_hash AND n.account = w.account AND n.network = w.network AND n.day < w.day AND n.day >= w.day - $baseline),
unsure AS (
  SELECT DISTINCT token_hash, token_key, account, day FROM strange),
-- The container rules rows out before their names are decoded: by itself, and of a relation that is cut down, it is looked for while
-- a file is read. A join on columns as they are stored has names and times looked at first, so one is computed.
traces AS (
  SELECT s.token_hash, s.account, s.day, s.object_key,
         max(l.time) FILTER (l.operation_class IN ('read', 'meta', 'write', 'copy', 'tier', 'policy', 'lease')) AS existed,
         max(l.time) FILTER (l.operation_class = 'delete') AS deleted
  FROM (
    SELECT l.account, l.object_key, l.operation_class, l.time, l.time + $baseline AS known_until
    FROM log_row l SEMI JOIN (SELECT container FROM strange GROUP BY container HAVING /* narrows: all meet it */ count(*) > 0) c ON l.container = c.container
    WHERE l.time >= $since::TIMESTAMP - $baseline AND l.time < $until::TIMESTAMP
      AND (l.operation_count = 0 AND (l.status_code BETWEEN 200 AND 299 OR l.status_code = 304)
        AND l.operation_name NOT IN ('PutBlock', 'PutBlockFromURL')) IS TRUE) l
    JOIN (SELECT DISTINCT token_hash, account, day, object_key, written FROM strange) s
      ON l.account = s.account AND l.object_key = s.object_key AND l.time < s.written AND l.known_until >= s.written
  GROUP BY ALL)
SELECT s.token_hash, s.account, s.day::TIMESTAMP AS window_start, min(s.written) AS first_seen, max(s.last_time) AS last_seen,
       'high' AS level, count(DISTINCT s.object_key)::BIGINT AS objects_overwritten,
       list_sort(list(DISTINCT s.object_key))[1:20] AS objects, list_sort(list(DISTINCT s.network)) AS networks
FROM strange s JOIN traces t ON t.token_hash = s.token_hash AND t.account = s.account AND t.day = s.day AND t.object_key = s.object_key
WHERE coalesce(t.existed > t.deleted, t.existed IS NOT NULL)
GROUP BY s.token_hash, s.account, s.day
HAVING count(DISTINCT s.object_key) >= $objects_min
