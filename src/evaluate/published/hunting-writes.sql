/*---
name: Hunting writes per address
source: stefanpems security-investigator, storage hunting set of 2026-02
about: More than 200 writes to more than 100 objects by one address within an hour, as overwriting or encrypting would be.
tactics: [impact]
level: medium
params:
  threshold:   { type: integer, default: 200, unit: writes in an hour }
  objects_min: { type: integer, default: 100, unit: objects in an hour }
---*/
WITH bins AS (
  SELECT account, caller_ip, time_bucket(INTERVAL '1 hour', time) AS bin, min(time) AS first_seen, max(time) AS last_seen
  FROM storage_log
  WHERE time >= $since AND time < $until AND operation_class IN ('write', 'copy') AND status_code BETWEEN 200 AND 299
  GROUP BY ALL HAVING count(*) > $threshold AND count(DISTINCT object_key) > $objects_min)
SELECT account, caller_ip, min(first_seen) AS first_seen, max(last_seen) AS last_seen,
       min(bin) + INTERVAL '1 hour' AS alert_at, 'medium' AS level
FROM bins GROUP BY account, caller_ip, bin::DATE
