/*---
title: Over-powerful account SAS in use
id: b7f3c1de-7c6f-4a41-8b36-2f1d9a5c7e04
code: P-04
version: 1
status: experimental
kind: posture
entity: token
level: high
date: 2026-11-24
description: >-
  An account SAS reaches services or whole containers, lists them, and may write or delete: one URL opens every container
  of the account to everybody who holds it.
references:
  - https://learn.microsoft.com/rest/api/storageservices/create-account-sas
tags: [attack.initial-access, attack.t1078.004]
falsepositives:
  - Deployment tools and copy scripts that were given the easiest token
blindspots:
  - Tokens that are never used do not appear in logs
  - A service SAS over a large container can do as much harm and is not named here
params:
  requests_min: { type: integer, default: 1, unit: successful requests }
needs:
  only: [token_life]
runbook: |
  1. List the containers this token_hash touched since first_seen, by `operation_class`.
  2. For each network (`caller_ip`) of the last 7 days, name the job; replace it with a service or user delegation SAS over one container.
  3. When 24 hours pass without a request of this token, rotate key_name.
response: Split it into one service or user delegation SAS per container and job.
tests:
  - name: fires for a token that lists and deletes over the account
    rows:
      - { token_hash: A, auth_type: sas_account, sas_kind: account, sas_sr: null, sas_ss: b, sas_srt: sco, sas_sp: rwdlacup }
    expect: [{ token_hash: A, srt: sco, sp: rwdlacup, requests: 1 }]
  - name: silent for objects only, for reading only and without list
    rows:
      - { token_hash: A, auth_type: sas_account, sas_kind: account, sas_sr: null, sas_srt: o, sas_sp: rwdl }
      - { token_hash: B, auth_type: sas_account, sas_kind: account, sas_sr: null, sas_srt: sco, sas_sp: rl }
      - { token_hash: C, auth_type: sas_account, sas_kind: account, sas_sr: null, sas_srt: sco, sas_sp: rwd }
    expect: []
  - name: silent for a service SAS
    rows: [{ token_hash: A, sas_sr: c, sas_sp: rwdl }, { token_hash: B, auth_type: sas_service, sas_sr: c, sas_srt: sco, sas_sp: rwdl }]
    expect: []
  - name: silent below the number of requests asked for
    params: { requests_min: 2 }
    rows: [{ token_hash: A, auth_type: sas_account, sas_kind: account, sas_sr: null, sas_srt: sco, sas_sp: rwdl }]
    expect: []
---*/
SELECT token_hash, account, TIMESTAMP '1970-01-01' AS window_start, first_seen, last_seen, requests, sp, ss, srt, se, sip,
       key_name
FROM token_life
WHERE auth_type = 'sas_account' AND regexp_matches(srt, '[sc]') AND regexp_matches(sp, '[wdxy]') AND contains(sp, 'l')
  AND requests >= $requests_min AND last_seen >= $since::TIMESTAMP AND first_seen < $until::TIMESTAMP
