/*---
title: Server-side copy out with one SAS token
id: f0e3f84a-9700-560d-93d7-8da30e71e93f
code: W-EXF-3
version: 1
status: experimental
kind: window
entity: token
level: high
date: 2026-11-24
description: >-
  With one token, another storage account reads a hundred objects or 50 GiB within an hour (the storage service itself makes
  the requests, so no client address shows), or a copy goes to an account of a foreign subscription, once. One finding per
  token and UTC day.
tags: [attack.exfiltration, attack.t1537]
falsepositives:
  - A copy to another region, or into a backup vault, with a token
blindspots:
  - A copy that reads through a client looks like any read
  - The destination is known only where the record names it
params:
  window:      { type: interval, default: 1 hour }
  objects_min: { type: integer, default: 100, unit: distinct objects in the window }
  bytes_min:   { type: integer, default: 53687091200, unit: bytes in the window }
  baseline:    { type: interval, default: 28 days }
  days_min:    { type: integer, default: 3, unit: earlier days with as many reads of the family }
needs:
  token: copies > 0 OR reads >= $objects_min OR bytes_out >= $bytes_min
  part: suspects
  only: [sas_use]
  rows: day - $window
  proof: [outward, requests]
runbook: |
  1. List the reads of this token_hash by `ip_class = 'azure'` or the transport's user_agent from first_seen to last_seen by container.
  2. Ask who copies to another account within the 7 days around first_seen; look for the destination in their logs.
  3. If nobody does, revoke the token, and export the objects read since first_seen.
response: Find the destination account; a subscription outside the tenant is a leak to report.
tests:
  - name: fires for a hundred objects read by the storage service
    rows: [{ token_hash: A, ip_class: azure, caller_ip: 10.9.9.9, user_agent: services_xstore_transport_HTTPHelper/1.0, object_key: '/acct/c/o{i}', repeat: 100, every: 30 seconds }]
    expect: [{ token_hash: A, level: high, objects_in_window: 100, foreign_copies: 0 }]
  - name: fires by its address class, for bytes
    rows: [{ token_hash: A, ip_class: azure, caller_ip: 10.9.9.9, response_body_bytes: 30000000000, object_key: '/acct/c/o{i}', repeat: 2, every: 10 minutes }]
    expect: [{ token_hash: A, bytes_in_window: 60000000000 }]
  - name: fires once for a copy into a foreign subscription, and is silent for one's own
    rows:
      - { token_hash: A, operation_name: CopyBlobSource, operation_class: copy, resource_id: /subscriptions/one/resourceGroups/g, extra: '{"properties.copyDestinationArmId":"/subscriptions/two/resourceGroups/h"}' }
      - { token_hash: B, operation_name: CopyBlobSource, operation_class: copy, resource_id: /SUBSCRIPTIONS/ONE/resourceGroups/g, extra: '{"properties.copyDestinationArmId":"/subscriptions/one/resourceGroups/h"}' }
    expect: [{ token_hash: A, foreign_copies: 1 }]
  - name: silent for clients, for fewer objects or bytes, spread over hours, and for records that came twice
    rows:
      - { token_hash: A, object_key: '/acct/c/o{i}', repeat: 300, every: 1 second }
      - { token_hash: A, ip_class: azure, caller_ip: 10.9.9.9, object_key: /acct/c/o }
      - { token_hash: B, ip_class: azure, caller_ip: 10.9.9.9, object_key: '/acct/c/o{i}', repeat: 60, every: 1 second }
      - { token_hash: B, ip_class: azure, caller_ip: 10.9.9.9, object_key: '/acct/c/o{i}', repeat: 60, every: 1 second }
      - { token_hash: C, time: 2026-01-01 00:00:00, ip_class: azure, caller_ip: 10.9.9.9, object_key: '/acct/c/o{i}', repeat: 200, every: 1 minute }
      - { token_hash: D, ip_class: azure, caller_ip: 10.9.9.9, response_body_bytes: 20000000000, object_key: '/acct/c/o{i}', repeat: 2, every: 10 minutes }
    expect: []
  - name: silent once the family copies so for days, also three weeks later; fires after three weeks more, and where it read little
    rows:
      - { token_hash: 'A{i}', ip_class: azure, caller_ip: 10.9.9.9, object_key: '/acct/c/o', response_body_bytes: 60000000000, repeat: 4, every: 1 day }
      - { token_hash: B, ip_class: azure, caller_ip: 10.9.9.9, object_key: /acct/c/o, response_body_bytes: 60000000000, time: 2026-01-21 12:00:00 }
      - { token_hash: C, ip_class: azure, caller_ip: 10.9.9.9, object_key: /acct/c/o, response_body_bytes: 60000000000, time: 2026-02-12 12:00:00 }
      - { token_hash: 'D{i}', sas_sp: r, ip_class: azure, caller_ip: 10.9.9.9, object_key: /acct/c/o, repeat: 3, every: 1 day }
      - { token_hash: E, sas_sp: r, ip_class: azure, caller_ip: 10.9.9.9, object_key: /acct/c/o, response_body_bytes: 60000000000, time: 2026-01-04 12:00:00 }
    expect: [{ window_start: 2026-01-01 00:00:00 }, { window_start: 2026-01-02 00:00:00 }, { window_start: 2026-01-03 00:00:00 }, { token_hash: C }, { token_hash: E }]
---*/
WITH busy AS (
  -- A window lies in so many clock hours at most, and in one of them its token did its share; days that no such window meets have none.
  -- Reckoned once: as long as from July to August no two months are.
  SELECT token_hash, account,
         unnest(generate_series((day - $window)::DATE, (day + INTERVAL '1 day' + $window)::DATE, INTERVAL '1 day'))::DATE AS day
  FROM (SELECT *, date_diff('hour', TIMESTAMP '2000-09-01' - $window, TIMESTAMP '2000-09-01') + 1 AS span FROM token_day
        WHERE day >= ($since::TIMESTAMP - $window)::DATE AND day < $until::TIMESTAMP)
  WHERE /* narrows: so asks every window */ copies > 0 OR /* narrows: counted by window below */ peak_hour_reads * span >= $objects_min
    OR /* narrows: likewise */ peak_hour_bytes_out * span >= $bytes_min),
