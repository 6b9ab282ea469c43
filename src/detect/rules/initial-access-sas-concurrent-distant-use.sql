/*---
title: One SAS token in distant places at once
id: bba76f32-3bd2-5fa4-9f62-7c1388c072ac
code: B-NET-3
version: 1
status: experimental
kind: baseline
entity: token
level: medium
date: 2026-11-24
description: >-
  Within an hour one token is used from two countries or five providers, and its family is not used from several networks on
  most days. Needs address ranges with country and provider (feed `geo`); silent without them. One finding per token and UTC
  day.
tags: [attack.initial-access, attack.t1078.004]
falsepositives:
  - A link sent to several people
  - A traveller behind a VPN
blindspots:
  - Nothing without the feed; wrong where the feed is wrong for the day
params:
  window:        { type: interval, default: 1 hour }
  countries_min: { type: integer, default: 2, unit: countries in the window }
  providers_min: { type: integer, default: 5, unit: providers in the window }
  baseline:      { type: interval, default: 28 days }
  days_min:      { type: integer, default: 3, unit: earlier days of the family }
  networks_wide: { type: integer, default: 5, unit: median networks a day of a family in wide use }
needs:
  token: public_n > 0 AND ok > 0 AND (SELECT count(*) FROM feed WHERE list = 'geo') > 0
  part: narrow
runbook: |
  1. List the requests of this token_hash from first_seen to last_seen by caller_ip and user_agent.
  2. Ask its owner who else has the URL; compare with the networks of the 28 days before.
  3. If nobody has, revoke the token and list what the other country read or wrote within 7 days.
tests:
  - name: fires for two countries within the hour
    feeds:
      - { list: geo, network: 198.51.100.0/24, country: AA, asn: 64500 }
      - { list: geo, network: 203.0.113.0/24, country: BB, asn: 64501 }
      - { list: geo, network: 192.0.2.0/24, country: CC, asn: 64502 }
      - { list: geo, network: 10.0.0.0/8, country: DD, asn: 64503 }
      - { list: hosting, network: 198.51.100.0/24, country: EE, asn: 64504 }
    rows:
      - { token_hash: A, caller_ip: 192.0.2.7, time: 2026-01-01 10:30:00, status_code: 403 }
      - { token_hash: A, caller_ip: 10.0.0.7, ip_class: private, time: 2026-01-01 10:30:00 }
      - { token_hash: A, caller_ip: 198.51.100.7, time: 2026-01-01 10:00:00 }
      - { token_hash: A, caller_ip: 203.0.113.7, time: 2026-01-01 10:59:00 }
    expect: [{ token_hash: A, level: medium, countries: [AA, BB], providers: 2, window_start: 2026-01-01 00:00:00 }]
  - name: fires for five providers in one country, is silent for four and after two hours
    feeds:
      - { list: geo, network: 198.51.100.0/28, country: AA, asn: 64500 }
      - { list: geo, network: 198.51.100.16/28, country: AA, asn: 64501 }
      - { list: geo, network: 198.51.100.32/28, country: AA, asn: 64502 }
      - { list: geo, network: 198.51.100.48/28, country: AA, asn: 64503 }
      - { list: geo, network: 198.51.100.64/28, country: AA, asn: 64504 }
      - { list: geo, network: 203.0.113.0/24, country: BB, asn: 64501 }
    rows:
      - { token_hash: A, caller_ip: 198.51.100.1 }
      - { token_hash: A, caller_ip: 198.51.100.17 }
      - { token_hash: A, caller_ip: 198.51.100.33 }
      - { token_hash: A, caller_ip: 198.51.100.49 }
      - { token_hash: A, caller_ip: 198.51.100.65 }
      - { token_hash: B, caller_ip: 198.51.100.1 }
      - { token_hash: B, caller_ip: 198.51.100.17 }
      - { token_hash: B, caller_ip: 198.51.100.33 }
      - { token_hash: B, caller_ip: 198.51.100.49 }
      - { token_hash: C, caller_ip: 198.51.100.1, time: 2026-01-01 10:00:00 }
      - { token_hash: C, caller_ip: 203.0.113.7, time: 2026-01-01 12:00:00 }
    expect: [{ token_hash: A, providers: 5 }]
  - name: silent without a feed, and with one of another time
    feeds:
      - { list: geo, network: 198.51.100.0/24, country: AA, asn: 64500, valid_until: 2025-12-31 }
      - { list: geo, network: 203.0.113.0/24, country: BB, asn: 64501, valid_from: 2026-02-01 }
      - { list: geo, network: 192.0.2.0/24, country: CC, asn: 64502 }
    rows:
      - { token_hash: A, caller_ip: 198.51.100.7 }
      - { token_hash: A, caller_ip: 203.0.113.7 }
      - { token_hash: B, caller_ip: 192.0.2.7 }
      - { token_hash: C, caller_ip: 192.0.2.7 }
      - { token_hash: C, caller_ip: 198.51.100.7 }
      - { token_hash: D, caller_ip: 192.0.2.7 }
      - { token_hash: D, caller_ip: 203.0.113.7 }
    expect: []
  - name: silent for a family in wide use for days
    feeds:
      - { list: geo, network: 198.51.100.0/24, country: AA, asn: 64500 }
      - { list: geo, network: 203.0.113.0/24, country: BB, asn: 64501 }
    rows:
      - { token_hash: A, time: 2026-01-01 10:00:00, caller_ip: '2001:db8:{i}::1', repeat: 6, every: 1 hour }
      - { token_hash: A, time: 2026-01-02 10:00:00, caller_ip: '2001:db8:{i}::1', repeat: 6, every: 1 hour }
      - { token_hash: A, time: 2026-01-03 10:00:00, caller_ip: '2001:db8:{i}::1', repeat: 6, every: 1 hour }
      - { token_hash: B, caller_ip: 198.51.100.7, time: 2026-01-04 10:00:00 }
      - { token_hash: B, caller_ip: 203.0.113.7, time: 2026-01-04 10:30:00 }
    expect: []
  - name: silent for a family that was in wide use three weeks ago, fires for it after forty days
    feeds:
      - { list: geo, network: 198.51.100.0/24, country: AA, asn: 64500 }
      - { list: geo, network: 203.0.113.0/24, country: BB, asn: 64501 }
    rows:
      - { token_hash: Ar, sas_sp: r, time: 2026-01-01 10:00:00, caller_ip: '2001:db8:{i}::1', repeat: 6, every: 1 hour }
      - { token_hash: Ar, sas_sp: r, time: 2026-01-02 10:00:00, caller_ip: '2001:db8:{i}::1', repeat: 6, every: 1 hour }
      - { token_hash: Ar, sas_sp: r, time: 2026-01-03 10:00:00, caller_ip: '2001:db8:{i}::1', repeat: 6, every: 1 hour }
      - { token_hash: B, sas_sp: r, caller_ip: 198.51.100.7, time: 2026-01-21 10:00:00 }
      - { token_hash: B, sas_sp: r, caller_ip: 203.0.113.7, time: 2026-01-21 10:30:00 }
      - { token_hash: Ard, sas_sp: rd, time: 2026-01-01 10:00:00, caller_ip: '2001:db8:{i}::1', repeat: 6, every: 1 hour }
      - { token_hash: Ard, sas_sp: rd, time: 2026-01-02 10:00:00, caller_ip: '2001:db8:{i}::1', repeat: 6, every: 1 hour }
      - { token_hash: Ard, sas_sp: rd, time: 2026-01-03 10:00:00, caller_ip: '2001:db8:{i}::1', repeat: 6, every: 1 hour }
      - { token_hash: C, sas_sp: rd, caller_ip: 198.51.100.7, time: 2026-01-04 10:00:00 }
      - { token_hash: C, sas_sp: rd, caller_ip: 203.0.113.7, time: 2026-01-04 10:30:00 }
      - { token_hash: C, sas_sp: rd, caller_ip: 198.51.100.7, time: 2026-02-12 10:00:00 }
      - { token_hash: C, sas_sp: rd, caller_ip: 203.0.113.7, time: 2026-02-12 10:30:00 }
    expect: [{ token_hash: C, window_start: 2026-02-12 00:00:00 }]
  - name: fires for a family with three networks a day, and for one in wide use for two days
    feeds:
      - { list: geo, network: 198.51.100.0/24, country: AA, asn: 64500 }
      - { list: geo, network: 203.0.113.0/24, country: BB, asn: 64501 }
    rows:
      - { token_hash: Ar, sas_sp: r, time: 2026-01-01 10:00:00, caller_ip: '2001:db8:{i}::1', repeat: 3, every: 1 hour }
      - { token_hash: Ar, sas_sp: r, time: 2026-01-02 10:00:00, caller_ip: '2001:db8:{i}::1', repeat: 3, every: 1 hour }
      - { token_hash: Ar, sas_sp: r, time: 2026-01-03 10:00:00, caller_ip: '2001:db8:{i}::1', repeat: 3, every: 1 hour }
      - { token_hash: B, sas_sp: r, caller_ip: 198.51.100.7, time: 2026-01-04 10:00:00 }
      - { token_hash: B, sas_sp: r, caller_ip: 203.0.113.7, time: 2026-01-04 10:30:00 }
      - { token_hash: Ard, sas_sp: rd, time: 2026-01-01 10:00:00, caller_ip: '2001:db8:{i}::1', repeat: 6, every: 1 hour }
      - { token_hash: Ard, sas_sp: rd, time: 2026-01-02 10:00:00, caller_ip: '2001:db8:{i}::1', repeat: 6, every: 1 hour }
      - { token_hash: C, sas_sp: rd, caller_ip: 198.51.100.7, time: 2026-01-03 10:00:00 }
      - { token_hash: C, sas_sp: rd, caller_ip: 203.0.113.7, time: 2026-01-03 10:30:00 }
    expect: [{ token_hash: B }, { token_hash: C }]
  - name: fires for IPv6 and IPv4 in two countries
    feeds:
      - { list: geo, network: '2001:db8::/32', country: AA, asn: 64500 }
      - { list: geo, network: 203.0.113.0/24, country: BB, asn: 64501 }
    rows:
      - { token_hash: A, caller_ip: '2001:db8:ff::7', time: 2026-01-01 10:00:00 }
      - { token_hash: A, caller_ip: 203.0.113.7, time: 2026-01-01 10:30:00 }
    expect: [{ token_hash: A, countries: [AA, BB] }]
---*/
WITH suspects AS (
  SELECT token_hash, account, day, max(token_key) AS token_key, max(family) AS family FROM sas_use
  WHERE bucket >= $since::TIMESTAMP - $window AND bucket < $until::TIMESTAMP AND /* narrows: so asks every row */ public_n > 0
    AND /* narrows: likewise */ ok > 0 AND /* narrows: each row is looked up in it */ EXISTS (FROM feed f
      WHERE /* narrows: likewise */ f.list = 'geo')
  GROUP BY token_hash, account, day HAVING /* narrows: one address is in one place */ bit_count(bit_or(ip_bits::BIT)) >= 2),
