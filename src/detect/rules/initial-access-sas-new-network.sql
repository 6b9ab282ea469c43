/*---
title: SAS token used from a new network
id: 2b9d6e13-6f4c-4c0e-9a55-3d8b1f7e0c51
code: B-NET-1
version: 2
status: experimental
kind: baseline
entity: token
level: low
date: 2026-11-24
modified: 2026-11-26
description: >-
  A token at least a week old is used from a public network (/24, /64) that it had not been used from in the 28 days before:
  low for reads, high for writes and deletes, and medium for these where the token has moved: from the first request of the
  new network on, none came from anywhere else that day and none with a tool unknown for the token. For a token in wide use (five networks or more in 28 days, and one
  for every three days of use) a new network alone is normal; there it must also do what makes up less than one request in a
  hundred of that token: medium for lists, high for writes and deletes. One finding per token and UTC day.
tags: [attack.initial-access, attack.t1078.004]
falsepositives:
  - An office or a partner whose provider changed its address
  - A new runner of a job with a token of its own
blindspots:
  - Thieves behind the owner's proxy or in the same cloud region, which shows private addresses
  - New readers of a token in wide use
  - A network that has been using the token for a week counts as its own
  - Networks are compared in a bitmap of 1,024 bits, which hides a new one in up to three of a hundred cases
params:
  age_min:        { type: interval, default: 7 days }
  baseline:       { type: interval, default: 28 days }
  networks_roaming: { type: integer, default: 5, unit: 'networks in the baseline that make a token one of wide use, if a third as many as days of use' }
  rare_one_in:    { type: integer, default: 100, unit: requests of the token }
needs:
  token: public_n > 0 AND first_seen < $until::TIMESTAMP - $age_min + INTERVAL '1 day'
  part: suspects
  only: [token_day]
  rows: day - least(INTERVAL '2 days', $baseline)
  daily: networks
  older: { part: unsure, rows: day - $baseline }
runbook: |
  1. List the requests of this token_hash from `networks` on the day of window_start, by operation_class, container and user_agent.
  2. Ask the token's owner for a move or a new job within the 7 days before; look the network up in the routing registry as of that day.
  3. If nobody knows it, list what it did in the 30 days after first_seen, and revoke the token.
tests:
  - name: fires low for a first-seen network of a narrow token
    rows:
      - { token_hash: A, time: 2026-01-01 06:00:00, caller_ip: 192.0.2.1, repeat: 20, every: 12 hours }
      - { token_hash: A, time: 2026-01-10 19:00:00, caller_ip: 203.0.113.7, repeat: 3, every: 1 minute }
    expect: [{ token_hash: A, level: low, networks: [203.0.113.0/24], operations: [read], requests: 3, window_start: 2026-01-10 00:00:00, first_seen: 2026-01-10 19:00:00 }]
  - name: fires high where it writes
    rows:
      - { token_hash: A, time: 2026-01-01 06:00:00, caller_ip: 192.0.2.1, repeat: 20, every: 12 hours }
      - { token_hash: A, time: 2026-01-10 19:00:00, caller_ip: '2001:db8:1:2::7', operation_name: PutBlob, operation_class: write }
      - { token_hash: A, time: 2026-01-10 20:00:00, caller_ip: 192.0.2.1 }
      - { token_hash: B, time: 2026-01-01 06:00:00, caller_ip: 192.0.2.1, repeat: 20, every: 12 hours }
      - { token_hash: B, time: 2026-01-10 19:00:00, caller_ip: 203.0.113.7, user_agent: curl/8.5.0, operation_name: PutBlob, operation_class: write }
    expect: [{ token_hash: A, level: high, moved: false, networks: ['2001:db8:1:2::/64'] }, { token_hash: B, level: high, moved: false }]
  - name: fires medium where it writes and all of the token's use has moved
    rows:
      - { token_hash: A, time: 2026-01-01 06:00:00, caller_ip: 192.0.2.1, repeat: 19, every: 12 hours }
      - { token_hash: A, time: 2026-01-10 19:00:00, caller_ip: 203.0.113.7, operation_name: PutBlob, operation_class: write }
    expect: [{ token_hash: A, level: medium, moved: true, networks: [203.0.113.0/24] }]
  - name: fires medium where a new network lists with a token in wide use
    rows:
      - { token_hash: A, time: 2026-01-01 06:00:00, caller_ip: '2001:db8:{i}::1', repeat: 300, every: 1 hour }
      - { token_hash: A, time: 2026-01-12 19:00:00, caller_ip: 203.0.113.7, operation_name: ListContainers, operation_class: list }
    expect: [{ token_hash: A, level: medium, wide: true, networks: [203.0.113.0/24], operations: [list] }]
  - name: silent for new readers of a token in wide use
    rows: [{ token_hash: A, caller_ip: '2001:db8:{i}::1', repeat: 300, every: 1 hour }]
    expect: []
  - name: silent for a token that is seldom used, but from ever new networks
    rows: [{ token_hash: A, caller_ip: '2001:db8:{i}::1', repeat: 20, every: 18 hours }]
    expect: []
  - name: silent in the first week, for known networks and for private addresses
    rows:
      - { token_hash: A, time: 2026-01-01 06:00:00, caller_ip: 192.0.2.1, repeat: 20, every: 12 hours }
      - { token_hash: A, time: 2026-01-05 06:00:00, caller_ip: 203.0.113.7 }
      - { token_hash: A, time: 2026-01-10 06:00:00, caller_ip: 203.0.113.9 }
      - { token_hash: A, time: 2026-01-10 07:00:00, caller_ip: 10.0.0.4, ip_class: private }
      - { token_hash: B, time: 2026-01-01 06:00:00, caller_ip: 192.0.2.1, repeat: 60, every: 12 hours }
      - { token_hash: B, time: 2026-01-02 06:00:00, caller_ip: 203.0.113.7 }
      - { token_hash: B, time: 2026-01-22 06:00:00, caller_ip: 203.0.113.7 }
    expect: []
  - name: fires where the network was last seen forty days ago
    rows:
      - { token_hash: A, time: 2026-01-01 06:00:00, caller_ip: 192.0.2.1, repeat: 100, every: 12 hours }
      - { token_hash: A, time: 2026-01-02 06:00:00, caller_ip: 203.0.113.7 }
      - { token_hash: A, time: 2026-02-11 06:00:00, caller_ip: 203.0.113.7 }
    expect: [{ window_start: 2026-02-11 00:00:00 }]
  - name: fires low for a fourth network
    rows:
      - { token_hash: A, time: 2026-01-01 06:00:00, caller_ip: 192.0.2.1, repeat: 20, every: 12 hours }
      - { token_hash: A, time: 2026-01-01 08:00:00, caller_ip: 198.51.100.1 }
      - { token_hash: A, time: 2026-01-01 09:00:00, caller_ip: '2001:db8:5:6::1' }
      - { token_hash: A, time: 2026-01-10 19:00:00, caller_ip: 203.0.113.7 }
    expect: [{ level: low, wide: false }]
  - name: silent where a new network does with a token in wide use what one request in a hundred did
    rows:
      - { token_hash: A, time: 2026-01-01 06:00:00, caller_ip: '2001:db8:{i}::1', repeat: 300, every: 1 hour }
      - { token_hash: A, time: 2026-01-02 06:00:00, caller_ip: 192.0.2.1, operation_name: ListBlobs, operation_class: list, repeat: 4, every: 1 day }
      - { token_hash: A, time: 2026-01-02 06:00:00, caller_ip: 192.0.2.1, operation_name: PutBlob, operation_class: write, repeat: 4, every: 1 day }
      - { token_hash: A, time: 2026-01-02 06:00:00, caller_ip: 192.0.2.1, operation_name: CopyBlob, operation_class: copy, repeat: 4, every: 1 day }
      - { token_hash: A, time: 2026-01-02 06:00:00, caller_ip: 192.0.2.1, operation_name: DeleteBlob, operation_class: delete, repeat: 4, every: 1 day }
      - { token_hash: A, time: 2026-01-02 06:00:00, caller_ip: 192.0.2.1, operation_name: SetBlobTier, operation_class: tier, repeat: 4, every: 1 day }
      - { token_hash: A, time: 2026-01-12 19:00:00, caller_ip: 203.0.113.7, operation_name: ListBlobs, operation_class: list }
      - { token_hash: A, time: 2026-01-12 19:00:00, caller_ip: 203.0.113.7, operation_name: PutBlob, operation_class: write }
      - { token_hash: A, time: 2026-01-12 19:00:00, caller_ip: 203.0.113.7, operation_name: CopyBlob, operation_class: copy }
      - { token_hash: A, time: 2026-01-12 19:00:00, caller_ip: 203.0.113.7, operation_name: DeleteBlob, operation_class: delete }
      - { token_hash: A, time: 2026-01-12 19:00:00, caller_ip: 203.0.113.7, operation_name: SetBlobTier, operation_class: tier }
    expect: []
  - name: fires for what fewer did
    rows:
      - { token_hash: A, time: 2026-01-01 06:00:00, caller_ip: '2001:db8:{i}::1', repeat: 300, every: 1 hour }
      - { token_hash: A, time: 2026-01-02 06:00:00, caller_ip: 192.0.2.1, operation_name: ListBlobs, operation_class: list, repeat: 2, every: 1 day }
      - { token_hash: A, time: 2026-01-12 19:00:00, caller_ip: 203.0.113.7, operation_name: ListBlobs, operation_class: list }
    expect: [{ level: medium, wide: true, operations: [list] }]
---*/
WITH aged AS (
  SELECT token_hash, account FROM token_life
  WHERE last_seen >= $since::TIMESTAMP AND first_seen < $until::TIMESTAMP - $age_min + INTERVAL '1 day'),
