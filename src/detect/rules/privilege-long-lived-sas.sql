/*---
title: Long-lived SAS token in use
id: 5d5e0a4c-3f0e-4c53-9b51-6f5d5b6b1a02
code: P-02
version: 1
status: experimental
kind: posture
entity: token
level: high
date: 2026-11-24
description: >-
  A SAS token without a stored access policy is valid for longer than a week: low above 7 days, medium above 90,
  high above 365. Whoever finds the URL has its powers until it expires or its signing key is rotated.
references:
  - https://learn.microsoft.com/azure/storage/common/sas-expiration-policy
tags: [attack.persistence, attack.t1098.001]
falsepositives:
  - Log delivery by a CDN or another vendor whose instructions ask for a token of years
  - Devices that cannot fetch a new token
blindspots:
  - Tokens that are never used do not appear in logs
  - Without a start time in the token, its age before the first logged use is unknown, so the lifetime is a lower bound
  - Under a stored access policy the expiry is not in the URL
params:
  low_above:    { type: interval, default: 7 days }
  medium_above: { type: interval, default: 90 days }
  high_above:   { type: interval, default: 365 days }
needs:
  only: [token_life]
runbook: |
  1. List the networks (`caller_ip`) and tools (`user_agent`) of this token_hash in the 7 days before last_seen, and name its owner.
  2. Search source trees, wikis and tickets of the 30 days around first_seen for the URL.
  3. Issue a user delegation SAS of at most 1 hour instead; when 24 hours pass without a request of the old token, rotate its key_name.
response: Set a SAS expiration policy with action Block on the account, so that the next one is refused.
tests:
  - name: fires high for a token of 442 days
    rows:
      - { token_hash: A, time: 2026-01-01 10:00:00, sas_st: null, sas_se: '2027-03-20T00:00:00Z' }
      - { token_hash: A, time: 2026-01-02 10:00:00, sas_st: null, sas_se: '2027-03-20T00:00:00Z' }
    expect:
      - { token_hash: A, level: high, lifetime_days: 442, first_seen: 2026-01-01 10:00:00, last_seen: 2026-01-02 10:00:00 }
  - name: counts from the start time where there is one
    rows: [{ token_hash: A, sas_st: '2025-12-30T00:00:00Z', sas_se: '2026-01-08T00:00:00Z' }]
    expect: [{ token_hash: A, level: low, lifetime_days: 9 }]
  - name: fires medium above 90 days
    rows: [{ token_hash: A, sas_st: '2026-01-01T00:00:00Z', sas_se: '2026-05-01T00:00:00Z' }]
    expect: [{ token_hash: A, level: medium, lifetime_days: 120 }]
  - name: names a token of the classic log by its fingerprint
    rows: [{ token_hash: null, token_fingerprint: 255, sas_st: null, sas_se: '2027-03-19' }]
    expect: [{ token_hash: 00000000-0000-0000-0000-0000000000ff, level: high }]
  - name: fires medium below a year and low below 90 days, and is silent for six days
    rows:
      - { token_hash: A, sas_st: '2026-01-01T00:00:00Z', sas_se: '2026-12-01T00:00:00Z' }
      - { token_hash: B, sas_st: '2026-01-01T00:00:00Z', sas_se: '2026-03-25T00:00:00Z' }
      - { token_hash: C, sas_st: '2026-01-01T00:00:00Z', sas_se: '2026-01-07T00:00:00Z' }
    expect: [{ token_hash: A, level: medium, lifetime_days: 334 }, { token_hash: B, level: low, lifetime_days: 83 }]
  - name: silent for a token of one hour
    rows: [{ token_hash: A }]
    expect: []
  - name: silent under a stored access policy, whose expiry nobody sees
    rows: [{ token_hash: A, sas_si: reports, sas_sp: null, sas_st: null, sas_se: null }, { token_hash: B, sas_si: reports, sas_se: '2051-10-05' }]
    expect: []
  - name: silent for a token that never worked, and for the storage service's own
    rows:
      - { token_hash: A, sas_se: '2051-10-05', status_code: 403, status_text: AuthenticationFailed }
      - { token_hash: B, sas_se: '2051-10-05', auth_type: trusted, key_name: system-1 }
    expect: []
---*/
WITH lives AS (
  SELECT *, coalesce(st_time, first_seen) AS valid_from, se_time - coalesce(st_time, first_seen) AS lifetime
  FROM token_life
  WHERE si IS NULL AND last_seen >= $since::TIMESTAMP AND first_seen < $until::TIMESTAMP)
SELECT token_hash, account, TIMESTAMP '1970-01-01' AS window_start, first_seen, last_seen,
       CASE WHEN lifetime > $high_above THEN 'high' WHEN lifetime > $medium_above THEN 'medium' ELSE 'low' END AS level,
       date_diff('hour', valid_from, se_time)::INTEGER // 24 AS lifetime_days, requests, se, sp, srt, sr, auth_type, key_name
FROM lives WHERE lifetime > $low_above
