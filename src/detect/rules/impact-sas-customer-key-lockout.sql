/*---
title: Objects locked away with a customer's key
id: cca021ac-282b-5574-bca3-6558485e4fad
code: W-OVR-4
version: 1
status: experimental
kind: sequence
entity: token
level: critical
date: 2026-11-24
description: >-
  Within ten minutes readers are refused three objects because they are encrypted with a key the customer supplied
  (BlobUsesCustomerSpecifiedEncryption), objects that had been readable within the 28 days before; and one token wrote them
  last. The finding names that token. One finding per token and UTC day.
references:
  - https://learn.microsoft.com/azure/storage/blobs/encryption-customer-provided-keys
tags: [attack.impact, attack.t1486]
falsepositives:
  - An application that starts to supply its own key, while an old reader goes on
blindspots:
  - Seen only when somebody tries to read
  - Objects written with an account key or an identity of the directory name no token
params:
  window:      { type: interval, default: 10 minutes }
  objects_min: { type: integer, default: 3, unit: distinct objects refused in the window }
  baseline:    { type: interval, default: 28 days, unit: 'in which the object was readable, and was written' }
needs:
  account: errors > 0
  log: status_code = 409 AND status_text = 'BlobUsesCustomerSpecifiedEncryption'
runbook: |
  1. Revoke the token now; list every object this token_hash wrote in the 24 hours before first_seen.
  2. Restore the versions from before those writes within the retention (7 days unless set otherwise).
  3. Keep the log of the 30 days before window_start as evidence; look for the same caller_ip with other tokens.
response: Restore versions from before the writes; without the key nobody can read the objects again.
tests:
  - name: fires where three objects that were read before are refused after a token wrote them
    rows:
      - { token_hash: R, time: 2026-01-01 08:00:00, object_key: '/acct/c/o{i}', repeat: 3, every: 1 minute }
      - { token_hash: A, time: 2026-01-01 10:00:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/o{i}', repeat: 3, every: 1 minute }
      - { token_hash: R, time: 2026-01-01 12:00:00, object_key: '/acct/c/o{i}', status_code: 409, status_text: BlobUsesCustomerSpecifiedEncryption, repeat: 3, every: 4 minutes }
    expect: [{ token_hash: A, level: critical, objects_refused: 3, first_seen: 2026-01-01 10:00:00, window_start: 2026-01-01 00:00:00 }]
  - name: silent for two, for one object refused often, for objects readable only later, for other refusals and slow ones
    rows:
      - { token_hash: R, time: 2026-01-01 08:00:00, object_key: '/acct/c/a{i}', repeat: 2, every: 1 minute }
      - { token_hash: A, time: 2026-01-01 10:00:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/a{i}', repeat: 2, every: 1 minute }
      - { token_hash: R, time: 2026-01-01 12:00:00, object_key: '/acct/c/a{i}', status_code: 409, status_text: BlobUsesCustomerSpecifiedEncryption, repeat: 2, every: 1 minute }
      - { token_hash: R, time: 2026-01-01 12:04:00, object_key: '/acct/c/a{i}', status_code: 409, status_text: BlobUsesCustomerSpecifiedEncryption, repeat: 2, every: 1 minute }
      - { token_hash: B, time: 2026-01-02 10:00:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/b{i}', repeat: 5, every: 1 minute }
      - { token_hash: R, time: 2026-01-02 12:00:00, object_key: '/acct/c/b{i}', status_code: 409, status_text: BlobUsesCustomerSpecifiedEncryption, repeat: 5, every: 1 minute }
      - { token_hash: R, time: 2026-01-03 08:00:00, object_key: '/acct/c/c{i}', repeat: 5, every: 1 minute }
      - { token_hash: C, time: 2026-01-03 10:00:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/c{i}', repeat: 5, every: 1 minute }
      - { token_hash: R, time: 2026-01-03 12:00:00, object_key: '/acct/c/c{i}', status_code: 409, status_text: LeaseIdMissing, repeat: 5, every: 1 minute }
      - { token_hash: R, time: 2026-01-04 08:00:00, object_key: '/acct/c/d{i}', repeat: 3, every: 1 minute }
      - { token_hash: D, time: 2026-01-04 10:00:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/d{i}', repeat: 3, every: 1 minute }
      - { token_hash: R, time: 2026-01-04 12:00:00, object_key: '/acct/c/d{i}', status_code: 409, status_text: BlobUsesCustomerSpecifiedEncryption, repeat: 3, every: 6 minutes }
      - { token_hash: R, time: 2026-01-02 13:00:00, object_key: '/acct/c/b{i}', repeat: 5, every: 1 minute }
    expect: []
  - name: silent where the objects were readable forty days ago, and where no token wrote them
    rows:
      - { token_hash: R, time: 2025-11-22 08:00:00, object_key: '/acct/c/a{i}', repeat: 4, every: 1 minute }
      - { token_hash: A, time: 2026-01-01 10:00:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/a{i}', repeat: 4, every: 1 minute }
      - { token_hash: R, time: 2026-01-01 12:00:00, object_key: '/acct/c/a{i}', status_code: 409, status_text: BlobUsesCustomerSpecifiedEncryption, repeat: 4, every: 1 minute }
      - { token_hash: R, time: 2026-01-02 08:00:00, object_key: '/acct/c/b{i}', repeat: 4, every: 1 minute }
      - { token_hash: null, token_fingerprint: null, sas_kind: null, auth_type: oauth, time: 2026-01-02 10:00:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/b{i}', repeat: 4, every: 1 minute }
      - { token_hash: R, time: 2026-01-02 12:00:00, object_key: '/acct/c/b{i}', status_code: 409, status_text: BlobUsesCustomerSpecifiedEncryption, repeat: 4, every: 1 minute }
    expect: []
  - name: fires where they were readable three weeks ago, and where one was refused alone before
    rows:
      - { token_hash: R, time: 2026-01-01 08:00:00, object_key: '/acct/c/o{i}', repeat: 3, every: 1 minute }
      - { token_hash: A, time: 2026-01-21 10:00:00, operation_name: PutBlob, operation_class: write, object_key: '/acct/c/o{i}', repeat: 3, every: 1 minute }
      - { token_hash: R, time: 2026-01-21 11:00:00, object_key: /acct/c/o0, status_code: 409, status_text: BlobUsesCustomerSpecifiedEncryption }
      - { token_hash: R, time: 2026-01-21 12:00:00, object_key: '/acct/c/o{i}', status_code: 409, status_text: BlobUsesCustomerSpecifiedEncryption, repeat: 3, every: 1 minute }
    expect: [{ token_hash: A, objects_refused: 3 }]
---*/
WITH troubled AS (
  SELECT DISTINCT account FROM account_day WHERE day >= $since::TIMESTAMP AND day < $until::TIMESTAMP AND /* narrows: a refusal is one */ errors > 0),
