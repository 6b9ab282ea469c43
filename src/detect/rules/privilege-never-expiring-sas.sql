/*---
title: SAS token that practically never expires
id: 0a9e4f5e-54b7-4b5a-9a0f-0e3f2a6f8d03
code: P-03
version: 1
status: experimental
kind: posture
entity: token
level: high
date: 2026-11-24
description: >-
  A SAS token in use expires five years or more after its first logged use. Nobody plans that far: in the leak of 2023 a
  link had been renewed until 2051.
tags: [attack.persistence, attack.t1098.001]
falsepositives:
  - Log delivery by a CDN or another vendor whose instructions ask for a token of five years
blindspots:
  - Tokens that are never used do not appear in logs
  - Under a stored access policy the expiry is not in the URL
params:
  years: { type: interval, default: 5 years }
needs:
  only: [token_life]
runbook: |
  1. List everything this token_hash did since first_seen by `operation_class`, and the objects it wrote or deleted in the last 90 days.
  2. Search public and internal source trees for the URL, as of the 7 days around first_seen.
  3. Rotate key_name within 24 hours; watch for 7 days that the old key_hash has no success.
response: Treat a link of this age as public. Rotate now, ask afterwards.
tests:
  - name: fires for a token valid until 2051, once, whatever it did
    rows:
      - { token_hash: A, time: 2026-01-01 09:00:00, sas_se: '2051-10-05T00:00:00Z' }
      - { token_hash: A, time: 2026-01-03 09:00:00, sas_se: '2051-10-05T00:00:00Z' }
    expect: [{ token_hash: A, expires_year: 2051, window_start: 1970-01-01 00:00:00, first_seen: 2026-01-01 09:00:00 }]
  - name: fires from five years on
    rows: [{ token_hash: A, sas_se: '2031-02-01' }]
    expect: [{ token_hash: A, expires_year: 2031 }]
  - name: silent for four years
    rows: [{ token_hash: A, sas_se: '2029-12-31' }]
    expect: []
  - name: silent under a stored access policy
    rows: [{ token_hash: A, sas_si: reports, sas_se: null, sas_sp: null }, { token_hash: B, sas_si: reports, sas_se: '2051-10-05' }]
    expect: []
---*/
SELECT token_hash, account, TIMESTAMP '1970-01-01' AS window_start, first_seen, last_seen,
       year(se_time)::INTEGER AS expires_year, requests, se, sp, srt, sr, auth_type, key_name
FROM token_life
WHERE si IS NULL AND se_time >= first_seen + $years AND last_seen >= $since::TIMESTAMP AND first_seen < $until::TIMESTAMP
