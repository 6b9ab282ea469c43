/*---
title: SAS token sighted as the source of a copy
id: 294f7e99-2279-51f4-a672-04fe015423f7
code: P-10
version: 1
status: experimental
kind: posture
entity: token
level: low
date: 2026-11-24
description: >-
  The source URL of a copy carries a SAS: a sighting of a token that may belong to an account whose log nobody reads here.
  It enters the inventory by the fingerprint of its parameters. One finding per source token and account it was seen in.
references:
  - https://learn.microsoft.com/rest/api/storageservices/copy-blob
tags: [attack.credential-access, attack.t1552.001]
falsepositives:
  - Data pipelines that copy from partners
blindspots:
  - Sources of other clouds carry other credentials
  - The log shows the source only for copies that name it in objectKey
params:
  copies_min: { type: integer, default: 1, unit: copies from that source }
needs:
  account: copies > 0
  log: copy_source_fingerprint IS NOT NULL
runbook: |
  1. List the copies from this source from first_seen to last_seen with caller_ip, account and object_key.
  2. Find out who owns `source_account`; if it is yours, look the token up in its log 30 days around first_seen.
  3. Ask the owner for a token per pipeline that lives 1 hour.
response: Tell the owner of the source account that its token is in use here.
tests:
  - name: fires for a copy from a foreign account, once however often it is logged
    rows:
      - { token_hash: null, token_fingerprint: null, sas_kind: null, auth_type: oauth, operation_name: CopyBlobSource, operation_class: copy, copy_source_account: other, copy_source_fingerprint: 255, repeat: 3, every: 1 minute }
      - { token_hash: null, token_fingerprint: null, sas_kind: null, auth_type: oauth, operation_name: CopyBlobSource, operation_class: copy, copy_source_account: other, copy_source_fingerprint: 255, correlation_id: one, repeat: 2 }
    expect: [{ token_hash: 00000000-0000-0000-0000-0000000000ff, source_account: other, copies: 4, level: low }]
  - name: fires for a single copy
    rows: [{ token_hash: A, operation_name: CopyBlobSource, operation_class: copy, copy_source_account: other, copy_source_fingerprint: 255 }]
    expect: [{ source_account: other, copies: 1 }]
  - name: silent for a copy without SAS, and for one that failed
    rows:
      - { token_hash: null, token_fingerprint: null, sas_kind: null, auth_type: oauth, operation_name: CopyBlobSource, operation_class: copy, copy_source_account: other }
      - { token_hash: A, operation_name: CopyBlobSource, operation_class: copy, copy_source_account: other, copy_source_fingerprint: 255, status_code: 404 }
    expect: []
  - name: silent below the number of copies asked for
    params: { copies_min: 3 }
    rows: [{ token_hash: A, operation_name: CopyBlobSource, operation_class: copy, copy_source_account: other, copy_source_fingerprint: 255, repeat: 2, every: 1 hour }]
    expect: []
---*/
WITH busy AS (
  SELECT DISTINCT account FROM account_step WHERE bucket >= $since::TIMESTAMP AND bucket < $until::TIMESTAMP AND /* narrows: what is looked for is a copy */ copies > 0),
sightings AS (
  SELECT DISTINCT ON (correlation_id, operation_count, operation_name, time, time_tick, token_hash, object_key, caller_ip, caller_port)
         copy_source_fingerprint, copy_source_account, account, time, operation_name, container
  FROM log_row
  WHERE time >= $since::TIMESTAMP AND time < $until::TIMESTAMP AND copy_source_fingerprint IS NOT NULL
    AND (status_code BETWEEN 200 AND 299 OR status_code = 304) AND /* narrows: likewise */ account IN (SELECT account FROM busy))
SELECT lpad(hex(copy_source_fingerprint), 32, '0')::UUID AS token_hash, account, TIMESTAMP '1970-01-01' AS window_start,
       min(time) AS first_seen, max(time) AS last_seen, 'low' AS level, max(copy_source_account) AS source_account,
       count(*)::BIGINT AS copies, list_sort(list(DISTINCT container))[1:20] AS containers
FROM sightings
GROUP BY copy_source_fingerprint, account
HAVING count(*) >= $copies_min