windows AS (
  SELECT token_hash, account, token_key, family, day, sum(reads) OVER span AS reads, sum(bytes_out) OVER span AS bytes, copies
  FROM (SELECT token_hash, account, bucket, day, max(token_key) AS token_key, max(family) AS family, sum(reads) AS reads,
               sum(bytes_out) AS bytes_out, sum(copies) AS copies
        FROM sas_use SEMI JOIN busy USING (token_hash, account, day)
        WHERE bucket >= $since::TIMESTAMP - $window AND bucket < $until::TIMESTAMP AND /* narrows: nothing is added */ (reads > 0 OR copies > 0) GROUP BY ALL)
  WINDOW span AS (PARTITION BY token_hash, account ORDER BY bucket RANGE BETWEEN $window PRECEDING AND CURRENT ROW)),
families AS (
  SELECT account, family, day FROM family_day
  WHERE day >= $since::TIMESTAMP - $baseline AND day < $until::TIMESTAMP AND (reads >= $objects_min OR bytes_out >= $bytes_min)),
known AS (
  SELECT f.account, f.family, f.day, count(*) AS days
  FROM families f JOIN families e
    ON e.account = f.account AND e.family = f.family AND e.day < f.day AND e.day >= f.day - $baseline
  WHERE /* narrows: no other day is judged */ f.day >= $since::TIMESTAMP
  GROUP BY f.account, f.family, f.day),
suspects AS (
  SELECT DISTINCT w.token_hash, w.account, w.token_key, w.day, coalesce(k.days, 0) AS days
  FROM windows w LEFT JOIN known k ON k.account = w.account AND k.family = w.family AND k.day = w.day
  WHERE w.day >= $since::TIMESTAMP::DATE 
    AND /* narrows: counted by request below */ (w.copies > 0 OR coalesce(k.days, 0) < $days_min)
    AND /* narrows: likewise */ (w.copies > 0 OR w.reads >= $objects_min OR w.bytes >= $bytes_min)),
