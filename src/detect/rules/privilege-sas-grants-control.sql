/*---
title: SAS token grants control over ownership, access or retention
id: fc6ab9a8-9448-5576-8a79-305ad64c3c75
code: P-09
version: 1
status: experimental
kind: posture
entity: token
level: medium
date: 2026-11-24
description: >-
  A token in use may change owners (o) or permissions (p), set immutability (i), move (m) or delete for good (y): powers
  by which its holder can keep access or take away what a restore needs. One finding per token.
references:
  - https://learn.microsoft.com/rest/api/storageservices/create-service-sas
tags: [attack.defense-evasion, attack.t1222]
falsepositives:
  - A migration into hierarchical namespaces, which sets owners and permissions
blindspots:
  - Under a stored access policy the permissions are not in the URL
  - In a queue's or an account's token p means process; it is not counted there
params:
  requests_min: { type: integer, default: 1, unit: successful requests }
needs:
  only: [token_life]
runbook: |
  1. List the requests of the classes acl, policy and delete by this token_hash from first_seen to last_seen.
  2. Ask the owner which of `powers` the job needed in the last 30 days; issue it anew without the others.
  3. If y or i was used within the last 7 days, check that versions and retention of the container are as they should be.
tests:
  - name: fires for ownership and permissions of a directory, and for deleting for good
    rows:
      - { token_hash: A, sas_sr: d, sas_sp: rwop }
      - { token_hash: B, auth_type: sas_account, sas_kind: account, sas_sr: null, sas_ss: b, sas_srt: co, sas_sp: rdyi }
    expect: [{ token_hash: A, level: medium, powers: op }, { token_hash: B, powers: yi }]
  - name: silent for everyday powers, and for processing a queue
    rows:
      - { token_hash: A, sas_sp: racwdxlt }
      - { token_hash: B, auth_type: sas_account, sas_kind: account, sas_sr: null, sas_ss: q, sas_srt: sco, sas_sp: rwdlacup }
      - { token_hash: C, service: queue, sas_sr: null, sas_sp: raup }
    expect: []
  - name: silent below the number of requests asked for
    params: { requests_min: 3 }
    rows: [{ token_hash: A, sas_sp: rwo, repeat: 2, every: 1 hour }]
    expect: []
---*/
WITH powers AS (
  SELECT *, if(auth_type = 'sas_account' OR sr IS NULL, regexp_replace(sp, '[^yi]', '', 'g'), regexp_replace(sp, '[^opimy]', '', 'g')) AS powers
  FROM token_life
  WHERE last_seen >= $since::TIMESTAMP AND first_seen < $until::TIMESTAMP AND requests >= $requests_min
    AND /* narrows: few have one, and to look is cheaper than to replace */ (contains(sp, 'o') OR contains(sp, 'p') OR contains(sp, 'i')
      OR contains(sp, 'm') OR contains(sp, 'y')))
SELECT token_hash, account, TIMESTAMP '1970-01-01' AS window_start, first_seen, last_seen, 'medium' AS level, powers, sp, ss,
       srt, sr, se, requests, auth_type, key_name
FROM powers WHERE powers <> ''
