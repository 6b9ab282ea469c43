/*---
title: Internal SAS token used from the internet
id: 6477a4a9-f721-5acb-a48a-41be0cb4a931
code: B-NET-2
version: 1
status: experimental
kind: baseline
entity: token
level: medium
date: 2026-11-24
description: >-
  A token at least a week old, nineteen of twenty of whose requests in the 28 days before came from private addresses, succeeds
  from a public one. High for an account SAS that may write, and for a token valid for more than five years. One finding per
  token and UTC day.
tags: [attack.initial-access, attack.t1078.004]
falsepositives:
  - An administrator at home, or a VPN that sends some traffic around
blindspots:
  - Private addresses belong to the region, not to the tenant; a thief in the same region looks internal
params:
  age_min:      { type: interval, default: 7 days }
  requests_min: { type: integer, default: 20, unit: requests in the baseline }
  share_min:    { type: number, default: 0.95, unit: of them not from public addresses }
  public_min:   { type: integer, default: 1, unit: requests from public addresses on the day }
  baseline:     { type: interval, default: 28 days }
  long_life:    { type: interval, default: 5 years, unit: for level high }
needs:
  token: public_n > 0 AND ok > 0 AND first_seen < $until::TIMESTAMP - $age_min + INTERVAL '1 day'
  only: [sas_use, token_day]
runbook: |
  1. List the requests from public addresses of this token_hash on the day of window_start by caller_ip, user_agent and operation_class.
  2. Ask its owner for a change of network within the 7 days before.
  3. If there was none, treat the token as leaked: revoke it, and list all it did in the 7 days after first_seen.
tests:
  - name: fires medium for one request from outside after twenty from inside
    rows:
      - { token_hash: A, time: 2026-01-01 06:00:00, ip_class: private, caller_ip: 10.0.0.4, repeat: 20, every: 8 hours }
      - { token_hash: A, time: 2026-01-09 06:00:00, caller_ip: 203.0.113.7 }
      - { token_hash: A, time: 2026-01-09 03:00:00, ip_class: private, caller_ip: 10.0.0.4 }
      - { token_hash: A, time: 2026-01-09 04:00:00, caller_ip: 203.0.113.7, status_code: 403 }
    expect: [{ token_hash: A, level: medium, public_requests: 1, requests_before: 20, public_before: 0, window_start: 2026-01-09 00:00:00, first_seen: 2026-01-09 06:00:00 }]
  - name: fires high for an account token that writes, and for one that does not expire
    rows:
      - { token_hash: A, auth_type: sas_account, sas_kind: account, sas_sr: null, sas_srt: co, sas_sp: rwl, time: 2026-01-01 06:00:00, ip_class: private, caller_ip: 10.0.0.4, repeat: 24, every: 8 hours }
      - { token_hash: A, auth_type: sas_account, sas_kind: account, sas_sr: null, sas_srt: co, sas_sp: rwl, time: 2026-01-09 06:00:00, caller_ip: 203.0.113.7 }
      - { token_hash: B, sas_se: '2031-01-03', time: 2026-01-01 06:00:00, ip_class: private, caller_ip: 10.0.0.4, repeat: 24, every: 8 hours }
      - { token_hash: B, sas_se: '2031-01-03', time: 2026-01-09 06:00:00, caller_ip: 203.0.113.7 }
      - { token_hash: C, sas_se: '2030-06-01', time: 2026-01-01 06:00:00, ip_class: private, caller_ip: 10.0.0.4, repeat: 24, every: 8 hours }
      - { token_hash: C, sas_se: '2030-06-01', time: 2026-01-09 06:00:00, caller_ip: 203.0.113.7 }
      - { token_hash: D, auth_type: sas_account, sas_kind: account, sas_sr: null, sas_srt: co, sas_sp: rl, time: 2026-01-01 06:00:00, ip_class: private, caller_ip: 10.0.0.4, repeat: 24, every: 8 hours }
      - { token_hash: D, auth_type: sas_account, sas_kind: account, sas_sr: null, sas_srt: co, sas_sp: rl, time: 2026-01-09 06:00:00, caller_ip: 203.0.113.7 }
    expect: [{ token_hash: A, level: high }, { token_hash: B, level: high }, { token_hash: C, level: medium }, { token_hash: D, level: medium }]
  - name: silent for a mixed token, for 19 requests, in the first week, and for a refusal
    rows:
      - { token_hash: A, time: 2026-01-01 06:00:00, ip_class: private, caller_ip: 10.0.0.4, repeat: 37, every: 5 hours }
      - { token_hash: A, time: 2026-01-02 06:00:00, caller_ip: 203.0.113.7, repeat: 2, every: 1 minute }
      - { token_hash: A, time: 2026-01-09 06:00:00, caller_ip: 203.0.113.7 }
      - { token_hash: B, time: 2026-01-01 06:00:00, ip_class: private, caller_ip: 10.0.0.4, repeat: 19, every: 8 hours }
      - { token_hash: B, time: 2026-01-09 06:00:00, caller_ip: 203.0.113.7 }
      - { token_hash: C, time: 2026-01-04 06:00:00, ip_class: private, caller_ip: 10.0.0.4, repeat: 50, every: 2 hours }
      - { token_hash: C, time: 2026-01-09 06:00:00, caller_ip: 203.0.113.7 }
      - { token_hash: D, time: 2026-01-01 06:00:00, ip_class: private, caller_ip: 10.0.0.4, repeat: 24, every: 8 hours }
      - { token_hash: D, time: 2026-01-09 06:00:00, caller_ip: 203.0.113.7, status_code: 403 }
      - { token_hash: E, time: 2026-01-01 06:00:00, ip_class: private, caller_ip: 10.0.0.4, repeat: 42, every: 12 hours }
      - { token_hash: E, time: 2026-01-01 06:00:00, caller_ip: 203.0.113.7, repeat: 5, every: 1 minute }
      - { token_hash: E, time: 2026-01-21 06:00:00, caller_ip: 203.0.113.7 }
    expect: []
  - name: fires where public requests are forty days past, and asks for as many as the parameter says
    params: { public_min: 2 }
    rows:
      - { token_hash: A, time: 2026-01-20 06:00:00, caller_ip: 203.0.113.7, repeat: 20, every: 1 hour }
      - { token_hash: A, time: 2026-02-15 06:00:00, ip_class: private, caller_ip: 10.0.0.4, repeat: 20, every: 12 hours }
      - { token_hash: A, time: 2026-03-01 06:00:00, caller_ip: 203.0.113.7, repeat: 2, every: 1 hour }
      - { token_hash: B, time: 2026-02-15 06:00:00, ip_class: private, caller_ip: 10.0.0.4, repeat: 20, every: 12 hours }
      - { token_hash: B, time: 2026-03-01 06:00:00, caller_ip: 203.0.113.7 }
    expect: [{ token_hash: A, public_requests: 2 }]
---*/
WITH aged AS (
  SELECT token_hash, account FROM token_life
  WHERE last_seen >= $since::TIMESTAMP AND first_seen < $until::TIMESTAMP - $age_min + INTERVAL '1 day'),
