/*---
title: SAS token of an old version, or over an old TLS
id: 39e0e5f7-5743-597a-8b40-f8e7ed57fe20
code: P-08
version: 1
status: experimental
kind: posture
entity: token
level: low
date: 2026-11-24
description: >-
  A token is signed in a version from before 2015-04-05, which knows neither protocol nor address range, or it is used over
  TLS 1.0 or 1.1, which can be read with effort. One finding per token.
references:
  - https://learn.microsoft.com/azure/storage/common/transport-layer-security-configure-minimum-version
tags: [attack.credential-access, attack.t1040]
falsepositives:
  - Old devices that nobody can update
blindspots:
  - Records without a TLS version, as in the classic log, say nothing about it
params:
  requests_min: { type: integer, default: 1, unit: requests over TLS 1.0 or 1.1 }
needs:
  only: [token_life]
runbook: |
  1. List the clients (`user_agent`, `caller_ip`) of this token_hash in the 30 days before last_seen with tls_version.
  2. Update them, or move them to an account of their own, before the next 90 days are over.
  3. Set the account's minimum TLS version to 1.2 once no rightful client is below it for 30 days.
tests:
  - name: fires for an old version and for an old TLS
    rows:
      - { token_hash: A, sas_sv: '2014-02-14' }
      - { token_hash: B, tls_version: TLS 1.0 }
      - { token_hash: C, tls_version: TLS 1.1 }
    expect: [{ token_hash: A, level: low, sv: '2014-02-14', old_tls_requests: 0 }, { token_hash: B, old_tls_requests: 1 }, { token_hash: C }]
  - name: silent for the first version with both, for TLS 1.2, and for none
    rows: [{ token_hash: A, sas_sv: '2015-04-05', tls_version: TLS 1.2 }, { token_hash: B, tls_version: null }]
    expect: []
  - name: silent below the number of requests asked for
    params: { requests_min: 3 }
    rows: [{ token_hash: A, tls_version: TLS 1.0, repeat: 2, every: 1 hour }]
    expect: []
---*/
SELECT token_hash, account, TIMESTAMP '1970-01-01' AS window_start, first_seen, last_seen, 'low' AS level, sv,
       old_tls_n AS old_tls_requests, requests, auth_type, se
FROM token_life
WHERE (sv < '2015-04-05' OR old_tls_n >= $requests_min) AND last_seen >= $since::TIMESTAMP AND first_seen < $until::TIMESTAMP
