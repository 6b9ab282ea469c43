/*---
name: Hunting enumeration
source: stefanpems security-investigator, storage hunting set of 2026-02
about: >-
  More than fifty list requests, or lists at more than three accounts, by one address within 30 days without credentials or
  with a SAS, looked at daily.
tactics: [discovery]
level: medium
params:
  threshold:    { type: integer, default: 50, unit: lists in 30 days }
  accounts_min: { type: integer, default: 3, unit: accounts in 30 days }
---*/
WITH days AS (
  SELECT caller_ip, time::DATE AS day, count(*) AS n, list(DISTINCT account) AS accounts, min(time) AS first_seen,
         max(time) AS last_seen
  FROM storage_log
  WHERE time >= $since::TIMESTAMP - INTERVAL '30 days' AND time < $until AND operation_class = 'list'
    AND (auth_type = 'anonymous' OR auth_type LIKE 'sas\_%' ESCAPE '\')
  GROUP BY ALL),
months AS (
  SELECT *, sum(n) OVER span AS in_month, len(list_distinct(flatten(list(accounts) OVER span))) AS accounts_in_month
  FROM days
  WINDOW span AS (PARTITION BY caller_ip ORDER BY day RANGE BETWEEN INTERVAL '29 days' PRECEDING AND CURRENT ROW))
SELECT unnest(accounts) AS account, caller_ip, first_seen, last_seen, day::TIMESTAMP + INTERVAL '1 day' AS alert_at,
       'medium' AS level
FROM months
WHERE day >= $since::TIMESTAMP::DATE AND (in_month > $threshold OR accounts_in_month > $accounts_min)
