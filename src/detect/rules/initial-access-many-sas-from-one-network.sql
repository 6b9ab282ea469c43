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
  part: [families, packed, crowded, tokens_used]
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
  - name: silent for 199, for two hundred in thirteen minutes, from many networks, from private addresses, and for one token
    rows:
      - { token_hash: 'A{i}', caller_ip: 203.0.113.7, time: 2026-01-01 10:00:00, repeat: 199, every: 2 seconds }
      - { token_hash: 'A{i}', caller_ip: 203.0.113.7, time: 2026-01-01 10:00:00, repeat: 199, every: 2 seconds }
      - { token_hash: 'B{i}', sas_sp: r, caller_ip: 203.0.113.7, time: 2026-01-01 14:00:00, repeat: 200, every: 4 seconds }
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
-- Few families have so many at once in all networks together: of these alone the bitmaps are read. The five minutes of two rows
-- within a window begin less than five minutes more than the window apart.
packed AS (
  SELECT account, family, day, (row_number() OVER (ORDER BY account, family, day))::INTEGER AS number,
         (dense_rank() OVER (ORDER BY account, day))::INTEGER AS place
  FROM (SELECT account, family, day, sum(tokens) OVER (PARTITION BY account, family, day ORDER BY bucket
                                                      RANGE BETWEEN $window + INTERVAL '5 minutes' - INTERVAL '1 microsecond' PRECEDING AND CURRENT ROW) AS at_once
        FROM (SELECT u.account, u.family, u.day, u.bucket, count(*) AS tokens
              FROM sas_use u SEMI JOIN families f ON f.account = u.account AND f.family = u.family AND f.day = u.day
              WHERE u.bucket >= $since::TIMESTAMP AND u.bucket < $until::TIMESTAMP AND /* narrows: so asks every row */ u.ok > 0
                AND /* narrows: likewise */ u.public_n > 0 GROUP BY ALL))
  GROUP BY account, family, day
  HAVING /* narrows: counted by network below */ max(at_once) >= $tokens_min),
used AS NOT MATERIALIZED (
  SELECT f.number, u.token_hash, u.token_key, u.account, u.day, u.key_name, u.bucket, u.network_bit, u.network_bits
  FROM sas_use u JOIN packed f ON f.account = u.account AND f.family = u.family AND f.day = u.day
  WHERE u.bucket >= $since::TIMESTAMP AND u.bucket < $until::TIMESTAMP AND /* narrows: so asks every row */ u.ok > 0
    AND /* narrows: likewise */ u.public_n > 0),
-- How many tokens met each bit of the bitmaps: a network has as many at most. Of several bits, the gaps between them tell the places.
tokens AS (
  SELECT number, bit, bucket, count(*) AS tokens
  FROM (
    SELECT number, bucket, network_bit AS bit FROM used WHERE /* narrows: those are taken apart */ network_bit IS NOT NULL
    UNION ALL
    SELECT number, bucket, list_sum(gaps[1:nth]) + nth - 1
    FROM (
      SELECT *, unnest(range(1, len(gaps))) AS nth
      FROM (SELECT number, bucket, list_transform(string_split(network_bits::BIT::VARCHAR, '1'), lambda gap: length(gap)) AS gaps
            FROM used WHERE /* narrows: counted above */ network_bit IS NULL)))
  GROUP BY ALL),
-- A window touches two of the day's spans of that length, and one of them has half of its tokens.
busy_bits AS (
  SELECT DISTINCT number, bit FROM tokens
  GROUP BY number, bit, epoch_us(bucket) // epoch_us($window + INTERVAL '5 minutes')
  HAVING /* narrows: counted by network below */ 2 * sum(tokens) >= $tokens_min),
crowded AS (
  SELECT number, bit
  FROM (SELECT number, bit, sum(tokens) OVER (PARTITION BY number, bit ORDER BY bucket
                                             RANGE BETWEEN $window + INTERVAL '5 minutes' - INTERVAL '1 microsecond' PRECEDING AND CURRENT ROW) AS in_window
        FROM tokens SEMI JOIN busy_bits USING (number, bit))
  WHERE /* narrows: counted by network below */ in_window >= $tokens_min
  GROUP BY number, bit),
