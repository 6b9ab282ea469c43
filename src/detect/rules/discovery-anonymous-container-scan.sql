/*---
title: Anonymous scan for containers
id: a8549ecb-d034-5d22-9a6f-c039a9721560
code: A-ANO-2
version: 1
status: experimental
kind: window
entity: network
level: low
date: 2026-11-24
description: >-
  One network asks without credentials for twenty different containers within an hour, over all accounts: it guesses names. High
  where one of them opened. One finding per network, account and UTC day.
tags: [attack.reconnaissance, attack.t1595.003]
falsepositives:
  - Search engines over a public site with many containers
blindspots:
  - Refused anonymous requests are mostly not logged, so a scan that finds nothing rarely shows
params:
  window:         { type: interval, default: 1 hour }
  containers_min: { type: integer, default: 20, unit: distinct containers in the window }
needs:
  account: auth_type = 'anonymous' AND n > 0
  part: hours
runbook: |
  1. List the requests of the network in `entity` from first_seen to last_seen by account, container and status_code.
  2. Look what it read from the containers that opened, within 24 hours after.
  3. Set what opened private unless it is meant to be public; block the network for 7 days.
response: Set containers private that need not be public, and disallow anonymous access for the account.
tests:
  - name: fires low for twenty names that do not exist, over two accounts
    rows:
      - { token_hash: null, token_fingerprint: null, key_name: null, key_hash: null, sas_kind: null, auth_type: anonymous, caller_ip: 203.0.113.7, status_code: 404, container: 'd{i}', object_key: '/acct/d{i}', repeat: 12, every: 5 minutes }
      - { token_hash: null, token_fingerprint: null, key_name: null, key_hash: null, sas_kind: null, auth_type: anonymous, caller_ip: 203.0.113.9, account: other, status_code: 409, container: 'd{i}', object_key: '/other/d{i}', repeat: 8, every: 2 minutes }
      - { token_hash: null, token_fingerprint: null, key_name: null, key_hash: null, sas_kind: null, auth_type: anonymous, time: 2026-01-01 18:00:00, caller_ip: 203.0.113.7, container: open, object_key: /acct/open/o, repeat: 25, every: 1 minute }
    expect: [{ entity: 203.0.113.0/24, account: acct, level: low, containers_in_window: 20, opened: [] }, { entity: 203.0.113.0/24, account: other }]
  - name: fires high where one opens
    rows:
      - { token_hash: null, token_fingerprint: null, key_name: null, key_hash: null, sas_kind: null, auth_type: anonymous, caller_ip: 203.0.113.7, status_code: 404, container: 'd{i}', object_key: '/acct/d{i}', repeat: 25, every: 1 minute }
      - { token_hash: null, token_fingerprint: null, key_name: null, key_hash: null, sas_kind: null, auth_type: anonymous, caller_ip: 203.0.113.7, operation_class: list, operation_name: ListBlobs, container: d, object_key: /acct/d }
      - { token_hash: null, token_fingerprint: null, key_name: null, key_hash: null, sas_kind: null, auth_type: anonymous, caller_ip: 203.0.113.7, operation_name: ListBlobs, operation_class: list, container: null, object_key: /acct/ }
    expect: [{ level: high, opened: [d] }]
  - name: silent for 19, in two hours, from many networks, with a token, and for one container
    rows:
      - { token_hash: null, token_fingerprint: null, key_name: null, key_hash: null, sas_kind: null, auth_type: anonymous, caller_ip: 203.0.113.7, status_code: 404, container: 'd{i}', object_key: '/acct/d{i}', repeat: 19, every: 1 minute }
      - { token_hash: null, token_fingerprint: null, key_name: null, key_hash: null, sas_kind: null, auth_type: anonymous, time: 2026-01-02 10:00:00, caller_ip: 203.0.113.7, status_code: 404, container: 'd{i}', object_key: '/acct/d{i}', repeat: 20, every: 6 minutes }
      - { token_hash: null, token_fingerprint: null, key_name: null, key_hash: null, sas_kind: null, auth_type: anonymous, time: 2026-01-03 10:00:00, caller_ip: '2001:db8:{i}::1', status_code: 404, container: 'd{i}', object_key: '/acct/d{i}', repeat: 30, every: 1 minute }
      - { token_hash: A, time: 2026-01-04 10:00:00, caller_ip: 203.0.113.7, status_code: 404, container: 'd{i}', object_key: '/acct/d{i}', repeat: 30, every: 1 minute }
      - { token_hash: null, token_fingerprint: null, key_name: null, key_hash: null, sas_kind: null, auth_type: anonymous, time: 2026-01-05 10:00:00, caller_ip: 203.0.113.7, container: c, object_key: '/acct/c/o{i}', repeat: 60, every: 1 minute }
      - { token_hash: null, token_fingerprint: null, key_name: null, key_hash: null, sas_kind: null, auth_type: anonymous, time: 2026-01-06 10:00:00, caller_ip: 203.0.113.7, status_code: 404, container: 'd{i}', object_key: '/acct/d{i}', repeat: 19, every: 1 minute }
      - { token_hash: null, token_fingerprint: null, key_name: null, key_hash: null, sas_kind: null, auth_type: anonymous, time: 2026-01-06 10:20:00, caller_ip: 203.0.113.7, status_code: 404, container: d1, object_key: /acct/d1, repeat: 9, every: 1 minute }
      - { token_hash: A, time: 2026-01-06 10:05:00, caller_ip: 203.0.113.7, status_code: 404, container: x, object_key: /acct/x }
      - { token_hash: null, token_fingerprint: null, key_name: null, key_hash: null, sas_kind: null, auth_type: anonymous, time: 2026-01-06 10:05:00, caller_ip: 203.0.113.7, status_code: 403, container: y, object_key: /acct/y }
    expect: []
---*/
WITH hours AS (
  SELECT DISTINCT bucket FROM account_step
  WHERE bucket >= $since::TIMESTAMP - $window AND bucket < $until::TIMESTAMP AND /* narrows: so asks `requests` */ auth_type = 'anonymous'
  QUALIFY sum(n) OVER (ORDER BY bucket RANGE BETWEEN $window PRECEDING AND $window FOLLOWING) >= $containers_min),
