/*---
title: SAS token allowed or sent over plain HTTP
id: eb622244-0199-5604-82b5-867ee1545bf0
code: P-05
version: 1
status: experimental
kind: posture
entity: token
level: medium
date: 2026-11-24
description: >-
  A token names http among its protocols (medium), or was sent over plain HTTP (high), where everybody on the way can read
  the whole URL and use it. A request the service refused for want of HTTPS has shown the token all the same. One finding
  per token.
references:
  - https://learn.microsoft.com/azure/storage/common/storage-require-secure-transfer
tags: [attack.credential-access, attack.t1040]
falsepositives:
  - Devices too old for TLS, in a network of their own
blindspots:
  - A token without a protocol also allows HTTP; it is reported only once it is sent over HTTP
  - A proxy on the way that ends TLS is not visible
params:
  requests_min: { type: integer, default: 1, unit: requests over HTTP for level high }
runbook: |
  1. List the requests with `protocol = 'HTTP'` of this token_hash from first_seen to last_seen by caller_ip and user_agent.
  2. Replace the token by one with spr=https, and set "secure transfer required" on the account within 7 days.
  3. If it was sent over HTTP from a public network, treat it as leaked: list its use in the 30 days after first_seen.
tests:
  - name: fires medium for a token that names http
    rows: [{ token_hash: A, sas_spr: 'https,http' }]
    expect: [{ token_hash: A, level: medium, http_requests: 0, spr: 'https,http' }]
  - name: fires high where it was sent over HTTP, refused or not
    rows:
      - { token_hash: A, sas_spr: null, protocol: HTTP }
      - { token_hash: B, sas_spr: https, protocol: HTTP, status_code: 403 }
    expect: [{ token_hash: A, level: high, http_requests: 1 }, { token_hash: B, level: high }]
  - name: fires medium below the number of requests asked for
    params: { requests_min: 3 }
    rows: [{ token_hash: A, sas_spr: 'https,http', protocol: HTTP, repeat: 2, every: 1 minute }]
    expect: [{ token_hash: A, level: medium, http_requests: 2 }]
  - name: silent for HTTPS, and for other authentication over HTTP
    rows:
      - { token_hash: A }
      - { token_hash: B, sas_spr: null }
      - { token_hash: null, token_fingerprint: null, sas_kind: null, auth_type: anonymous, protocol: HTTP }
    expect: []
---*/
SELECT token_hash, account, TIMESTAMP '1970-01-01' AS window_start, min(min_time) AS first_seen, max(max_time) AS last_seen,
       if(sum(http_n) >= $requests_min, 'high', 'medium') AS level, sum(http_n)::BIGINT AS http_requests, max(spr) AS spr,
       max(auth_type) AS auth_type, max(se) AS se, bool_or(public_n > 0) AS from_public_address
FROM sas_use
WHERE bucket >= $since::TIMESTAMP AND bucket < $until::TIMESTAMP AND (http_n > 0
  OR list_contains(string_split(lower(nullif(spr, 'https')), ','), 'http'))
GROUP BY token_hash, account
