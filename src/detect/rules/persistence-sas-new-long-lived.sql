/*---
title: New long-lived SAS token
id: 4b03de03-0eb2-50c8-848a-742861b792bf
code: B-NEW-1
version: 3
status: experimental
kind: baseline
entity: token
level: medium
date: 2026-11-24
modified: 2026-11-28
description: >-
  A token valid for more than thirty days is used for the first time, in an account that was in the log a week before and more. Whoever
  can sign one keeps a way in that shows nowhere else. Low where it grants what a token did that was used in the 28 days
  before, for as many weeks: then it is likely a renewal. One finding per token.
tags: [attack.persistence, attack.t1098.001]
falsepositives:
  - Planned issue; after a key rotation all tokens are new, which makes one incident
blindspots:
  - Who signed it is not in this log
  - Under a stored access policy the expiry is not in the URL
params:
  lifetime_min: { type: interval, default: 30 days, unit: from start or first use to expiry }
  age_min:      { type: interval, default: 7 days, unit: that the account has been in the log }
  baseline:     { type: interval, default: 60 days, unit: in which the account was in the log }
  renewed_after: { type: interval, default: 28 days, unit: from the last use of the token before to the first of this one }
runbook: |
  1. Look in the activity log for listKeys and listAccountSas on this account in the 7 days before first_seen, and who called them.
  2. Name the owner by the networks and tools of the first 24 hours.
  3. If nobody issued it, rotate key_name, and list other tokens of that key first seen within 30 days.
tests:
  - name: fires for a token of two months in a known account
    rows:
      - { token_hash: O, time: 2026-01-01 10:00:00 }
      - { token_hash: A, time: 2026-01-10 10:00:00, sas_st: '2026-01-10T00:00:00Z', sas_se: '2026-03-10T00:00:00Z', repeat: 3, every: 1 day }
      - { token_hash: B, time: 2026-01-12 10:00:00, sas_st: null, sas_se: '2026-02-12T00:00:00Z' }
    expect: [{ token_hash: A, level: medium, lifetime_days: 59, window_start: 2026-01-10 00:00:00, first_seen: 2026-01-10 10:00:00 }, { token_hash: B, lifetime_days: 30 }]
  - name: fires low for a renewal within a month, medium later and for another life
    rows:
      - { token_hash: O, time: 2026-01-01 10:00:00 }
      - { token_hash: A, time: 2026-01-02 10:00:00, sas_st: '2026-01-02T00:00:00Z', sas_se: '2026-03-02T00:00:00Z' }
      - { token_hash: B, time: 2026-01-30 10:00:00, sas_st: '2026-01-30T00:00:00Z', sas_se: '2026-03-30T00:00:00Z' }
      - { token_hash: C, time: 2026-02-27 11:00:00, sas_st: '2026-02-27T00:00:00Z', sas_se: '2026-04-27T00:00:00Z' }
      - { token_hash: D, time: 2026-02-28 11:00:00, sas_st: '2026-02-27T00:00:00Z', sas_se: '2027-04-27T00:00:00Z' }
    expect: [{ token_hash: B, level: low, renewal: true }, { token_hash: C, level: medium, renewal: false }, { token_hash: D, level: medium }]
  - name: fires medium where what was used before was granted for a day, low where under a policy or for more
    rows:
      - { token_hash: O, sas_sp: w, time: 2026-01-01 10:00:00 }
      - { token_hash: A, sas_sp: r, time: 2026-01-08 10:00:00, sas_st: null, sas_se: '2026-01-08T20:00:00Z' }
      - { token_hash: B, sas_sp: r, time: 2026-01-10 10:00:00, sas_st: null, sas_se: '2026-03-10T00:00:00Z' }
      - { token_hash: C, sas_sp: rl, time: 2026-01-08 10:00:00, sas_st: null, sas_se: '2026-01-10T20:00:00Z' }
      - { token_hash: D, sas_sp: rl, time: 2026-01-10 10:00:00, sas_st: null, sas_se: '2026-03-10T00:00:00Z' }
      - { token_hash: E, sas_sp: rd, time: 2026-01-08 10:00:00, sas_st: null, sas_se: null }
      - { token_hash: F, sas_sp: rd, time: 2026-01-10 10:00:00, sas_st: null, sas_se: '2026-03-10T00:00:00Z' }
    expect: [{ token_hash: B, level: medium }, { token_hash: D, level: low }, { token_hash: F, level: low }]
  - name: silent for thirty days, under a policy, in a new account, and for a token known before
    rows:
      - { token_hash: O, time: 2026-01-01 10:00:00 }
      - { token_hash: A, time: 2026-01-10 10:00:00, sas_st: '2026-01-10T00:00:00Z', sas_se: '2026-02-09T00:00:00Z' }
      - { token_hash: B, time: 2026-01-10 10:00:00, sas_si: p, sas_st: null, sas_se: null }
      - { token_hash: C, time: 2026-01-07 10:00:00, sas_se: '2027-02-09T00:00:00Z' }
      - { token_hash: D, time: 2026-01-10 10:00:00, account: other, sas_se: '2027-02-09T00:00:00Z' }
      - { token_hash: E, time: 2026-01-10 10:00:00, sas_si: p, sas_se: '2027-02-09T00:00:00Z' }
    expect: []
  - name: fires where the account was in the log six weeks ago, silent after three months
    rows:
      - { token_hash: O, time: 2026-01-01 10:00:00 }
      - { token_hash: A, time: 2026-02-15 10:00:00, sas_se: '2027-02-09T00:00:00Z' }
      - { token_hash: P, account: other, time: 2026-01-01 10:00:00 }
      - { token_hash: B, account: other, time: 2026-04-01 10:00:00, sas_se: '2027-02-09T00:00:00Z' }
    expect: [{ token_hash: A }]
---*/
WITH issued AS (
  SELECT t.* FROM token_life t
  WHERE t.first_seen >= $since::TIMESTAMP AND t.first_seen < $until::TIMESTAMP AND t.si IS NULL
    AND t.se_time - coalesce(t.st_time, t.first_seen) > $lifetime_min
    AND EXISTS (FROM account_day a WHERE a.account = t.account AND a.min_time <= t.first_seen - $age_min
                  AND a.day >= t.first_seen - $baseline))
SELECT t.token_hash, t.account, t.first_seen::DATE::TIMESTAMP AS window_start, t.first_seen,
       least(t.last_seen, t.first_seen::DATE + INTERVAL '1 day' - INTERVAL '1 microsecond') AS last_seen,
       if(o.token_hash IS NULL, 'medium', 'low') AS level, o.token_hash IS NOT NULL AS renewal,
       date_diff('hour', coalesce(t.st_time, t.first_seen), t.se_time)::BIGINT // 24 AS lifetime_days, t.sp, t.ss, t.srt, t.sr, t.se,
       t.key_name, t.auth_type
FROM issued t LEFT JOIN token_life o ON o.account = t.account AND o.family = t.family
  AND o.first_seen < t.first_seen AND o.last_seen >= t.first_seen - $renewed_after
  AND (o.se_time IS NULL OR o.se_time - coalesce(o.st_time, o.first_seen) > INTERVAL '1 day')
QUALIFY row_number() OVER (PARTITION BY t.token_hash, t.account) = 1
