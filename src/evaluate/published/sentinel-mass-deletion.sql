/*---
name: Sentinel mass deletion
source: Microsoft Sentinel hunting query AzureStorageMassDeletion.yaml
about: Three or more different objects deleted by one address and user agent at one account within ten minutes.
tactics: [impact]
level: medium
params:
  threshold: { type: integer, default: 3, unit: objects deleted in 10 minutes }
---*/
WITH bins AS (
  SELECT account, caller_ip, user_agent, time_bucket(INTERVAL '10 minutes', time) AS bin, min(time) AS first_seen,
         max(time) AS last_seen
  FROM storage_log
  WHERE time >= $since AND time < $until AND operation_name IN ('DeleteBlob', 'DeleteFile') AND status_text = 'Success'
  GROUP BY ALL HAVING count(DISTINCT object_key) >= $threshold)
SELECT account, caller_ip, min(first_seen) AS first_seen, max(last_seen) AS last_seen,
       min(bin) + INTERVAL '10 minutes' AS alert_at, 'medium' AS level
FROM bins GROUP BY account, caller_ip, bin::DATE