days AS (
  SELECT token_hash, token_key, account, day, n, ok AS requests, public_n, network_bits AS bits, agent_bits, lists, writes, copies, deletes,
         acls + tiers + policies AS controls
  FROM token_day SEMI JOIN aged USING (token_hash, account)
  WHERE day >= $since::TIMESTAMP - $baseline AND day < $until::TIMESTAMP),
earlier AS (
  SELECT d.token_hash, d.account, d.day, count(*) AS days_before, bit_or(e.bits) AS bits_before, bit_or(e.agent_bits) AS agents_before,
         sum(e.requests) AS requests_before, sum(e.lists) AS lists_before, sum(e.writes) AS writes_before,
         sum(e.copies) AS copies_before, sum(e.deletes) AS deletes_before, sum(e.controls) AS controls_before
  FROM days d JOIN days e
    ON e.token_hash = d.token_hash AND e.account = d.account AND e.day < d.day AND e.day >= d.day - $baseline
  WHERE d.day >= $since::TIMESTAMP::DATE AND /* narrows: so asks every network */ d.public_n > 0
  GROUP BY d.token_hash, d.account, d.day HAVING min(e.day) <= d.day - $age_min),
judged AS (
  SELECT *, distinct_estimate(bits_before) >= greatest($networks_roaming, days_before / 3) AS wide,
         list_filter([if(lists > 0 AND lists_before * $rare_one_in < requests_before, 'list', NULL),
                      if(writes > 0 AND writes_before * $rare_one_in < requests_before, 'write', NULL),
                      if(copies > 0 AND copies_before * $rare_one_in < requests_before, 'copy', NULL),
                      if(deletes > 0 AND deletes_before * $rare_one_in < requests_before, 'delete', NULL),
                      if(controls > 0 AND controls_before * $rare_one_in < requests_before, 'acl', NULL)],
                     lambda class: class IS NOT NULL) AS rare
  FROM days JOIN earlier USING (token_hash, account, day)),
