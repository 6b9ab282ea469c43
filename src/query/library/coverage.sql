/*---
title: For which hours there is an answer, and for which there is none
description: >-
  Per account and category, the hours of [since, until) with and without records, and every gap, longest first. An hour without
  records was quiet, or not logged, or its log was lost: the log cannot tell which.
params:
  since: { type: time, default: null, doc: "first moment; without it that of the oldest record" }
  until: { type: time, default: null, doc: "first moment behind; without it behind the newest record" }
---*/
WITH seen AS MATERIALIZED (SELECT account, category, hour, rows, first_seen, last_seen FROM coverage WHERE has_records),
span AS (
  SELECT date_trunc('hour', coalesce($since::TIMESTAMP, min(hour))) AS first,
    coalesce($until::TIMESTAMP, greatest(max(hour), date_trunc('hour', $since::TIMESTAMP)) + INTERVAL 1 HOUR) AS until
  FROM seen),
hours AS (SELECT unnest(generate_series(first, until - INTERVAL 1 MICROSECOND, INTERVAL 1 HOUR)) AS hour FROM span),
kinds AS (SELECT DISTINCT account, category FROM seen),
grid AS (
  SELECT account, category, hour, coalesce(rows, 0) AS rows, first_seen, last_seen
  FROM kinds CROSS JOIN hours LEFT JOIN seen USING (account, category, hour)),
missing AS (
  SELECT account, category, hour,
    hour - to_hours(row_number() OVER (PARTITION BY account, category ORDER BY hour)) AS run
  FROM grid WHERE rows = 0),
gaps AS (
  SELECT account, category, min(hour) AS gap_from, max(hour) + INTERVAL 1 HOUR AS gap_until, count(*)::INTEGER AS hours
  FROM missing GROUP BY account, category, run),
listed AS (
  SELECT account, category,
    list({'from': gap_from, 'until': gap_until, 'hours': hours} ORDER BY hours DESC, gap_from) AS gaps
  FROM gaps GROUP BY ALL),
counted AS (
  SELECT account, category, count(*) FILTER (WHERE rows > 0)::INTEGER AS hours_with_records,
    count(*) FILTER (WHERE rows = 0)::INTEGER AS hours_without_records, sum(rows)::BIGINT AS records,
    min(first_seen) AS first, max(last_seen) AS last
  FROM grid GROUP BY ALL)
-- Joined last: a list of thousands of gaps is not for every hour of the grid.
SELECT counted.*, gaps FROM counted LEFT JOIN listed USING (account, category) ORDER BY account, category
