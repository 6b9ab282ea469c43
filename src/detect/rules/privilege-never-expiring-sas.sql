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
runbook: |
  1. List everything this token_hash did since first_seen by `operation_class`, and the objects it wrote or deleted in the last 90 days.
  2. Search public and internal source trees for the URL (`saswatch scan`), as of the 7 days around first_seen.
  3. Rotate key_name within 24 hours; watch for 7 days that the old key_hash has no success.
response: Treat a link of this age as public. Rotate now, ask afterwards.
tests:
  - name: fires for a token valid until 2051, once, whatever it did
    rows:
      - { token_hash: A, time: 2026-01-01 09:00:00, sas_se: '2051-10-05T00:00:00Z' }
      - { token_hash: A, time: 2026-01-03 09:00:00, sas_se: '2051-10-05T00:00:00Z' }
    expect: [{ token_hash: A, expires_year: 2051, window_start: 1970-01-01 00:00:00, first_seen: 2026-01-01 09:00:00 }]
  - name: silent for four years
    rows: [{ token_hash: A, sas_se: '2029-12-31' }]
    expect: []
  - name: silent under a stored access policy
    rows: [{ token_hash: A, sas_si: reports, sas_se: null, sas_sp: null }]
    expect: []
---*/
WITH uses AS (
  SELECT coalesce(r.token_hash, lpad(hex(r.token_fingerprint), 32, '0')::UUID) AS token_hash, r.account,
         r.min_time, r.max_time, r.ok, r.auth_type, r.key_name, s.se_time, s.se, s.sp, s.srt, s.sr
  FROM rollup r JOIN sas s ON r.sas_id = s.sas_id
  WHERE r.bucket < $until::TIMESTAMP AND r.auth_type LIKE 'sas\_%' ESCAPE '\' AND r.ok > 0
    AND s.si IS NULL AND s.se_time IS NOT NULL),
tokens_used AS (
  SELECT token_hash, account, min(min_time) AS first_seen, max(max_time) AS last_seen, sum(ok)::BIGINT AS requests,
         max(se_time) AS expires, max(se) AS se, max(sp) AS sp, max(srt) AS srt, max(sr) AS sr,
         max(auth_type) AS auth_type, max(key_name) AS key_name
  FROM uses WHERE token_hash IS NOT NULL GROUP BY token_hash, account)
SELECT token_hash, account, TIMESTAMP '1970-01-01' AS window_start, first_seen, last_seen,
       year(expires)::INTEGER AS expires_year, requests, se, sp, srt, sr, auth_type, key_name
FROM tokens_used
WHERE last_seen >= $since::TIMESTAMP AND expires >= first_seen + $years
