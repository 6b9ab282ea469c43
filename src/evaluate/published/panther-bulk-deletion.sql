/*---
name: Panther bulk deletion
source: Panther panther-analysis, Azure storage rule Storage.Blob.BulkDeletion
about: Fifteen or more successful DeleteBlob of one caller at one account within 15 minutes. Nothing is left out.
tactics: [impact]
level: medium
params:
  threshold: { type: integer, default: 15, unit: deletes in 15 minutes }
---*/
WITH bins AS (
  SELECT account, caller_ip, time_bucket(INTERVAL '15 minutes', time) AS bin, count(*) AS n,
         min(time) AS first_seen, max(time) AS last_seen
  FROM storage_log
  WHERE time >= $since AND time < $until AND operation_name = 'DeleteBlob' AND status_code BETWEEN 200 AND 299
  GROUP BY ALL HAVING count(*) >= $threshold)
SELECT account, caller_ip, min(first_seen) AS first_seen, max(last_seen) AS last_seen,
       min(bin) + INTERVAL '15 minutes' AS alert_at, 'medium' AS level
FROM bins GROUP BY account, caller_ip, bin::DATE