refused AS (
  SELECT account, container, object_key, time, count(DISTINCT object_key) OVER (
           PARTITION BY account ORDER BY time RANGE BETWEEN $window PRECEDING AND $window FOLLOWING) AS around
  FROM log_row
  WHERE time >= $since::TIMESTAMP AND time < $until::TIMESTAMP
    AND status_text = 'BlobUsesCustomerSpecifiedEncryption' AND /* narrows: there are refusals in it */ account IN (SELECT account FROM troubled)),
locked AS (
  SELECT account, object_key, max(container) AS container, time::DATE AS day, min(time) AS refused_at, max(time) AS refused_last FROM refused
  WHERE around >= $objects_min GROUP BY ALL),
-- The container rules rows out before their names are decoded: by itself, and of a relation that is cut down, it is looked for while
-- a file is read. A join on columns as they are stored has names and times looked at first, so one is computed.
before AS (
  SELECT k.account, k.object_key, k.day, max(l.time) FILTER (l.operation_class IN ('read', 'meta')) AS readable,
         max(l.time) FILTER (l.operation_class IN ('write', 'copy')) AS written,
         arg_max(coalesce(l.token_hash, lpad(hex(l.token_fingerprint), 32, '0')::UUID), l.time)
           FILTER (l.operation_class IN ('write', 'copy')) AS token_hash,
         max(l.time) FILTER (l.operation_class IN ('write', 'copy') AND l.auth_type LIKE 'sas\_%' ESCAPE '\') AS written_by_token,
         max(k.refused_last) AS refused_last, max(k.refused_at) AS refused_at
  FROM (
    SELECT l.account, l.object_key, l.operation_class, l.auth_type, l.token_hash, l.token_fingerprint, l.time, l.time + $baseline AS known_until
    FROM log_row l SEMI JOIN (SELECT container FROM locked GROUP BY container HAVING /* narrows: all meet it */ count(*) > 0) c ON l.container = c.container
    WHERE l.time >= $since::TIMESTAMP - $baseline AND l.time < $until::TIMESTAMP
      AND (l.operation_count = 0 AND (l.status_code BETWEEN 200 AND 299 OR l.status_code = 304)) IS TRUE) l
    JOIN locked k ON l.account = k.account AND l.object_key = k.object_key AND l.time < k.refused_at AND l.known_until >= k.refused_at
  GROUP BY ALL),
windows AS (
  SELECT *, count(*) OVER (PARTITION BY token_hash, account ORDER BY refused_at RANGE BETWEEN $window PRECEDING AND CURRENT ROW) AS in_window
  FROM before WHERE readable IS NOT NULL AND written_by_token = written)
SELECT token_hash, account, day::TIMESTAMP AS window_start, min(written) AS first_seen, max(refused_last) AS last_seen,
       'critical' AS level, count(*)::BIGINT AS objects_refused, min(object_key) AS example_object
FROM windows GROUP BY token_hash, account, day
HAVING max(in_window) >= $objects_min
