/*---
name: Panther bulk extraction
source: Panther panther-analysis, Azure storage rule Storage.Blob.BulkExtraction
about: >-
  Fifty or more successful GetBlob of one caller at one account within 15 minutes; high where the user agent is a script
  or a plain download tool.
tactics: [exfiltration]
level: medium
params:
  threshold: { type: integer, default: 50, unit: reads in 15 minutes }
---*/
WITH bins AS (
  SELECT account, caller_ip, time_bucket(INTERVAL '15 minutes', time) AS bin, min(time) AS first_seen,
         max(time) AS last_seen,
         bool_or(regexp_matches(coalesce(user_agent, ''), 'python|curl|wget|powershell|bash|script', 'i')) AS scripted
  FROM storage_log
  WHERE time >= $since AND time < $until AND operation_name = 'GetBlob' AND status_code BETWEEN 200 AND 299
  GROUP BY ALL HAVING count(*) >= $threshold)
SELECT account, caller_ip, min(first_seen) AS first_seen, max(last_seen) AS last_seen,
       min(bin) + INTERVAL '15 minutes' AS alert_at, if(bool_or(scripted), 'high', 'medium') AS level
FROM bins GROUP BY account, caller_ip, bin::DATE
