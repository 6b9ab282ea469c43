/*---
title: Many SAS tokens of one family from one network
id: 48428ae9-6fb2-592e-8ddc-2e9499178db1
code: W-AUT-1
version: 1
status: experimental
kind: window
entity: network
level: medium
date: 2026-11-24
description: >-
  From one public network two hundred different tokens of one family are used within ten minutes, and the family has ten times
  more tokens that day than usual, or is not known yet: somebody mints tokens with a stolen signing key. High where they
  write or delete. One finding per network and UTC day.
tags: [attack.initial-access, attack.t1078.004]
falsepositives:
  - The first days of a portal, or of a content network that fetches with a token per object
blindspots:
  - Tokens minted one by one over days
  - Minting in a family that makes as many every day
params:
  window:     { type: interval, default: 10 minutes }
  tokens_min: { type: integer, default: 200, unit: distinct tokens in the window }
  factor:     { type: integer, default: 10, unit: times the usual tokens of a day }
  baseline:   { type: interval, default: 28 days }
  days_min:   { type: integer, default: 3, unit: earlier days of the family }
needs:
  part: tokens_used
runbook: |
  1. List the tokens of this family used from the network in `entity` from first_seen to last_seen, with key_name and first_seen of each.
  2. Compare with the issuer's own list of what it minted within the 24 hours around first_seen.
  3. What it did not mint was minted by somebody who has the key: rotate key_name now, and list its use in the 30 days before.
response: Rotate the signing key in `key_name`; every token minted with it ends.
tests:
  - name: fires for two hundred tokens of an unknown family
    rows: [{ token_hash: 'A{i}', caller_ip: 203.0.113.7, time: 2026-01-01 10:00:00, repeat: 200, every: 3 seconds }]
    expect: [{ entity: 203.0.113.0/24, account: acct, level: medium, tokens_in_window: 200, key_name: key1, window_start: 2026-01-01 00:00:00 }]
  - name: fires for two hundred within ten minutes that use other networks at the same time
    rows:
      - { token_hash: 'A{i}', caller_ip: 203.0.113.7, time: 2026-01-01 10:04:00, repeat: 200, every: 3 seconds }
      - { token_hash: 'A{i}', caller_ip: '2001:db8:{i}::1', time: 2026-01-01 10:04:00, repeat: 100, every: 3 seconds }
    expect: [{ entity: 203.0.113.0/24, tokens_in_window: 200, tokens_on_day: 200 }]
  - name: fires high where they write
    rows: [{ token_hash: 'A{i}', caller_ip: 203.0.113.7, time: 2026-01-01 10:00:00, operation_name: PutBlob, operation_class: write, sas_sp: cw, repeat: 250, every: 1 second }]
    expect: [{ level: high }]
  - name: silent for 199, for two hundred in twenty minutes, from many networks, from private addresses, and for one token
    rows:
      - { token_hash: 'A{i}', caller_ip: 203.0.113.7, time: 2026-01-01 10:00:00, repeat: 199, every: 2 seconds }
      - { token_hash: 'A{i}', caller_ip: 203.0.113.7, time: 2026-01-01 10:00:00, repeat: 199, every: 2 seconds }
      - { token_hash: 'B{i}', sas_sp: r, caller_ip: 203.0.113.7, time: 2026-01-01 14:00:00, repeat: 200, every: 6 seconds }
      - { token_hash: 'C{i}', sas_sp: rw, caller_ip: '2001:db8:{i}::1', time: 2026-01-01 16:00:00, repeat: 300, every: 1 second }
      - { token_hash: 'D{i}', sas_sp: rc, caller_ip: 10.0.0.7, ip_class: private, time: 2026-01-01 18:00:00, repeat: 300, every: 1 second }
      - { token_hash: 'D{i}', sas_sp: rc, caller_ip: '2001:db8:{i}::1', time: 2026-01-01 18:00:00, repeat: 300, every: 1 second }
      - { token_hash: E, sas_sp: rd, caller_ip: 203.0.113.7, time: 2026-01-01 20:00:00, repeat: 300, every: 1 second }
      - { token_hash: 'C{i}', sas_sp: rw, caller_ip: 203.0.113.7, status_code: 403, time: 2026-01-01 16:00:00, repeat: 300, every: 1 second }
    expect: []
  - name: silent for a family that has as many every day, fires for ten times as many and after forty days
    rows:
      - { token_hash: 'A{i}', caller_ip: '2001:db8:{i}::1', time: 2026-01-01 10:00:00, repeat: 30, every: 1 minute }
      - { token_hash: 'B{i}', caller_ip: '2001:db8:{i}::1', time: 2026-01-02 10:00:00, repeat: 30, every: 1 minute }
      - { token_hash: 'C{i}', caller_ip: '2001:db8:{i}::1', time: 2026-01-03 10:00:00, repeat: 30, every: 1 minute }
      - { token_hash: 'D{i}', caller_ip: 203.0.113.7, time: 2026-01-04 10:00:00, repeat: 250, every: 1 second }
      - { token_hash: 'E{i}', caller_ip: 203.0.113.7, time: 2026-01-05 10:00:00, repeat: 400, every: 1 second }
      - { token_hash: 'F{i}', caller_ip: 203.0.113.7, time: 2026-02-14 10:00:00, repeat: 250, every: 1 second }
    expect: [{ window_start: 2026-01-05 00:00:00, tokens_in_window: 400 }, { window_start: 2026-02-14 00:00:00 }]
  - name: silent for a family that had as many three weeks ago, fires on its third day
    rows:
      - { token_hash: 'A01-01{i}', sas_sp: r, caller_ip: '2001:db8:{i}::1', time: 2026-01-01 10:00:00, repeat: 30, every: 1 minute }
      - { token_hash: 'A01-02{i}', sas_sp: r, caller_ip: '2001:db8:{i}::1', time: 2026-01-02 10:00:00, repeat: 30, every: 1 minute }
      - { token_hash: 'A01-03{i}', sas_sp: r, caller_ip: '2001:db8:{i}::1', time: 2026-01-03 10:00:00, repeat: 30, every: 1 minute }
      - { token_hash: 'A01-21{i}', sas_sp: r, caller_ip: 203.0.113.7, time: 2026-01-21 10:00:00, repeat: 250, every: 1 second }
      - { token_hash: 'B01-01{i}', sas_sp: rd, caller_ip: '2001:db8:{i}::1', time: 2026-01-01 10:00:00, repeat: 30, every: 1 minute }
      - { token_hash: 'B01-02{i}', sas_sp: rd, caller_ip: '2001:db8:{i}::1', time: 2026-01-02 10:00:00, repeat: 30, every: 1 minute }
      - { token_hash: 'B01-03{i}', sas_sp: rd, caller_ip: 203.0.113.7, time: 2026-01-03 10:00:00, repeat: 250, every: 1 second }
    expect: [{ window_start: 2026-01-03 00:00:00 }]
  - name: fires on the day that tokens come together, not on the day before
    rows:
      - { token_hash: 'A{i}', caller_ip: 203.0.113.7, time: 2026-01-01 00:00:00, repeat: 200, every: 5 minutes }
      - { token_hash: 'A{i}', caller_ip: 203.0.113.7, time: 2026-01-02 10:00:00, repeat: 200, every: 1 second }
    expect: [{ window_start: 2026-01-02 00:00:00 }]
---*/
WITH usual AS (
  SELECT f.account, f.family, f.day, f.tokens, if(count(e.day) >= $days_min, median(e.tokens), 0) AS usual
  FROM family_day f LEFT JOIN family_day e
    ON e.account = f.account AND e.family = f.family AND e.day < f.day AND e.day >= f.day - $baseline
  WHERE f.day >= $since::TIMESTAMP AND f.day < $until::TIMESTAMP AND /* narrows: counted by network below */ f.tokens >= $tokens_min
  GROUP BY f.account, f.family, f.day, f.tokens),