-- Few tokens are used so at all: the rest of a row is read of these alone.
outward AS (
  SELECT DISTINCT t.token_hash, t.token_key, t.account
  FROM log_row l JOIN (SELECT DISTINCT token_hash, token_key, account FROM suspects) t
    ON l.account = t.account AND coalesce(l.token, l.token_fingerprint) = t.token_key
  WHERE l.time >= $since::TIMESTAMP - $window AND l.time < $until::TIMESTAMP
    AND /* narrows: so asks every request */ (l.operation_class = 'copy' OR l.ip_class = 'azure'
      OR starts_with(l.user_agent, 'services_xstore_transport'))),
requests AS (
  SELECT DISTINCT ON (t.token_hash, l.account, l.correlation_id, l.time, l.time_tick, l.object_key)
         t.token_hash, l.account, l.time, l.object_key, l.response_body_bytes AS bytes,
         l.operation_class = 'copy' AND lower(split_part(json_extract_string(l.extra, '$."properties.copyDestinationArmId"'), '/', 3))
           <> lower(split_part(l.resource_id, '/', 3)) AS foreign_copy
  FROM log_row l JOIN outward t ON l.account = t.account AND coalesce(l.token, l.token_fingerprint) = t.token_key
  WHERE l.time >= $since::TIMESTAMP - $window AND l.time < $until::TIMESTAMP AND l.operation_count = 0
    AND (l.status_code BETWEEN 200 AND 299 OR l.status_code = 304)
    AND ((l.operation_class = 'read' AND (l.ip_class = 'azure' OR starts_with(l.user_agent, 'services_xstore_transport'))) OR foreign_copy)),
-- Requests of an object that lie a window apart at most are a stretch. A window has as many objects as stretches have begun by its
-- end, less those that ended before it: running totals cost less than to count the objects of each window.
stretches AS (
  SELECT *, object_key IS NOT NULL AND coalesce(lag(time) OVER same < time - $window, true) AS begins,
         object_key IS NOT NULL AND coalesce(lead(time) OVER same - $window > time, true) AS ends
  FROM (SELECT *, dense_rank() OVER (ORDER BY token_hash, account, foreign_copy) AS line FROM requests)
  WINDOW same AS (PARTITION BY line, object_key ORDER BY time)),
moments AS (
  SELECT *, sum(bytes) OVER so_far AS bytes_by, sum(begins) OVER so_far AS begun, sum(ends) OVER so_far AS ended
  FROM (SELECT line, token_hash, account, foreign_copy, time, count(*) AS requests, sum(bytes) AS bytes,
               count(*) FILTER (begins) AS begins, count(*) FILTER (ends) AS ends FROM stretches GROUP BY ALL)
  WINDOW so_far AS (ORDER BY line, time ROWS UNBOUNDED PRECEDING)),
spans AS (
  SELECT w.token_hash, w.account, w.time, w.foreign_copy, w.requests, w.time::DATE AS day, b.time AS since_time,
         w.bytes_by - b.bytes_by + b.bytes AS bytes, w.begun - b.ended + b.ends AS objects
  FROM moments w ASOF JOIN moments b ON b.line = w.line AND b.time >= w.time - $window)
SELECT p.token_hash, p.account, p.day::TIMESTAMP AS window_start, min(p.since_time) AS first_seen, max(p.time) AS last_seen,
       'high' AS level, coalesce(max(p.objects) FILTER (NOT coalesce(p.foreign_copy, false)), 0)::BIGINT AS objects_in_window,
       coalesce(max(p.bytes) FILTER (NOT coalesce(p.foreign_copy, false)), 0)::BIGINT AS bytes_in_window,
       coalesce(sum(p.requests) FILTER (p.foreign_copy), 0)::BIGINT AS foreign_copies
FROM spans p JOIN suspects s ON p.token_hash = s.token_hash AND p.account = s.account AND p.day = s.day
WHERE p.foreign_copy OR (s.days < $days_min AND (p.objects >= $objects_min OR p.bytes >= $bytes_min))
GROUP BY p.token_hash, p.account, p.day
