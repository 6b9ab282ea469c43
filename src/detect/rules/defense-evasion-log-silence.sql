/*---
title: An account's log falls silent
id: 2dd5d5e5-fa33-5802-9ef7-307489864746
code: L-GAP-1
version: 1
status: experimental
kind: baseline
entity: account
level: high
date: 2026-11-24
description: >-
  For more than thirty minutes no record of an account arrives, which wrote a thousand in the hour before and as many at that
  time on three of the seven days before, while the logs of other accounts flow: its diagnostic setting was changed, or the log
  is being lost. One finding per account and UTC day.
tags: [attack.defense-evasion, attack.t1562.008]
falsepositives:
  - An application that was stopped
blindspots:
  - With one account alone, or all silent together, nothing can be compared
  - Quiet accounts
params:
  silence_min:  { type: interval, default: 30 minutes }
  records_min:  { type: integer, default: 1000, unit: 'records in the hour before, and in the hour after the same time on earlier days' }
  days_min:     { type: integer, default: 3, unit: of the seven days before with as many records at that time }
needs:
  part: silences
runbook: |
  1. Look in the activity log for changes of diagnosticSettings of this account in the 24 hours before first_seen.
  2. Ask whether its applications were stopped; compare with the account's metrics from first_seen to last_seen.
  3. If they were not, set the diagnostic setting again, and treat what happened in between as unknown: look at the 7 days before.
response: Set the diagnostic setting again; what happened in the gap is in no log, so look at its keys and tokens.
tests:
  - name: fires where an account falls silent for good at ten and another goes on
    rows:
      - { token_hash: A, time: 2026-01-01 00:00:00, repeat: 11000, every: 30 seconds }
      - { token_hash: B, account: other, time: 2026-01-01 00:00:00, repeat: 1200, every: 5 minutes }
    params: { records_min: 100 }
    expect: [{ entity: acct, level: high, window_start: 2026-01-04 00:00:00, first_seen: 2026-01-04 19:39:30 }]
  - name: silent where all are silent, for a quiet account, for a short pause, and where it is always quiet then
    rows:
      - { token_hash: A, time: 2026-01-01 00:00:00, repeat: 11000, every: 30 seconds }
      - { token_hash: B, account: other, time: 2026-01-01 00:00:00, repeat: 1000, every: 5 minutes }
    params: { records_min: 100 }
    expect: []
  - name: silent for an account below the rate
    rows:
      - { token_hash: A, time: 2026-01-01 00:00:00, repeat: 11000, every: 30 seconds }
      - { token_hash: B, account: other, time: 2026-01-01 00:00:00, repeat: 1200, every: 5 minutes }
    params: { records_min: 130 }
    expect: []
  - name: silent for a pause of half an hour, fires for one of forty minutes
    rows:
      - { token_hash: B, account: other, time: 2026-01-01 00:00:00, repeat: 1600, every: 5 minutes }
      - { token_hash: A, time: 2026-01-01 00:00:00, repeat: 9600, every: 30 seconds }
      - { token_hash: A, time: 2026-01-04 08:25:00, repeat: 2900, every: 30 seconds }
      - { token_hash: A, time: 2026-01-05 09:15:00, repeat: 4000, every: 30 seconds }
    params: { records_min: 100 }
    expect: [{ entity: acct, window_start: 2026-01-05 00:00:00, silent_minutes: 40, first_seen: 2026-01-05 08:34:30, last_seen: 2026-01-05 09:15:00 }]
  - name: silent at night in an account that sleeps at night
    rows:
      - { token_hash: B, account: other, time: 2026-01-01 00:00:00, repeat: 2000, every: 5 minutes }
      - { token_hash: A, time: 2026-01-01 08:00:00, repeat: 1200, every: 30 seconds }
      - { token_hash: A, time: 2026-01-02 08:00:00, repeat: 1200, every: 30 seconds }
      - { token_hash: A, time: 2026-01-03 08:00:00, repeat: 1200, every: 30 seconds }
      - { token_hash: A, time: 2026-01-04 08:00:00, repeat: 1200, every: 30 seconds }
      - { token_hash: A, time: 2026-01-05 08:00:00, repeat: 1200, every: 30 seconds }
    params: { records_min: 100 }
    expect: []
  - name: fires at 1,200 records in the hour, silent at 600 in it or on the days before, and on the third day
    rows:
      - { token_hash: B, account: other, time: 2026-01-01 00:00:00, repeat: 1600, every: 5 minutes }
      - { token_hash: A, account: acct, time: 2026-01-01 09:00:00, repeat: 2400, every: 3 seconds }
      - { token_hash: A, account: acct, time: 2026-01-02 09:00:00, repeat: 2400, every: 3 seconds }
      - { token_hash: A, account: acct, time: 2026-01-03 09:00:00, repeat: 2400, every: 3 seconds }
      - { token_hash: A, account: acct, time: 2026-01-04 09:00:00, repeat: 1200, every: 3 seconds }
      - { token_hash: C, account: half, time: 2026-01-01 09:00:00, repeat: 1200, every: 6 seconds }
      - { token_hash: C, account: half, time: 2026-01-02 09:00:00, repeat: 1200, every: 6 seconds }
      - { token_hash: C, account: half, time: 2026-01-03 09:00:00, repeat: 1200, every: 6 seconds }
      - { token_hash: C, account: half, time: 2026-01-04 09:00:00, repeat: 600, every: 6 seconds }
      - { token_hash: D, account: slow, time: 2026-01-01 09:00:00, repeat: 2400, every: 3 seconds }
      - { token_hash: D, account: slow, time: 2026-01-02 09:00:00, repeat: 2400, every: 3 seconds }
      - { token_hash: D, account: slow, time: 2026-01-03 09:00:00, repeat: 2400, every: 3 seconds }
      - { token_hash: D, account: slow, time: 2026-01-04 09:00:00, repeat: 600, every: 6 seconds }
      - { token_hash: E, account: new, time: 2026-01-02 09:00:00, repeat: 2400, every: 3 seconds }
      - { token_hash: E, account: new, time: 2026-01-03 09:00:00, repeat: 2400, every: 3 seconds }
      - { token_hash: E, account: new, time: 2026-01-04 09:00:00, repeat: 1200, every: 3 seconds }
    expect: [{ entity: acct, records_in_hour_before: 1200, window_start: 2026-01-04 00:00:00 }]
  - name: silent where all pause together
    rows:
      - { token_hash: A, account: acct, time: 2026-01-01 09:00:00, repeat: 2400, every: 3 seconds }
      - { token_hash: A, account: acct, time: 2026-01-02 09:00:00, repeat: 2400, every: 3 seconds }
      - { token_hash: A, account: acct, time: 2026-01-03 09:00:00, repeat: 2400, every: 3 seconds }
      - { token_hash: A, account: acct, time: 2026-01-04 09:00:00, repeat: 1200, every: 3 seconds }
      - { token_hash: A, time: 2026-01-04 12:00:00, repeat: 100, every: 3 seconds }
      - { token_hash: B, account: other, time: 2026-01-01 00:00:00, repeat: 984, every: 5 minutes }
      - { token_hash: B, account: other, time: 2026-01-04 12:00:00, repeat: 90, every: 5 minutes }
    expect: []
---*/
WITH steps AS (
  SELECT account, bucket, sum(n)::BIGINT AS n, min(min_time) AS min_time, max(max_time) AS max_time FROM account_step
  WHERE bucket >= $since::TIMESTAMP - INTERVAL '55 minutes' AND bucket < $until::TIMESTAMP GROUP BY ALL),
