/*---
title: Powerful SAS used from the internet without an address range
id: 8a8d5a67-9796-538d-91aa-ce0115e0ef4f
code: P-06
version: 1
status: experimental
kind: posture
entity: token
level: low
date: 2026-11-24
description: >-
  A token over a container or more that may write or delete, lives longer than a week and names no address range (sip), is
  used from public addresses: whoever finds it can use it from anywhere. One finding per token.
references:
  - https://learn.microsoft.com/azure/storage/common/storage-sas-overview
tags: [attack.initial-access, attack.t1078.004]
falsepositives:
  - Applications on phones and in browsers, which have no addresses of their own
blindspots:
  - Addresses of the same cloud region show as private
  - Under a stored access policy the permissions are not in the URL
params:
  requests_min: { type: integer, default: 1, unit: requests from public addresses }
  lifetime_min: { type: interval, default: 7 days, unit: from start or first use to expiry }
needs:
  only: [token_life]
runbook: |
  1. List the networks this token_hash was used from in the 7 days before last_seen.
  2. If they are few, issue it anew with sip set to them; if they are many, use a user delegation SAS of 1 hour per client.
  3. Watch for 7 days that the old token falls silent, then rotate its key.
tests:
  - name: fires for a container token that may write
    rows: [{ token_hash: A, sas_sp: rw, sas_se: '2026-01-09' }, { token_hash: B, sas_sr: d, sas_sp: rd, sas_st: null, sas_se: '2026-01-10' }]
    expect: [{ token_hash: A, level: low, sp: rw, public_requests: 1 }, { token_hash: B }]
  - name: fires for an account token over containers
    rows: [{ token_hash: A, auth_type: sas_account, sas_kind: account, sas_sr: null, sas_srt: co, sas_sp: rwdlac, sas_se: '2026-02-01' }]
    expect: [{ token_hash: A, srt: co }]
  - name: silent for a token of a week
    rows: [{ token_hash: A, sas_sp: rw, sas_st: '2026-01-01', sas_se: '2026-01-08' }]
    expect: []
  - name: silent for one blob, for reading, for a range, from private addresses, and for an account token over objects
    rows:
      - { token_hash: A, sas_sr: b, sas_sp: rw, sas_se: '2026-03-01' }
      - { token_hash: B, sas_sp: rl, sas_se: '2026-03-01' }
      - { token_hash: C, sas_sp: rw, sas_sip: 192.0.2.0-192.0.2.255, sas_se: '2026-03-01' }
      - { token_hash: D, sas_sp: rw, ip_class: private, caller_ip: 10.0.0.4, sas_se: '2026-03-01' }
      - { token_hash: E, auth_type: sas_account, sas_kind: account, sas_sr: null, sas_srt: o, sas_sp: rw, sas_se: '2026-03-01' }
    expect: []
  - name: silent below the number of requests asked for
    params: { requests_min: 3 }
    rows: [{ token_hash: A, sas_sp: rw, sas_se: '2026-03-01', repeat: 2, every: 1 minute }]
    expect: []
---*/
SELECT token_hash, account, TIMESTAMP '1970-01-01' AS window_start, first_seen, last_seen, 'low' AS level,
       public_n AS public_requests, requests, sp, ss, srt, sr, se, auth_type
FROM token_life
WHERE sip IS NULL AND se_time - coalesce(st_time, first_seen) > $lifetime_min AND public_n >= $requests_min AND last_seen >= $since::TIMESTAMP AND first_seen < $until::TIMESTAMP
  AND (regexp_matches(srt, '[sc]') OR sr IN ('c', 'd', 's')) AND regexp_matches(sp, '[wacdxyup]')
