/*---
title: SAS token violates the account's expiration policy
id: fe942cae-8f7a-5768-93f0-36b0ef6f978e
code: P-07
version: 1
status: experimental
kind: posture
entity: token
level: low
date: 2026-11-24
description: >-
  The storage service itself says that a token lives longer than the account's SAS expiration policy allows, and let it
  pass, because the policy only logs. One finding per token.
references:
  - https://learn.microsoft.com/azure/storage/common/sas-expiration-policy
tags: [attack.persistence, attack.t1098.001]
falsepositives:
  - A policy stricter than anybody follows
blindspots:
  - Accounts without a policy, and the classic log, say nothing
params:
  requests_min: { type: integer, default: 1, unit: requests that violated the policy }
needs:
  log: contains(extra, 'sasExpiryStatus')
runbook: |
  1. List the tokens of this account that violated the policy in the 30 days before last_seen, by key_name.
  2. Issue them anew within the policy; name the owner by the networks of the last 7 days.
  3. When 7 days pass without a violation, set the policy's action to Block.
response: Set the policy's action to Block once no rightful token violates it any more.
tests:
  - name: fires for either spelling
    rows:
      - { token_hash: A, extra: '{"properties.sasExpiryStatus":"Policy violated"}', repeat: 2, every: 1 hour }
      - { token_hash: B, extra: '{"properties.sasExpiryStatus":"Policy Violated (warn)"}' }
    expect: [{ token_hash: A, level: low, violations: 2 }, { token_hash: B }]
  - name: silent for another status, other properties, and duplicates below the number asked for
    params: { requests_min: 2 }
    rows:
      - { token_hash: A, extra: '{"properties.sasExpiryStatus":"OK"}', repeat: 2, every: 1 hour }
      - { token_hash: B, extra: '{"properties.other":"Policy violated"}', repeat: 2, every: 1 hour }
      - { token_hash: C, extra: '{"properties.sasExpiryStatus":"Policy violated"}', correlation_id: one, repeat: 2 }
      - { token_hash: null, token_fingerprint: null, auth_type: oauth, sas_kind: null, extra: '{"properties.sasExpiryStatus":"Policy violated"}', repeat: 2, every: 1 hour }
    expect: []
---*/
WITH violations AS (
  SELECT DISTINCT ON (correlation_id, operation_count, operation_name, time, time_tick, token_hash, object_key, caller_ip, caller_port)
         coalesce(token_hash, lpad(hex(token_fingerprint), 32, '0')::UUID) AS token_hash, account, time, sas_sp, sas_se, key_name,
         json_extract_string(extra, '$."properties.sasExpiryStatus"') AS status
  FROM storage_log
  WHERE time >= $since::TIMESTAMP AND time < $until::TIMESTAMP AND auth_type LIKE 'sas\_%' ESCAPE '\' AND /* narrows: the property read above */ contains(extra, 'sasExpiryStatus'))
SELECT token_hash, account, TIMESTAMP '1970-01-01' AS window_start, min(time) AS first_seen, max(time) AS last_seen,
       'low' AS level, count(*)::BIGINT AS violations, max(sas_sp) AS sp, max(sas_se) AS se, max(key_name) AS key_name,
       min(status) AS sas_expiry_status
FROM violations
WHERE status ILIKE 'policy violated%'
GROUP BY token_hash, account
HAVING count(*) >= $requests_min