-- How far the log reaches: an account that ends before it is silent until then.
log AS (
  SELECT max(bucket) AS reach FROM steps),
gaps AS (
  SELECT s.account, s.bucket AS last_bucket, s.max_time AS silent_from,
         coalesce(lead(s.bucket) OVER by_time, log.reach) AS next_bucket, coalesce(lead(s.min_time) OVER by_time, log.reach) AS silent_until,
         sum(s.n) OVER (PARTITION BY s.account ORDER BY s.bucket RANGE BETWEEN INTERVAL '55 minutes' PRECEDING AND CURRENT ROW) AS hour_before
  FROM steps s, log
  WINDOW by_time AS (PARTITION BY s.account ORDER BY s.bucket)),
silences AS (
  SELECT * FROM gaps
  WHERE silent_from >= $since::TIMESTAMP AND hour_before >= $records_min AND silent_until - silent_from > $silence_min),
flowing AS (
  SELECT DISTINCT g.account, g.silent_from FROM silences g JOIN steps s
    ON s.bucket > g.last_bucket AND s.bucket < g.next_bucket),
usual AS (
  SELECT g.account, g.silent_from, count(*) AS days
  FROM silences g JOIN (SELECT unnest(range(1, 8)) AS back) d ON true
    JOIN LATERAL (
      SELECT sum(n) AS n FROM account_step s WHERE s.account = g.account
        AND s.bucket > g.last_bucket - to_days(d.back::INTEGER) AND s.bucket <= g.last_bucket - to_days(d.back::INTEGER) + INTERVAL '1 hour'
    ) h ON h.n >= $records_min
  GROUP BY ALL)
SELECT g.account AS entity, g.account, g.silent_from::DATE::TIMESTAMP AS window_start, min(g.silent_from) AS first_seen,
       max(g.silent_until) AS last_seen, 'high' AS level, max(epoch_us(g.silent_until - g.silent_from) // 60000000)::BIGINT AS silent_minutes,
       max(g.hour_before)::BIGINT AS records_in_hour_before
FROM silences g SEMI JOIN flowing f ON f.account = g.account AND f.silent_from = g.silent_from
  JOIN usual u ON u.account = g.account AND u.silent_from = g.silent_from
WHERE u.days >= $days_min
GROUP BY g.account, g.silent_from::DATE