days AS (
  SELECT token_hash, account, day, ok, public_n FROM token_day SEMI JOIN aged USING (token_hash, account)
  WHERE day >= $since::TIMESTAMP - $baseline AND day < $until::TIMESTAMP),
inside AS (
  SELECT d.token_hash, d.account, d.day, sum(e.ok) AS requests_before, sum(least(e.public_n, e.ok)) AS public_before
  FROM days d JOIN days e
    ON e.token_hash = d.token_hash AND e.account = d.account AND e.day < d.day AND e.day >= d.day - $baseline
  WHERE d.day >= $since::TIMESTAMP
  GROUP BY d.token_hash, d.account, d.day
  HAVING min(e.day) <= d.day - $age_min AND requests_before >= $requests_min
    AND requests_before - public_before >= $share_min * requests_before)
SELECT d.token_hash, d.account, d.day::TIMESTAMP AS window_start, min(u.min_time) AS first_seen, max(u.max_time) AS last_seen,
       if(any_value(t.auth_type = 'sas_account' AND regexp_matches(t.sp, '[wdacxyup]') OR t.se_time >= t.first_seen + $long_life),
          'high', 'medium') AS level,
       sum(least(u.public_n, u.ok))::BIGINT AS public_requests, any_value(d.requests_before)::BIGINT AS requests_before,
       any_value(d.public_before)::BIGINT AS public_before, any_value(t.sp) AS sp, any_value(t.se) AS se
FROM inside d
  JOIN sas_use u ON u.token_hash = d.token_hash AND u.account = d.account AND u.day = d.day AND u.public_n > 0 AND u.ok > 0
  LEFT JOIN token_life t ON t.token_hash = d.token_hash AND t.account = d.account
WHERE u.bucket >= $since::TIMESTAMP AND u.bucket < $until::TIMESTAMP
GROUP BY d.token_hash, d.account, d.day
HAVING sum(least(u.public_n, u.ok)) >= $public_min