families AS (
  SELECT * FROM usual WHERE tokens >= $factor * usual),
-- Few families have so many at once in all networks together: of these alone the bitmaps are read.
packed AS (
  SELECT DISTINCT account, family, day
  FROM (SELECT account, family, day, sum(tokens) OVER (PARTITION BY account, family, day ORDER BY bucket
                                                      RANGE BETWEEN $window + INTERVAL '5 minutes' PRECEDING AND CURRENT ROW) AS in_window
        FROM (SELECT u.account, u.family, u.day, u.bucket, count(*) AS tokens
              FROM sas_use u SEMI JOIN families f ON f.account = u.account AND f.family = u.family AND f.day = u.day
              WHERE u.bucket >= $since::TIMESTAMP AND u.bucket < $until::TIMESTAMP AND /* narrows: so asks every row */ u.ok > 0
                AND /* narrows: likewise */ u.public_n > 0 GROUP BY ALL))
  WHERE /* narrows: counted by network below */ in_window >= $tokens_min),
used AS (
  SELECT u.token_hash, u.token_key, u.account, u.family, u.day, u.key_name, u.bucket,
         if(bit_count(u.network_bits::BIT) = 1, hash(u.network_bits), NULL) AS network
  FROM sas_use u SEMI JOIN packed f ON f.account = u.account AND f.family = u.family AND f.day = u.day
  WHERE u.bucket >= $since::TIMESTAMP AND u.bucket < $until::TIMESTAMP AND /* narrows: so asks every row */ u.ok > 0
    AND /* narrows: likewise */ u.public_n > 0),
