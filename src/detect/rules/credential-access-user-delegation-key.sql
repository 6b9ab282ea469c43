/*---
title: User delegation key fetched by somebody new
id: b0f1774d-fa45-5860-a773-83cd56697d72
code: A-KEY-1
version: 1
status: experimental
kind: baseline
every: day
entity: requester
level: low
date: 2026-11-24
description: >-
  A principal of the directory fetches a user delegation key of an account, with which it can sign tokens for up to seven days,
  and had not done so in the 28 days before; or it fetches twenty or more, ten times as many as on its usual
  day. Judged once a UTC day is over.
  One finding per principal and UTC day.
references:
  - https://learn.microsoft.com/rest/api/storageservices/get-user-delegation-key
tags: [attack.credential-access, attack.t1528]
falsepositives:
  - A new application, or a new replica of one
blindspots:
  - What it signs is seen only when it is used
params:
  keys_min: { type: integer, default: 20, unit: keys fetched on the day where the principal is known }
  factor:   { type: integer, default: 10, unit: times its usual day }
  age_min:  { type: interval, default: 7 days, unit: that the account has been in the log }
  baseline: { type: interval, default: 28 days }
needs:
  account: auth_type NOT LIKE 'sas%' AND metas > 0
  log: operation_name = 'GetUserDelegationKey'
runbook: |
  1. Name the principal in `entity`; look in the activity log for role assignments to it in the 7 days before first_seen.
  2. List the user delegation SAS with its object id as skoid used within 7 days after first_seen.
  3. If it should not sign, revoke the account's user delegation keys within 1 hour and remove the role.
response: Revoke the account's user delegation keys, which ends every token signed with them, and remove the role.
tests:
  - name: fires for a principal that never did so, in a known account
    rows:
      - { token_hash: A, time: 2026-01-01 10:00:00 }
      - { token_hash: null, token_fingerprint: null, sas_kind: null, key_name: null, key_hash: null, auth_type: oauth, requester_object_id: one, time: 2026-01-09 10:00:00, operation_name: GetUserDelegationKey, operation_class: meta }
    expect: [{ entity: one, level: low, keys: 1, new: true, window_start: 2026-01-09 00:00:00 }]
  - name: fires for ten times the usual
    rows:
      - { token_hash: A, time: 2026-01-01 10:00:00 }
      - { token_hash: null, token_fingerprint: null, sas_kind: null, key_name: null, key_hash: null, auth_type: oauth, requester_object_id: one, time: 2026-01-04 10:00:00, operation_name: GetUserDelegationKey, operation_class: meta, repeat: 12, every: 12 hours }
      - { token_hash: null, token_fingerprint: null, sas_kind: null, key_name: null, key_hash: null, auth_type: oauth, requester_object_id: one, time: 2026-01-12 10:00:00, operation_name: GetUserDelegationKey, operation_class: meta, repeat: 20, every: 1 minute }
    expect: [{ entity: one, keys: 20, new: false, window_start: 2026-01-12 00:00:00 }]
  - name: silent for a known principal, for 19 keys, for a new account, for refusals and records that came twice
    rows:
      - { token_hash: A, time: 2026-01-01 10:00:00 }
      - { token_hash: null, token_fingerprint: null, sas_kind: null, key_name: null, key_hash: null, auth_type: oauth, requester_object_id: one, time: 2026-01-04 10:00:00, operation_name: GetUserDelegationKey, operation_class: meta, repeat: 10, every: 1 day }
      - { token_hash: null, token_fingerprint: null, sas_kind: null, key_name: null, key_hash: null, auth_type: oauth, requester_object_id: one, time: 2026-01-15 10:00:00, operation_name: GetUserDelegationKey, operation_class: meta, repeat: 19, every: 1 minute }
      - { token_hash: null, token_fingerprint: null, sas_kind: null, key_name: null, key_hash: null, auth_type: oauth, requester_object_id: one, time: 2026-01-15 10:00:00, operation_name: GetUserDelegationKey, operation_class: meta, repeat: 19, every: 1 minute }
      - { token_hash: null, token_fingerprint: null, sas_kind: null, key_name: null, key_hash: null, auth_type: oauth, requester_object_id: two, time: 2026-01-05 10:00:00, operation_name: GetUserDelegationKey, operation_class: meta, repeat: 3, every: 1 minute }
      - { token_hash: null, token_fingerprint: null, sas_kind: null, key_name: null, key_hash: null, auth_type: oauth, requester_object_id: three, time: 2026-01-12 10:00:00, operation_name: GetUserDelegationKey, operation_class: meta, status_code: 403 }
      - { token_hash: null, token_fingerprint: null, sas_kind: null, key_name: null, key_hash: null, auth_type: oauth, requester_object_id: four, time: 2026-01-12 10:00:00 }
      - { token_hash: null, token_fingerprint: null, sas_kind: null, key_name: null, key_hash: null, auth_type: oauth, requester_object_id: null, time: 2026-01-12 10:00:00, operation_name: GetUserDelegationKey, operation_class: meta }
    expect: []
  - name: silent for many keys below ten usual days, fires for one that came back after forty days, silent after eighteen
    rows:
      - { token_hash: A, time: 2026-01-01 10:00:00 }
      - { token_hash: null, token_fingerprint: null, sas_kind: null, key_name: null, key_hash: null, auth_type: oauth, requester_object_id: one, time: 2026-01-05 10:00:00, operation_name: GetUserDelegationKey, operation_class: meta, repeat: 5, every: 1 minute }
      - { token_hash: null, token_fingerprint: null, sas_kind: null, key_name: null, key_hash: null, auth_type: oauth, requester_object_id: one, time: 2026-01-08 10:00:00, operation_name: GetUserDelegationKey, operation_class: meta, repeat: 40, every: 1 minute }
      - { token_hash: A, time: 2026-02-05 10:00:00 }
      - { token_hash: null, token_fingerprint: null, sas_kind: null, key_name: null, key_hash: null, auth_type: oauth, requester_object_id: one, time: 2026-02-18 10:00:00, operation_name: GetUserDelegationKey, operation_class: meta }
      - { token_hash: null, token_fingerprint: null, sas_kind: null, key_name: null, key_hash: null, auth_type: oauth, requester_object_id: five, time: 2026-01-31 10:00:00, operation_name: GetUserDelegationKey, operation_class: meta }
      - { token_hash: null, token_fingerprint: null, sas_kind: null, key_name: null, key_hash: null, auth_type: oauth, requester_object_id: five, time: 2026-02-18 10:00:00, operation_name: GetUserDelegationKey, operation_class: meta }
    expect: [{ entity: one, window_start: 2026-02-18 00:00:00, new: true }, { entity: five, window_start: 2026-01-31 00:00:00 }]
---*/
WITH accounts AS (
  SELECT DISTINCT account, day FROM account_day WHERE day >= $since::TIMESTAMP - $baseline - $age_min AND day < $until::TIMESTAMP),
