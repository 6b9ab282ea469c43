/*---
title: SAS token used with a new tool
id: bfa91c66-70f3-56d4-a1b4-2c93550e0d6e
code: B-UA-1
version: 1
status: experimental
kind: baseline
entity: token
level: medium
date: 2026-11-24
description: >-
  A token at least a week old is used with a tool that it had not been used with in the 28 days before, for twenty requests or
  for any write, delete or change of access. Versions do not count, only what a user agent begins with. Silent for a token
  that meets a new tool on one day in three, as public links do. One finding per token and UTC day.
tags: [attack.initial-access, attack.t1078.004]
falsepositives:
  - A job moved to another SDK
blindspots:
  - Whoever sends the owner's user agent, or none
  - Tools are compared in a bitmap of 64 bits, which hides a new one now and then
params:
  age_min:      { type: interval, default: 7 days }
  requests_min: { type: integer, default: 20, unit: requests with the new tool }
  baseline:     { type: interval, default: 28 days }
  wide_one_in:  { type: integer, default: 3, unit: days of use for each tool that make a token one of many tools }
needs:
  token: >-
    first_seen < $until::TIMESTAMP - $age_min + INTERVAL '1 day' AND (ok >= $requests_min OR writes + copies + deletes + acls + tiers +
    policies > 0)
  part: suspects
  only: [token_day]
  rows: day - least(INTERVAL '2 days', $baseline)
  daily: tool_days
  older: { part: unsure, rows: day - $baseline }
runbook: |
  1. List the requests with `tools` of this token_hash on the day of window_start by caller_ip and operation_class.
  2. Look whether the same caller_ip used the token in the 28 days before, with another tool: then ask for a release.
  3. If not, list what the tool read or wrote within 7 days after first_seen, and treat the token as leaked.
tests:
  - name: fires for twenty reads with a copy tool
    rows:
      - { token_hash: A, time: 2026-01-01 06:00:00, repeat: 16, every: 12 hours }
      - { token_hash: A, time: 2026-01-10 06:00:00, user_agent: AzCopy/10.13.0 Azure-Storage/0.14, repeat: 20, every: 1 minute }
    expect: [{ token_hash: A, level: medium, tools: [azcopy], requests: 20, window_start: 2026-01-10 00:00:00 }]
  - name: fires for one delete with it
    rows:
      - { token_hash: A, time: 2026-01-01 06:00:00, repeat: 16, every: 12 hours }
      - { token_hash: A, time: 2026-01-10 06:00:00, user_agent: rclone/v1.62, operation_class: delete, operation_name: DeleteBlob }
    expect: [{ token_hash: A, tools: [rclone], changes: 1 }]
  - name: silent for 19 reads, for another version, in the first week, for refusals, for what names no tool, and for one of three weeks ago
    rows:
      - { token_hash: A, time: 2026-01-01 06:00:00, repeat: 16, every: 12 hours }
      - { token_hash: A, time: 2026-01-10 06:00:00, user_agent: curl/8.0, repeat: 19, every: 1 minute }
      - { token_hash: A, time: 2026-01-10 06:00:00, user_agent: curl/8.0, repeat: 19, every: 1 minute }
      - { token_hash: B, time: 2026-01-01 06:00:00, repeat: 16, every: 12 hours }
      - { token_hash: B, time: 2026-01-10 06:00:00, user_agent: azsdk-net-Storage.Blobs/13.0.0, repeat: 30, every: 1 minute }
      - { token_hash: C, time: 2026-01-06 06:00:00, repeat: 6, every: 12 hours }
      - { token_hash: C, time: 2026-01-10 06:00:00, user_agent: curl/8.0, repeat: 30, every: 1 minute }
      - { token_hash: D, time: 2026-01-01 06:00:00, repeat: 20, every: 12 hours }
      - { token_hash: D, time: 2026-01-10 06:00:00, user_agent: curl/8.0, status_code: 403, repeat: 30, every: 1 minute }
      - { token_hash: E, time: 2026-01-01 06:00:00, repeat: 20, every: 12 hours }
      - { token_hash: E, time: 2026-01-10 06:00:00, user_agent: null, repeat: 30, every: 1 minute }
      - { token_hash: F, time: 2026-01-01 06:00:00, repeat: 44, every: 12 hours }
      - { token_hash: F, time: 2026-01-02 06:00:00, user_agent: curl/8.0, repeat: 25, every: 1 minute }
      - { token_hash: F, time: 2026-01-22 06:00:00, user_agent: curl/8.0, repeat: 25, every: 1 minute }
      - { token_hash: D, time: 2026-01-10 06:00:00, repeat: 20, every: 1 minute }
    expect: []
  - name: silent for a public link with ever new tools, and for four in eight days
    rows:
      - { token_hash: A, time: 2026-01-01 06:00:00, user_agent: 'tool{i}/1', repeat: 16, every: 18 hours }
      - { token_hash: A, time: 2026-01-14 06:00:00, user_agent: curl/8.0, repeat: 30, every: 1 minute }
      - { token_hash: B, time: 2026-01-01 06:00:00, user_agent: 'tool{i}/1', repeat: 4, every: 1 day }
      - { token_hash: B, time: 2026-01-05 06:00:00, user_agent: tool1/1, repeat: 4, every: 1 day }
      - { token_hash: B, time: 2026-01-09 06:00:00, user_agent: curl/8.0, repeat: 30, every: 1 minute }
    expect: []
  - name: fires where the tool was last seen forty days ago
    rows:
      - { token_hash: A, time: 2026-01-20 06:00:00, user_agent: curl/8.0, repeat: 20, every: 1 hour }
      - { token_hash: A, time: 2026-02-10 06:00:00, repeat: 40, every: 12 hours }
      - { token_hash: A, time: 2026-03-01 06:00:00, user_agent: curl/8.0, repeat: 30, every: 1 minute }
    expect: [{ token_hash: A, tools: [curl] }]
  - name: fires for a third tool in eight days
    rows:
      - { token_hash: A, time: 2026-01-01 06:00:00, repeat: 16, every: 12 hours }
      - { token_hash: A, time: 2026-01-01 06:00:00, user_agent: python-requests/2.31 }
      - { token_hash: A, time: 2026-01-09 06:00:00, user_agent: curl/8.0, repeat: 30, every: 1 minute }
    expect: [{ tools: [curl] }]
---*/
WITH aged AS (
  SELECT token_hash, account FROM token_life
  WHERE last_seen >= $since::TIMESTAMP AND first_seen < $until::TIMESTAMP - $age_min + INTERVAL '1 day'),