suspects AS (
  SELECT token_hash, token_key, account, day, n, wide, rare, agent_bits & ~agents_before = 0 AS known_tools,
         bit_count(bits & ~bits_before) AS new_bits
  FROM judged
  WHERE /* narrows: networks are looked up by name, and operations by network */ if(wide, len(rare) > 0, bit_count(bits & ~bits_before) > 0)),
networks AS (
  SELECT s.token_hash, l.account, time_bucket(INTERVAL '1 day', l.time)::DATE AS day,
         network_of(l.caller_ipv4, l.caller_ip) AS network, bool_or(l.ip_class = 'public') AS public,
         list_distinct(list(if(l.operation_class IN ('tier', 'policy'), 'acl', l.operation_class))) AS classes,
         count(*) AS requests, min(l.time) AS first_time, max(l.time) AS last_time
  FROM log_row l JOIN (SELECT DISTINCT token_hash, token_key, account FROM suspects) s
    ON l.account = s.account AND coalesce(l.token, l.token_fingerprint) = s.token_key
  WHERE l.time >= $since::TIMESTAMP - $baseline AND l.time < $until::TIMESTAMP AND l.operation_count = 0
    AND (l.status_code BETWEEN 200 AND 299 OR l.status_code = 304)
  GROUP BY ALL),
firsts AS (
  SELECT n.*, day_before IS NULL OR day_before < day - $baseline AS new
  FROM (SELECT *, lag(day) OVER (PARTITION BY token_hash, account, network ORDER BY day) AS day_before FROM networks) n),
-- Where all of a day's requests are here and as many networks are new as bits, each of them has a bit of its own: none was met before.
unsure AS (
  SELECT s.token_hash, s.token_key, s.account, s.day FROM suspects s JOIN firsts f USING (token_hash, account, day)
  GROUP BY ALL
  HAVING /* narrows: what is read twice is the same */ sum(f.requests) <> any_value(s.n) OR count(*) FILTER (f.new) <> any_value(s.new_bits)),
-- Networks known before that the token was used from on the day, and until when.
others AS (
  SELECT token_hash, account, day, max(last_time) AS last_time FROM firsts WHERE NOT new GROUP BY ALL)
SELECT f.token_hash, f.account, f.day::TIMESTAMP AS window_start, min(f.first_time) AS first_seen,
       max(f.last_time) AS last_seen,
       coalesce(max(o.last_time) < min(f.first_time), true) AND bool_and(s.known_tools) AND NOT bool_or(s.wide) AS moved,
       CASE WHEN list_has_any(flatten(list(f.classes)), ['write', 'copy', 'delete', 'acl']) THEN if(moved, 'medium', 'high')
            WHEN bool_or(s.wide) THEN 'medium' ELSE 'low' END AS level,
       list_sort(list(f.network)) AS networks, list_sort(list_distinct(flatten(list(f.classes)))) AS operations,
       sum(f.requests)::INTEGER AS requests, bool_or(s.wide) AS wide
FROM firsts f JOIN suspects s ON f.token_hash = s.token_hash AND f.account = s.account AND f.day = s.day
  LEFT JOIN others o ON f.token_hash = o.token_hash AND f.account = o.account AND f.day = o.day
WHERE f.new AND f.public AND (NOT s.wide OR list_has_any(f.classes, s.rare))
GROUP BY f.token_hash, f.account, f.day