requests AS (
  SELECT l.account, l.container, l.time, network_of(l.caller_ipv4, l.caller_ip) AS network,
         coalesce(l.status_code BETWEEN 200 AND 299, false) AND l.operation_class IN ('list', 'read') AS opened
  FROM log_row l SEMI JOIN hours h ON /* narrows: around the others there are not enough requests */ time_bucket(INTERVAL '5 minutes', l.time) = h.bucket
  WHERE l.time >= $since::TIMESTAMP - $window AND l.time < $until::TIMESTAMP AND l.auth_type = 'anonymous' AND l.operation_count = 0
    AND l.container IS NOT NULL AND (l.status_code IN (404, 409) OR l.status_code BETWEEN 200 AND 299)),
spans AS (
  SELECT *, count(DISTINCT account || '/' || container) OVER span AS containers, min(time) OVER span AS since_time FROM requests
  WINDOW span AS (PARTITION BY network ORDER BY time RANGE BETWEEN $window PRECEDING AND CURRENT ROW)),
scans AS (
  SELECT network, time::DATE AS day, min(since_time) AS first_time, max(time) AS last_time, max(containers) AS containers
  FROM spans WHERE time >= $since::TIMESTAMP AND containers >= $containers_min GROUP BY ALL)
SELECT s.network AS entity, r.account, s.day::TIMESTAMP AS window_start, s.first_time AS first_seen, s.last_time AS last_seen,
       if(bool_or(r.opened), 'high', 'low') AS level, s.containers::BIGINT AS containers_in_window,
       coalesce(list_sort(list(DISTINCT r.container) FILTER (r.opened)), [])[1:20] AS opened
FROM scans s JOIN requests r ON r.network = s.network AND r.time BETWEEN s.first_time AND s.last_time
GROUP BY s.network, r.account, s.day, s.first_time, s.last_time, s.containers
