/*---
title: For which hours there is an answer, and for which there is none
description: >-
  Per account and category, the hours of [since, until) with and without records, and every gap, longest first. An hour without
  records was quiet, or not logged, or its log was lost: the log cannot tell which.
params:
  since: { type: time, default: null, doc: "first moment; without it that of the oldest record" }
  until: { type: time, default: null, doc: "first moment behind; without it behind the newest record" }
---*/
WITH seen AS MATERIALIZED (
  SELECT account, category, date_trunc('hour', time) AS hour, count(*) AS rows, min(time) AS first_seen, max(time) AS last_seen
  FROM storage_log GROUP BY ALL),
asked AS (
  SELECT date_trunc('hour', coalesce($since::TIMESTAMP, min(hour))) AS first,
    coalesce($until::TIMESTAMP, greatest(max(hour), date_trunc('hour', $since::TIMESTAMP)) + INTERVAL 1 HOUR) AS until
  FROM seen),
span AS (
  SELECT first, date_trunc('hour', until - INTERVAL 1 MICROSECOND) + INTERVAL 1 HOUR AS ended FROM asked WHERE first < until),
inside AS (SELECT seen.* FROM seen JOIN span ON hour >= first AND hour < ended),
kinds AS (SELECT DISTINCT account, category, first, ended FROM seen CROSS JOIN span),
-- Only hours with records and the end are looked at: a range may be centuries.
steps AS (
  SELECT account, category, first, hour FROM inside CROSS JOIN span UNION ALL SELECT account, category, first, ended FROM kinds),
gaps AS (
  SELECT account, category, coalesce(lag(hour) OVER (PARTITION BY account, category ORDER BY hour) + INTERVAL 1 HOUR, first)
      AS gap_from, hour AS gap_until
  FROM steps),
listed AS (
  SELECT account, category, list({'from': gap_from, 'until': gap_until, 'hours': date_diff('hour', gap_from, gap_until)::INTEGER}
      ORDER BY gap_until - gap_from DESC, gap_from) AS gaps
  FROM gaps WHERE gap_from < gap_until GROUP BY ALL),
counted AS (
  SELECT account, category, count(*)::INTEGER AS hours_with_records, sum(rows)::BIGINT AS records, min(first_seen) AS first,
    max(last_seen) AS last
  FROM inside GROUP BY ALL)
SELECT account, category, coalesce(hours_with_records, 0) AS hours_with_records,
  date_diff('hour', kinds.first, ended)::INTEGER - coalesce(hours_with_records, 0) AS hours_without_records,
  coalesce(records, 0) AS records, counted.first, counted.last, gaps
FROM kinds LEFT JOIN counted USING (account, category) LEFT JOIN listed USING (account, category) ORDER BY account, category