-- A network has as many tokens at most as met its bit of the bitmap alone, and as met several: those are of no network here.
peaks AS (
  SELECT account, family, day, network, max(in_window) AS tokens
  FROM (SELECT account, family, day, network, sum(tokens) OVER (PARTITION BY account, family, day, network ORDER BY bucket
                                                               RANGE BETWEEN $window + INTERVAL '5 minutes' PRECEDING AND CURRENT ROW) AS in_window
        FROM (SELECT account, family, day, network, bucket, count(*) AS tokens FROM used GROUP BY ALL))
  GROUP BY ALL),
crowded AS (
  SELECT DISTINCT p.account, p.day, p.network
  FROM peaks p LEFT JOIN (
    SELECT account, family, day, tokens FROM peaks WHERE /* narrows: counted by network below */ network IS NULL) s
    ON s.account = p.account AND s.family = p.family AND s.day = p.day
  WHERE /* narrows: counted by network below */ if(p.network IS NULL, 0, p.tokens) + coalesce(s.tokens, 0) >= $tokens_min),
-- Where those of no network are enough, any may be theirs.
tokens_used AS (
  SELECT DISTINCT u.token_hash, u.token_key, u.account, u.family, u.day, u.key_name
  FROM used u
  JOIN (SELECT account, day, bool_or(network IS NULL) AS is_any FROM crowded GROUP BY ALL) a
    ON a.account = u.account AND a.day = u.day
  LEFT JOIN crowded c ON c.account = u.account AND c.day = u.day AND c.network = u.network
  WHERE /* narrows: counted by network below */ a.is_any OR u.network IS NULL OR c.network IS NOT NULL),
uses AS (
  SELECT t.token_hash, l.account, t.family, t.day, t.key_name, coalesce(l.caller_ipv4 >> 8, 0) AS ipv4_network,
         coalesce(network_of(NULL, l.caller_ip_other), '') AS other_network, min(l.time) AS time, max(l.time) AS last_time,
         bool_or(l.operation_class IN ('write', 'copy', 'delete', 'acl')) AS changes
  FROM log_row l JOIN tokens_used t ON l.account = t.account AND coalesce(l.token, l.token_fingerprint) = t.token_key
    AND l.time::DATE = t.day
  WHERE l.time >= $since::TIMESTAMP AND l.time < $until::TIMESTAMP AND l.operation_count = 0 AND l.ip_class = 'public'
    AND (l.status_code BETWEEN 200 AND 299 OR l.status_code = 304)
  GROUP BY ALL),
-- A window touches two of the day's steps of its length, and one of them has half of its tokens.
busy_networks AS (
  SELECT DISTINCT account, day, ipv4_network, other_network FROM uses
  GROUP BY account, family, day, ipv4_network, other_network, epoch_us(time) // epoch_us($window)
  HAVING /* narrows: counted by window below */ 2 * count(*) >= $tokens_min),
spans AS (
  SELECT *, count(*) OVER span AS in_window, min(time) OVER span AS since_time
  FROM (
    SELECT *, if(other_network = '', network_of(ipv4_network << 8, NULL), other_network) AS network
    FROM uses SEMI JOIN busy_networks USING (account, day, ipv4_network, other_network))
  WINDOW span AS (PARTITION BY account, family, network, day ORDER BY time RANGE BETWEEN $window PRECEDING AND CURRENT ROW))
SELECT network AS entity, account, day::TIMESTAMP AS window_start, min(since_time) FILTER (in_window >= $tokens_min) AS first_seen,
       max(last_time) AS last_seen, if(bool_or(changes), 'high', 'medium') AS level, max(in_window)::BIGINT AS tokens_in_window,
       count(DISTINCT token_hash)::BIGINT AS tokens_on_day, mode(key_name) AS key_name, arg_max(family, in_window) AS family,
       list_sort(list(DISTINCT upper(replace(token_hash::VARCHAR, '-', ''))))[1:5] AS example_tokens
FROM spans GROUP BY network, account, day
HAVING max(in_window) >= $tokens_min