busy AS (
  SELECT DISTINCT account FROM account_day
  WHERE day >= $since::TIMESTAMP AND day < $until::TIMESTAMP AND /* narrows: no token gets a key */ auth_type NOT LIKE 'sas\_%' ESCAPE '\'
    AND /* narrows: getting a key counts as one */ metas > 0),
keys AS (
  SELECT DISTINCT account, requester_object_id, time, time_tick, correlation_id, caller_ip, caller_port, user_agent FROM log_row
  WHERE time >= $since::TIMESTAMP - $baseline AND time < $until::TIMESTAMP AND operation_name = 'GetUserDelegationKey'
    AND operation_count = 0 AND status_code BETWEEN 200 AND 299 AND requester_object_id IS NOT NULL
    AND /* narrows: only where a key may have been got */ account IN (SELECT account FROM busy)),
days AS (
  SELECT account, requester_object_id, day, keys, first_time, last_time, addresses, count(*) OVER earlier AS days_before,
         median(keys) OVER earlier AS usual
  FROM (SELECT account, requester_object_id, time::DATE AS day, count(*) AS keys, min(time) AS first_time, max(time) AS last_time,
               count(DISTINCT caller_ip) AS addresses
        FROM keys GROUP BY ALL)
  WINDOW earlier AS (PARTITION BY account, requester_object_id ORDER BY day
                     RANGE BETWEEN $baseline PRECEDING AND INTERVAL '1 day' PRECEDING))
SELECT d.requester_object_id AS entity, d.account, d.day::TIMESTAMP AS window_start, d.first_time AS first_seen,
       d.last_time AS last_seen, 'low' AS level, d.keys::BIGINT AS keys, d.days_before = 0 AS new, coalesce(d.usual, 0)::DOUBLE AS usual_keys,
       d.addresses::BIGINT AS addresses
FROM days d
  SEMI JOIN accounts a ON a.account = d.account AND a.day <= d.day - $age_min AND a.day >= d.day - $age_min - $baseline
WHERE d.day >= $since::TIMESTAMP AND (d.days_before = 0 OR (d.keys >= $keys_min AND d.keys >= $factor * d.usual))
