/*---
title: SAS token used from a listed address
id: 7f541e72-3407-531d-bab2-ac4a1f988e24
code: X-TI-1
version: 1
status: experimental
kind: window
entity: token
level: medium
date: 2026-11-24
description: >-
  A token succeeds from an address that a dated list of the user's holds: high for Tor exits and threat lists, medium for
  hosting providers. The list of the day of the request counts. Needs the feeds `tor`, `threat` or `hosting`; silent without
  them. One finding per token and UTC day.
tags: [attack.command-and-control, attack.t1090.003]
falsepositives:
  - Researchers who scan
  - The owner's own servers at a listed provider; leave that provider out of the list
blindspots:
  - As good as the list on that day
params:
  requests_min: { type: integer, default: 1, unit: successful requests from listed addresses }
needs:
  token: >-
    public_n > 0 AND ok > 0 AND (SELECT count(*) FROM feed WHERE list IN ('tor', 'threat', 'hosting')) > 0
runbook: |
  1. List the requests of this token_hash from `addresses` from first_seen to last_seen by operation_class and object.
  2. Look whether those addresses used other tokens of the account within the 7 days around first_seen.
  3. If its owner does not know them, revoke the token, and list what it did since first_seen.
tests:
  - name: fires high for a Tor exit of that day, medium for a hosting provider
    feeds:
      - { list: tor, network: 203.0.113.7, valid_from: 2026-01-01, valid_until: 2026-01-02 }
      - { list: hosting, network: 198.51.100.0/24, label: hoster }
    rows:
      - { token_hash: A, caller_ip: 203.0.113.7 }
      - { token_hash: B, caller_ip: 198.51.100.99, repeat: 2, every: 1 minute }
    expect: [{ token_hash: A, level: high, lists: [tor], addresses: [203.0.113.7] }, { token_hash: B, level: medium, requests: 2, labels: [hoster] }]
  - name: fires high for a threat list, by IPv6 too
    feeds: [{ list: threat, network: 203.0.113.0/28 }, { list: threat, network: '2001:db8:0:10::/60' }]
    rows: [{ token_hash: A, caller_ip: 203.0.113.15 }, { token_hash: B, caller_ip: 203.0.113.16 }, { token_hash: C, caller_ip: '2001:db8:0:1f::7' }, { token_hash: D, caller_ip: '2001:db8:0:20::7' }, { token_hash: D, caller_ip: '2001:db8:x' }]
    expect: [{ token_hash: A, level: high }, { token_hash: C, level: high, addresses: ['2001:db8:0:1f::7'] }]
  - name: silent without a feed, with one of another day, for a refusal, for a private address, and for where an address is known to be
    feeds:
      - { list: tor, network: 203.0.113.7, valid_from: 2026-01-02 }
      - { list: tor, network: 203.0.113.8, valid_until: 2026-01-01 }
      - { list: tor, network: 203.0.113.9 }
      - { list: tor, network: 10.0.0.0/8 }
      - { list: geo, network: 198.51.100.0/24, country: AA }
    rows:
      - { token_hash: A, caller_ip: 203.0.113.7 }
      - { token_hash: A, caller_ip: 203.0.113.8 }
      - { token_hash: B, caller_ip: 203.0.113.9, status_code: 403 }
      - { token_hash: C, caller_ip: 198.51.100.99 }
      - { token_hash: null, token_fingerprint: null, sas_kind: null, auth_type: anonymous, caller_ip: 203.0.113.9 }
      - { token_hash: B, caller_ip: 192.0.2.10 }
      - { token_hash: B, caller_ip: 10.0.0.4, ip_class: private }
    expect: []
  - name: silent below the number of requests asked for, also where the record came twice
    params: { requests_min: 2 }
    feeds: [{ list: tor, network: 203.0.113.7 }]
    rows: [{ token_hash: A, caller_ip: 203.0.113.7, repeat: 2 }]
    expect: []
---*/
WITH listed AS (
  SELECT * FROM feed WHERE list IN ('tor', 'threat', 'hosting')),
seen AS (
  SELECT token_hash, account, day, max(token_key) AS token_key FROM sas_use
  WHERE bucket >= $since::TIMESTAMP AND bucket < $until::TIMESTAMP AND /* narrows: so asks every row */ public_n > 0
    AND /* narrows: likewise */ ok > 0 AND /* narrows: each row is looked up in it */ EXISTS (FROM listed)
  GROUP BY ALL),
requests AS (
  SELECT DISTINCT ON (s.token_hash, l.account, l.correlation_id, l.time, l.time_tick, l.operation_name, l.object_key, l.caller_ip, l.caller_port, f.list, f.label)
         s.token_hash, l.account, l.time, l.caller_ip, f.list, f.label
  FROM log_row l JOIN seen s ON l.account = s.account AND coalesce(l.token, l.token_fingerprint) = s.token_key AND /* narrows: other days have no such row */ l.time::DATE = s.day
    JOIN listed f ON address_of(l.caller_ipv4, l.caller_ip) BETWEEN f.address_first AND f.address_last
      AND l.time >= coalesce(f.valid_from, l.time) AND l.time < coalesce(f.valid_until, l.time + INTERVAL '1 second')
  WHERE l.time >= $since::TIMESTAMP AND l.time < $until::TIMESTAMP AND l.operation_count = 0 AND l.ip_class = 'public'
    AND (l.status_code BETWEEN 200 AND 299 OR l.status_code = 304))
SELECT token_hash, account, time::DATE::TIMESTAMP AS window_start, min(time) AS first_seen, max(time) AS last_seen,
       if(bool_or(list IN ('tor', 'threat')), 'high', 'medium') AS level, count(*)::BIGINT AS requests,
       list_sort(list(DISTINCT list)) AS lists, coalesce(list_sort(list(DISTINCT label) FILTER (label IS NOT NULL)), [])[1:5] AS labels,
       list_sort(list(DISTINCT caller_ip))[1:20] AS addresses
FROM requests GROUP BY token_hash, account, time::DATE
HAVING count(*) >= $requests_min