family_networks AS (
  SELECT account, family, day, most_networks AS networks FROM family_day
  WHERE day >= $since::TIMESTAMP - $baseline AND day < $until::TIMESTAMP),
wide AS (
  SELECT s.token_hash, s.account, s.day FROM suspects s JOIN family_networks f ON f.account = s.account AND f.family = s.family
    AND f.day < s.day AND f.day >= s.day - $baseline
  GROUP BY ALL HAVING count(*) >= $days_min AND median(f.networks) >= $networks_wide),
narrow AS (
  SELECT s.* FROM suspects s ANTI JOIN wide w ON w.token_hash = s.token_hash AND w.account = s.account AND w.day = s.day),
uses AS (
  SELECT DISTINCT n.token_hash, l.account, l.time, g.country, g.asn
  FROM log_row l JOIN narrow n ON l.account = n.account AND coalesce(l.token, l.token_fingerprint) = n.token_key
      AND l.time::DATE = n.day
    JOIN feed g ON g.list = 'geo' AND address_of(l.caller_ipv4, l.caller_ip) BETWEEN g.address_first AND g.address_last
      AND l.time >= coalesce(g.valid_from, l.time) AND l.time < coalesce(g.valid_until, l.time + INTERVAL '1 second')
  WHERE l.time >= $since::TIMESTAMP - $window AND l.time < $until::TIMESTAMP AND l.operation_count = 0 AND l.ip_class = 'public'
    AND (l.status_code BETWEEN 200 AND 299 OR l.status_code = 304)),
spans AS (
  SELECT *, list_sort(list_distinct(list(country) OVER span)) AS countries, count(DISTINCT asn) OVER span AS providers,
         min(time) OVER span AS since_time
  FROM uses
  WINDOW span AS (PARTITION BY token_hash, account ORDER BY time RANGE BETWEEN $window PRECEDING AND CURRENT ROW))
SELECT token_hash, account, time::DATE::TIMESTAMP AS window_start, min(since_time) AS first_seen, max(time) AS last_seen,
       'medium' AS level, arg_max(countries, len(countries)) AS countries, max(providers)::BIGINT AS providers
FROM spans
WHERE time >= $since::TIMESTAMP AND (len(countries) >= $countries_min OR providers >= $providers_min)
GROUP BY token_hash, account, time::DATE
