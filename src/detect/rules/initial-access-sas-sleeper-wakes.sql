/*---
title: Sleeping SAS token wakes up
id: b15f6e67-d22d-535e-a5cb-742c705db342
code: B-SLP-1
version: 1
status: experimental
kind: baseline
entity: token
level: medium
date: 2026-11-24
description: >-
  A token that nobody used for sixty days is used again. High if it is valid for more than five years. One finding per token
  and UTC day of waking.
tags: [attack.initial-access, attack.t1078.004]
falsepositives:
  - A job that runs once a quarter or a year
blindspots:
  - The first use in the log of a token that slept before the log began
params:
  asleep_min: { type: interval, default: 60 days }
  long_life:  { type: interval, default: 5 years, unit: for level high }
needs:
  token: first_seen < $until::TIMESTAMP - $asleep_min + INTERVAL '1 day'
  only: [token_day]
runbook: |
  1. List the requests of this token_hash on the day of window_start by caller_ip, user_agent and operation_class.
  2. Compare with the networks and tools of its last 7 days of use before.
  3. If its owner does not know, revoke it, and search source trees, wikis and tickets for the URL as of the 60 days before.
tests:
  - name: fires medium after sixty days, and once
    rows:
      - { token_hash: A, time: 2026-01-01 10:00:00, repeat: 3, every: 1 hour }
      - { token_hash: A, time: 2026-03-02 10:00:00, repeat: 3, every: 1 day }
      - { token_hash: B, sas_se: '2030-01-02', time: 2026-01-01 10:00:00 }
      - { token_hash: B, sas_se: '2030-01-02', time: 2026-03-02 10:00:00 }
    expect: [{ token_hash: A, level: medium, days_asleep: 60, window_start: 2026-03-02 00:00:00 }, { token_hash: B, level: medium }]
  - name: fires high for a token that does not expire, also after a year
    rows:
      - { token_hash: A, sas_se: '2031-01-02', time: 2025-01-01 10:00:00 }
      - { token_hash: A, sas_se: '2031-01-02', time: 2026-01-01 10:00:00 }
    expect: [{ token_hash: A, level: high, days_asleep: 365 }]
  - name: silent after 59 days, for the first use, and for a refusal
    rows:
      - { token_hash: A, time: 2026-01-01 10:00:00 }
      - { token_hash: A, time: 2026-03-01 10:00:00 }
      - { token_hash: B, time: 2026-03-01 10:00:00 }
      - { token_hash: C, time: 2026-01-01 10:00:00 }
      - { token_hash: C, time: 2026-03-20 10:00:00, status_code: 403 }
    expect: []
---*/
WITH aged AS (
  SELECT token_hash, account FROM token_life
  WHERE last_seen >= $since::TIMESTAMP AND first_seen < $until::TIMESTAMP - $asleep_min + INTERVAL '1 day'),
days AS (
  SELECT token_hash, account, day, min_time, max_time, ok, public_n,
         lag(day) OVER (PARTITION BY token_hash, account ORDER BY day) AS day_before
  FROM token_day SEMI JOIN aged USING (token_hash, account)
  WHERE day >= $since::TIMESTAMP - $asleep_min AND day < $until::TIMESTAMP),
woken AS (
  SELECT d.*, t.se_time, t.first_seen AS known_since, t.sp, t.se, coalesce(d.day_before, t.first_seen::DATE) AS last_day
  FROM days d JOIN token_life t ON t.token_hash = d.token_hash AND t.account = d.account
  WHERE d.day >= $since::TIMESTAMP AND (d.day_before IS NULL OR d.day_before <= d.day - $asleep_min)
    AND t.first_seen < d.day - $asleep_min + INTERVAL '1 day')
SELECT token_hash, account, day::TIMESTAMP AS window_start, min_time AS first_seen, max_time AS last_seen,
       if(se_time >= known_since + $long_life, 'high', 'medium') AS level, date_diff('day', last_day, day)::BIGINT AS days_asleep,
       ok::BIGINT AS requests, public_n > 0 AS from_public_address, sp, se
FROM woken