days AS (
  SELECT token_hash, account, day, token_key, agent_bits, n, writes + copies + deletes + acls + tiers + policies AS changes, ok
  FROM token_day SEMI JOIN aged USING (token_hash, account)
  WHERE day >= $since::TIMESTAMP - $baseline AND day < $until::TIMESTAMP),
earlier AS (
  SELECT d.token_hash, d.account, d.day, bit_or(e.agent_bits) AS bits_before, count(*) AS days_before
  FROM days d JOIN days e
    ON e.token_hash = d.token_hash AND e.account = d.account AND e.day < d.day AND e.day >= d.day - $baseline
  WHERE d.day >= $since::TIMESTAMP AND /* narrows: so asks every tool */ (d.ok >= $requests_min OR d.changes > 0)
  GROUP BY d.token_hash, d.account, d.day HAVING min(e.day) <= d.day - $age_min),
suspects AS (
  SELECT * FROM days JOIN earlier USING (token_hash, account, day)
  WHERE /* narrows: tools are looked up by name */ bit_count(agent_bits & ~bits_before) > 0 AND bit_count(bits_before) * $wide_one_in <= greatest(days_before, $wide_one_in)),
requests AS (
  SELECT DISTINCT ON (s.token_hash, l.account, l.correlation_id, l.time, l.time_tick, l.operation_name, l.object_key, l.caller_ip, l.caller_port)
         s.token_hash, l.account, l.time, tool_of(l.user_agent) AS tool,
         l.operation_class IN ('write', 'copy', 'delete', 'acl', 'tier', 'policy') AS change
  FROM log_row l JOIN (SELECT DISTINCT token_hash, token_key, account FROM suspects) s
    ON l.account = s.account AND coalesce(l.token, l.token_fingerprint) = s.token_key
  WHERE l.time >= $since::TIMESTAMP - $baseline AND l.time < $until::TIMESTAMP AND l.operation_count = 0
    AND (l.status_code BETWEEN 200 AND 299 OR l.status_code = 304) AND l.user_agent IS NOT NULL),
tool_days AS (
  SELECT token_hash, account, time::DATE AS day, tool, count(*) AS requests, count(*) FILTER (change) AS changes,
         min(time) AS first_time, max(time) AS last_time
  FROM requests GROUP BY ALL),
tools AS (
  SELECT *, day_before IS NULL OR day_before < day - $baseline AS new
  FROM (SELECT *, lag(day) OVER (PARTITION BY token_hash, account, tool ORDER BY day) AS day_before FROM tool_days)),
-- Where all of a day's requests are here and as many tools are new as bits, each of them has a bit of its own: none was met before.
unsure AS (
  SELECT s.token_hash, s.token_key, s.account, s.day FROM suspects s JOIN tools t USING (token_hash, account, day)
  GROUP BY ALL
  HAVING /* narrows: what is read twice is the same */ sum(t.requests) <> any_value(s.n)
    OR count(*) FILTER (t.new) <> bit_count(any_value(s.agent_bits & ~s.bits_before)))
SELECT t.token_hash, t.account, t.day::TIMESTAMP AS window_start, min(t.first_time) AS first_seen, max(t.last_time) AS last_seen,
       'medium' AS level, list_sort(list(t.tool))[1:20] AS tools, sum(t.requests)::BIGINT AS requests, sum(t.changes)::BIGINT AS changes
FROM tools t SEMI JOIN suspects s ON s.token_hash = t.token_hash AND s.account = t.account AND s.day = t.day
WHERE t.new AND (t.requests >= $requests_min OR t.changes > 0)
GROUP BY t.token_hash, t.account, t.day