tokens_used AS MATERIALIZED (
  SELECT *, (row_number() OVER ())::INTEGER AS token
  FROM (
    SELECT DISTINCT token_hash, token_key, account, day, key_name, number
    FROM (
      SELECT * FROM used WHERE /* narrows: counted by network below */ (number, network_bit) IN (FROM crowded)
      UNION ALL
      SELECT u.* FROM used u JOIN (
        SELECT number, bit_or(set_bit(repeat('0', 1024)::BIT, bit::INTEGER, 1)) AS bits FROM crowded GROUP BY number) c ON c.number = u.number
      WHERE /* narrows: the others stand above */ u.network_bit IS NULL
        AND /* narrows: counted by network below */ bit_count(u.network_bits::BIT & c.bits) > 0))),
-- Addresses that are not IPv4 stand as they are until rows are grouped: their networks are then reckoned once each.
uses AS (
  SELECT t.token, t.number, coalesce(l.caller_ipv4 >> 8, 0) AS ipv4_network, coalesce(l.caller_ip_other, '') AS other,
         min(l.time) AS time, max(l.time) AS last_time,
         bool_or(l.operation_class IN ('write', 'copy', 'delete', 'acl')) AS changes
  FROM log_row l JOIN tokens_used t ON l.account = t.account AND coalesce(l.token, l.token_fingerprint) = t.token_key
    AND l.time::DATE = t.day
  WHERE l.time >= $since::TIMESTAMP AND l.time < $until::TIMESTAMP AND l.operation_count = 0 AND l.ip_class = 'public'
    AND (l.status_code BETWEEN 200 AND 299 OR l.status_code = 304)
  GROUP BY ALL),
addresses AS (
  SELECT p.*, a.ipv4_network, a.other, if(a.other = '', network_of(a.ipv4_network << 8, NULL), network_of(NULL, a.other)) AS network
  FROM (SELECT DISTINCT number, ipv4_network, other FROM uses) a JOIN packed p USING (number)),
-- A window touches two of the day's steps of its length, and one of them has half of its tokens.
busy_networks AS (
  SELECT DISTINCT a.place, a.network FROM uses u JOIN addresses a USING (number, ipv4_network, other)
  GROUP BY a.place, a.number, a.network, epoch_us(u.time) // epoch_us($window)
  HAVING /* narrows: counted by window below */ 2 * count(*) >= $tokens_min),
lines AS (
  SELECT number, ipv4_network, other, network, account, family, day, (dense_rank() OVER (ORDER BY number, network))::INTEGER AS line
  FROM addresses SEMI JOIN busy_networks USING (place, network)),
spans AS (
  SELECT *, count(*) OVER span AS in_window, first_value(time) OVER span AS since_time
  FROM (
    SELECT l.line, u.token, min(u.time) AS time, max(u.last_time) AS last_time, bool_or(u.changes) AS changes
    FROM uses u JOIN lines l USING (number, ipv4_network, other) GROUP BY l.line, u.token)
  WINDOW span AS (PARTITION BY line ORDER BY time RANGE BETWEEN $window PRECEDING AND CURRENT ROW))
SELECT n.network AS entity, n.account, n.day::TIMESTAMP AS window_start, min(s.since_time) FILTER (s.in_window >= $tokens_min) AS first_seen,
       max(s.last_time) AS last_seen, if(bool_or(s.changes), 'high', 'medium') AS level, max(s.in_window)::BIGINT AS tokens_in_window,
       count(DISTINCT t.token_hash)::BIGINT AS tokens_on_day, mode(t.key_name) AS key_name, arg_max(n.family, s.in_window) AS family,
       list_transform(list_sort(list(DISTINCT t.token_hash))[1:5], lambda token: upper(replace(token::VARCHAR, '-', ''))) AS example_tokens
FROM spans s JOIN (SELECT DISTINCT line, network, account, family, day FROM lines) n USING (line) JOIN tokens_used t USING (token)
GROUP BY n.network, n.account, n.day
HAVING max(s.in_window) >= $tokens_min
