/*---
title: SAS token tried from outside its address range
id: c86cce7a-896e-5d66-a74f-e217566a0150
code: W-ERR-3
version: 1
status: experimental
kind: window
entity: token
level: medium
date: 2026-11-24
description: >-
  A token that names an address range (sip) is refused from an address outside it: the URL is in hands it was not made for,
  or its owner moved. One finding per token and UTC day.
tags: [attack.initial-access, attack.t1078.004]
falsepositives:
  - The owner's network has a new address
blindspots:
  - A refused token is often not logged at all
  - Callers of the same cloud region show, and are judged by, a private address
params:
  requests_min: { type: integer, default: 1, unit: requests refused from outside the range }
needs:
  token: errors > 0 AND sip IS NOT NULL
  part: suspects
  only: [sas_use]
  rows: $since::TIMESTAMP
runbook: |
  1. List the refused requests of this token_hash from first_seen to last_seen by caller_ip and user_agent.
  2. Ask the owner whether the network changed within 7 days; if so, issue a token for the new range.
  3. If not, the URL is out: rotate its key, and search source trees, wikis and tickets for it as of the 30 days before.
tests:
  - name: fires for one refusal outside a range, and outside a single address
    rows:
      - { token_hash: A, sas_sip: 198.51.100.10-198.51.100.20, caller_ip: 198.51.100.21, status_code: 403, status_text: AuthorizationSourceIPMismatch }
      - { token_hash: B, sas_sip: 198.51.100.10, caller_ip: 198.51.100.9, status_code: 403 }
    expect: [{ token_hash: A, level: medium, addresses: [198.51.100.21], refused: 1 }, { token_hash: B }]
  - name: silent inside the range, without one, for a success, for another error, and for what is no address
    rows:
      - { token_hash: A, sas_sip: 198.51.100.10-198.51.100.20, caller_ip: 198.51.100.10, status_code: 403 }
      - { token_hash: A, sas_sip: 198.51.100.10-198.51.100.20, caller_ip: 198.51.100.20, status_code: 403 }
      - { token_hash: B, caller_ip: 198.51.100.21, status_code: 403 }
      - { token_hash: C, sas_sip: 198.51.100.10, caller_ip: 198.51.100.21 }
      - { token_hash: D, sas_sip: 198.51.100.10, caller_ip: 198.51.100.21, status_code: 404 }
      - { token_hash: E, sas_sip: office, caller_ip: 198.51.100.21, status_code: 403 }
      - { token_hash: F, sas_sip: 99999999999999999999, caller_ip: 198.51.100.21, status_code: 403 }
      - { token_hash: G, sas_sip: 198.51.100.10-office, caller_ip: 198.51.100.21, status_code: 403 }
    expect: []
  - name: silent below the number of requests asked for, also where the record came twice
    params: { requests_min: 2 }
    rows: [{ token_hash: A, sas_sip: 198.51.100.10, caller_ip: 198.51.100.21, status_code: 403, repeat: 2 }]
    expect: []
---*/
WITH suspects AS (
  SELECT DISTINCT token_hash, account, token_key, sip, ipv4_first_of(split_part(sip, '-', 1)) AS low,
         coalesce(ipv4_first_of(nullif(split_part(sip, '-', 2), '')), ipv4_first_of(split_part(sip, '-', 1))) AS high
  FROM sas_use
  WHERE bucket >= $since::TIMESTAMP AND bucket < $until::TIMESTAMP AND /* narrows: a refusal is one */ errors > 0 AND regexp_matches(sip, '^[0-9.]+(-[0-9.]+)?$')),
refused AS (
  SELECT DISTINCT ON (s.token_hash, l.account, l.correlation_id, l.time, l.time_tick, l.operation_name, l.object_key, l.caller_ip, l.caller_port)
         s.token_hash, l.account, l.time, l.caller_ip, s.sip, l.status_text
  FROM log_row l JOIN suspects s ON l.account = s.account AND coalesce(l.token, l.token_fingerprint) = s.token_key
  WHERE l.time >= $since::TIMESTAMP AND l.time < $until::TIMESTAMP AND l.operation_count = 0 AND l.status_code = 403
    AND (l.caller_ipv4 < s.low OR l.caller_ipv4 > s.high))
SELECT token_hash, account, time::DATE::TIMESTAMP AS window_start, min(time) AS first_seen, max(time) AS last_seen,
       'medium' AS level, count(*)::BIGINT AS refused, max(sip) AS sip, list_sort(list(DISTINCT caller_ip))[1:20] AS addresses,
       list_sort(list(DISTINCT status_text)) AS status_texts
FROM refused GROUP BY token_hash, account, time::DATE
HAVING count(*) >= $requests_min
