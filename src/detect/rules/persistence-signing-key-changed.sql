/*---
title: Signing key changed, or an old one still in use
id: f35d6057-e937-5ce0-943c-34a9ee18af8b
code: B-KEY-1
version: 1
status: experimental
kind: baseline
entity: signing_key
level: informational
date: 2026-11-24
description: >-
  An account key is used with a hash not seen before: it was rotated (informational). Medium where a hash that was replaced
  still succeeds more than a day after its successor appeared, so that the rotation did not take, or tokens of the old key
  live on. One finding per key and UTC day.
references:
  - https://learn.microsoft.com/azure/storage/common/storage-account-keys-manage
tags: [attack.persistence, attack.t1098.001]
falsepositives:
  - A planned rotation
blindspots:
  - A rotated key that nobody uses does not show
params:
  overlap_max: { type: interval, default: 1 day, unit: in which old and new may both succeed }
  requests_min: { type: integer, default: 1, unit: successful requests of the old key on the day }
  baseline:    { type: interval, default: 90 days, unit: in which an earlier hash is known }
runbook: |
  1. Look in the activity log for regenerateKey on this account within 1 day before first_seen, and who called it.
  2. List the tokens and callers of the old key_hash in the 24 hours before last_seen.
  3. When no success of the old key_hash is seen for 7 days, the rotation is done and the revocation proved.
response: Nobody but the account's owners should have changed the key; if they did not, somebody else has their rights.
tests:
  - name: fires once for a new hash, silent where the old one falls silent
    rows:
      - { token_hash: A, key_hash: one, time: 2026-01-01 10:00:00, repeat: 5, every: 1 day }
      - { token_hash: B, key_hash: two, time: 2026-01-05 12:00:00, repeat: 3, every: 1 day }
    expect: [{ entity: acct/key1, level: informational, window_start: 2026-01-05 00:00:00, first_seen: 2026-01-05 12:00:00 }]
  - name: fires medium for the old hash two days later, with account keys too
    rows:
      - { token_hash: A, key_hash: one, time: 2026-01-01 10:00:00, repeat: 8, every: 1 day }
      - { token_hash: null, token_fingerprint: null, sas_kind: null, auth_type: account_key, key_hash: two, time: 2026-01-06 12:00:00 }
    expect:
      - { window_start: 2026-01-06 00:00:00, level: informational }
      - { window_start: 2026-01-08 00:00:00, level: medium, old_requests: 1 }
  - name: silent for the first hash, for key2 beside it, for a refusal, and for the service's own keys
    rows:
      - { token_hash: A, key_hash: one, time: 2026-01-01 10:00:00, repeat: 5, every: 1 day }
      - { token_hash: B, key_name: key2, key_hash: two, time: 2026-01-03 10:00:00 }
      - { token_hash: C, key_hash: three, time: 2026-01-04 10:00:00, status_code: 403 }
      - { token_hash: D, auth_type: trusted, key_name: system-1, key_hash: four, time: 2026-01-03 10:00:00 }
      - { token_hash: D, auth_type: trusted, key_name: system-1, key_hash: five, time: 2026-01-04 10:00:00 }
    expect: []
  - name: silent below the number of requests asked for, and where the earlier hash is four months past
    params: { requests_min: 2 }
    rows:
      - { token_hash: A, key_hash: one, time: 2026-01-01 10:00:00 }
      - { token_hash: B, key_hash: two, time: 2026-05-05 12:00:00 }
    expect: []
  - name: asks for as many requests of the old hash as the parameter says
    params: { requests_min: 2 }
    rows:
      - { token_hash: A, key_hash: one, time: 2026-01-01 10:00:00 }
      - { token_hash: B, key_hash: two, time: 2026-01-02 12:00:00 }
      - { token_hash: A, key_hash: one, time: 2026-01-04 10:00:00 }
    expect: [{ window_start: 2026-01-02 00:00:00 }]
  - name: fires where the earlier hash is sixty days past
    rows:
      - { token_hash: A, key_hash: one, time: 2026-01-01 10:00:00 }
      - { token_hash: B, key_hash: two, time: 2026-03-02 12:00:00 }
    expect: [{ window_start: 2026-03-02 00:00:00, level: informational }]
---*/
WITH hashes AS (
  SELECT account, key_name, key_hash, min(min_time) AS first_time FROM key_day
  WHERE day >= $since::TIMESTAMP - $baseline AND day < $until::TIMESTAMP GROUP BY ALL),
changes AS (
  SELECT h.account, h.key_name, h.key_hash, h.first_time, max(o.first_time) AS before
  FROM hashes h JOIN hashes o ON o.account = h.account AND o.key_name = h.key_name AND o.first_time < h.first_time
    AND o.first_time >= h.first_time - $baseline
  GROUP BY ALL),
stale AS (
  SELECT d.account, d.key_name, d.day, sum(d.ok) AS requests, min(d.min_time) AS first_time, max(d.max_time) AS last_time
  FROM key_day d
    JOIN hashes h ON h.account = d.account AND h.key_name = d.key_name AND h.key_hash = d.key_hash
    JOIN changes c ON c.account = d.account AND c.key_name = d.key_name AND c.first_time > h.first_time
      AND d.max_time > c.first_time + $overlap_max
  WHERE d.day >= $since::TIMESTAMP AND d.day < $until::TIMESTAMP
  GROUP BY ALL HAVING sum(d.ok) >= $requests_min),
news AS (
  SELECT account, key_name, first_time::DATE AS day, 'informational' AS level, first_time, first_time AS last_time, 0 AS old_requests,
         upper(replace(key_hash::VARCHAR, '-', '')) AS key_hash
  FROM changes WHERE first_time >= $since::TIMESTAMP AND first_time < $until::TIMESTAMP
  UNION ALL
  SELECT account, key_name, day, 'medium', first_time, last_time, requests, NULL FROM stale)
SELECT account || '/' || key_name AS entity, account, day::TIMESTAMP AS window_start, min(first_time) AS first_seen,
       max(last_time) AS last_seen, if(bool_or(level = 'medium'), 'medium', 'informational') AS level, key_name,
       max(key_hash) AS new_key_hash, sum(old_requests)::BIGINT AS old_requests
FROM news GROUP BY account, key_name, day
