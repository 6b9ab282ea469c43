/*---
title: SAS token used outside its validity
id: e6062ec9-3710-5e25-ae78-1ca91b72f71a
code: W-ERR-2
version: 1
status: experimental
kind: window
entity: token
level: low
date: 2026-11-24
description: >-
  A token is tried ten times within an hour more than five minutes before its start or after its end. Low, as clocks and old
  applications do so; medium where requests succeed all the same, which the log or the clock has to explain. One finding per
  token and UTC day.
tags: [attack.initial-access, attack.t1078.004]
falsepositives:
  - An application that does not renew its token
  - Phones with a wrong clock
blindspots:
  - A refused token is often not logged at all
  - Under a stored access policy the times are not in the URL
params:
  window:       { type: interval, default: 1 hour }
  requests_min: { type: integer, default: 10, unit: requests in the window }
  skew:         { type: interval, default: 5 minutes }
needs:
  token: n >= $requests_min AND (max_time > se_time + $skew OR min_time < st_time - $skew)
  part: suspects
  only: [sas_use]
  rows: $since::TIMESTAMP - $window
runbook: |
  1. List the requests of this token_hash after its end from first_seen to last_seen by caller_ip, user_agent and status_code.
  2. If the networks of the 30 days before are the same, tell the owner to renew it; if they are others, the URL is in the wild.
  3. Where requests succeeded, compare the clock of the records with the service's within 24 hours.
tests:
  - name: fires low for ten refused requests after the end, and six minutes after it
    rows:
      - { token_hash: A, sas_se: '2026-01-01T12:30:00Z', time: 2026-01-01 13:00:00, status_code: 403, status_text: AuthenticationFailed, repeat: 10, every: 6 minutes }
      - { token_hash: B, sas_se: '2026-01-01T12:30:00Z', time: 2026-01-01 12:36:00, status_code: 403, repeat: 10, every: 10 seconds }
    expect: [{ token_hash: A, level: low, requests_in_window: 10, succeeded: 0, window_start: 2026-01-01 00:00:00 }, { token_hash: B, level: low }]
  - name: fires medium where requests before the start succeed
    rows: [{ token_hash: A, sas_st: '2026-01-02T00:00:00Z', sas_se: '2026-01-03', time: 2026-01-01 13:00:00, repeat: 10, every: 1 minute }]
    expect: [{ token_hash: A, level: medium, succeeded: 10 }]
  - name: silent for nine, for ten in two hours, within the skew, for records that came twice, and under a policy
    rows:
      - { token_hash: A, sas_se: '2026-01-01T12:30:00Z', time: 2026-01-01 13:00:00, status_code: 403, repeat: 9, every: 1 minute }
      - { token_hash: A, sas_se: '2026-01-01T12:30:00Z', time: 2026-01-01 13:00:00, status_code: 403, repeat: 9, every: 1 minute }
      - { token_hash: B, sas_se: '2026-01-01T12:30:00Z', time: 2026-01-01 13:00:00, status_code: 403, repeat: 10, every: 12 minutes }
      - { token_hash: C, sas_se: '2026-01-01T12:30:00Z', time: 2026-01-01 12:31:00, status_code: 403, repeat: 20, every: 10 seconds }
      - { token_hash: D, sas_se: null, sas_st: null, sas_si: p, time: 2026-01-01 13:00:00, status_code: 403, repeat: 20, every: 10 seconds }
      - { token_hash: E, time: 2026-01-01 12:00:00, repeat: 20, every: 10 seconds }
      - { token_hash: F, sas_si: p, sas_se: '2026-01-01T12:30:00Z', time: 2026-01-01 13:00:00, status_code: 403, repeat: 20, every: 10 seconds }
      - { token_hash: G, sas_se: '2026-01-01T12:30:00Z', time: 2026-01-01 12:20:00, repeat: 20, every: 10 seconds }
      - { token_hash: G, sas_se: '2026-01-01T12:30:00Z', time: 2026-01-01 12:40:00, status_code: 403, repeat: 9, every: 10 seconds }
    expect: []
---*/
WITH suspects AS (
  SELECT DISTINCT token_hash, account, token_key, st_time, se_time FROM sas_use
  WHERE bucket >= $since::TIMESTAMP - $window AND bucket < $until::TIMESTAMP AND si IS NULL
    AND /* narrows: so asks every request */ (max_time > se_time + $skew OR min_time < st_time - $skew)),
requests AS (
  SELECT DISTINCT ON (s.token_hash, l.account, l.correlation_id, l.time, l.time_tick, l.operation_name, l.object_key, l.caller_ip, l.caller_port)
         s.token_hash, l.account, l.time, s.se_time, s.st_time, l.caller_ip,
         coalesce(l.status_code BETWEEN 200 AND 299 OR l.status_code = 304, false) AS ok
  FROM log_row l JOIN suspects s ON l.account = s.account AND coalesce(l.token, l.token_fingerprint) = s.token_key
  WHERE l.time >= $since::TIMESTAMP - $window AND l.time < $until::TIMESTAMP AND l.operation_count = 0
    AND (l.time > s.se_time + $skew OR l.time < s.st_time - $skew)),
spans AS (
  SELECT *, count(*) OVER span AS in_window, min(time) OVER span AS since_time FROM requests
  WINDOW span AS (PARTITION BY token_hash, account ORDER BY time RANGE BETWEEN $window PRECEDING AND CURRENT ROW))
SELECT token_hash, account, time::DATE::TIMESTAMP AS window_start, min(since_time) AS first_seen, max(time) AS last_seen,
       if(bool_or(ok), 'medium', 'low') AS level, max(in_window)::BIGINT AS requests_in_window,
       count(*) FILTER (ok)::BIGINT AS succeeded, max(st_time) AS valid_from, max(se_time) AS valid_until,
       count(DISTINCT caller_ip)::BIGINT AS addresses
FROM spans WHERE time >= $since::TIMESTAMP
GROUP BY token_hash, account, time::DATE
HAVING max(in_window) >= $requests_min
