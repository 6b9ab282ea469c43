/*---
name: Hunting deletes per address
source: stefanpems security-investigator, storage hunting set of 2026-02
about: More than fifty deletes by one address within seven days, looked at daily.
tactics: [impact]
level: medium
params:
  threshold: { type: integer, default: 50, unit: deletes in 7 days }
---*/
WITH days AS (
  SELECT account, caller_ip, time::DATE AS day, count(*) AS n, min(time) AS first_seen, max(time) AS last_seen
  FROM storage_log
  WHERE time >= $since::TIMESTAMP - INTERVAL '7 days' AND time < $until AND category = 'StorageDelete'
    AND status_code BETWEEN 200 AND 299
  GROUP BY ALL),
weeks AS (
  SELECT *, sum(n) OVER (PARTITION BY account, caller_ip ORDER BY day
                         RANGE BETWEEN INTERVAL '6 days' PRECEDING AND CURRENT ROW) AS in_week
  FROM days)
SELECT account, caller_ip, first_seen, last_seen, day::TIMESTAMP + INTERVAL '1 day' AS alert_at, 'medium' AS level
FROM weeks WHERE day >= $since::TIMESTAMP::DATE AND in_week > $threshold
