/*---
title: Account SAS in use
id: ad85bb03-c59f-574d-94db-a86803b441ab
code: P-01
version: 1
status: experimental
kind: posture
entity: token
level: low
date: 2026-11-24
description: >-
  A token signed for the whole account is in use. It ends only when its signing key is rotated, and with it every other
  token of that key; Microsoft advises a user delegation SAS instead. One finding per token.
references:
  - https://learn.microsoft.com/azure/storage/common/storage-sas-overview
tags: [attack.initial-access, attack.t1078.004]
falsepositives:
  - Applications that were built on account SAS; suppress them by family while they are replaced
blindspots:
  - Tokens that are never used do not appear in logs
params:
  requests_min: { type: integer, default: 1, unit: successful requests }
needs:
  only: [token_life]
runbook: |
  1. List the containers and operation classes this token_hash used since first_seen.
  2. Name its owner by the networks and tools of the last 7 days, and add both to the inventory.
  3. Replace it by a user delegation SAS of 1 hour, or a service SAS under a stored policy.
response: Enter it into the inventory of tokens, with owner and expiry.
tests:
  - name: fires once for an account SAS
    rows:
      - { token_hash: A, auth_type: sas_account, sas_kind: account, sas_sr: null, sas_ss: b, sas_srt: o, sas_sp: r }
      - { token_hash: A, time: 2026-01-02 12:00:00, auth_type: sas_account, sas_kind: account, sas_sr: null, sas_ss: b, sas_srt: o, sas_sp: r }
    expect: [{ token_hash: A, level: low, srt: o, sp: r, requests: 2, window_start: 1970-01-01 00:00:00 }]
  - name: fires for a single request
    rows: [{ token_hash: A, auth_type: sas_account, sas_kind: account, sas_sr: null, sas_srt: o }]
    expect: [{ token_hash: A, requests: 1 }]
  - name: silent for other kinds, and for a token that never worked
    rows:
      - { token_hash: A }
      - { token_hash: B, auth_type: sas_user_delegation, sas_kind: user_delegation }
      - { token_hash: C, auth_type: sas_account, sas_kind: account, sas_sr: null, sas_srt: o, status_code: 403 }
      - { token_hash: D, auth_type: trusted, sas_kind: account, sas_sr: null, sas_srt: sco }
    expect: []
  - name: silent below the number of requests asked for
    params: { requests_min: 3 }
    rows: [{ token_hash: A, auth_type: sas_account, sas_kind: account, sas_sr: null, sas_srt: o, repeat: 2, every: 1 hour }]
    expect: []
---*/
SELECT token_hash, account, TIMESTAMP '1970-01-01' AS window_start, first_seen, last_seen, 'low' AS level, requests, sp, ss,
       srt, se, sip, key_name
FROM token_life
WHERE auth_type = 'sas_account' AND requests >= $requests_min AND last_seen >= $since::TIMESTAMP AND first_seen < $until::TIMESTAMP
