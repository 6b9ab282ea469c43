/*---
name: Sentinel first-seen external IP
source: Microsoft Sentinel hunting query StorageAccessFirstSeenExternalIP.yaml
about: >-
  An external address that the account has not seen in the 7 days before makes ten requests or moves 10 MiB in a day, with
  account key or SAS and no backup product. The published query compares addresses with their ports, which makes nearly
  every one new; here they are compared without, as it means to.
tactics: [initial-access, exfiltration]
level: medium
params:
  threshold: { type: integer, default: 10, unit: requests a day }
  bytes_min: { type: integer, default: 10485760, unit: bytes a day }
---*/
WITH days AS (
  SELECT account, caller_ip, time::DATE AS day, count(*) AS n, sum(response_body_bytes) AS bytes, min(time) AS first_seen,
         max(time) AS last_seen
  FROM storage_log
  WHERE time >= $since::TIMESTAMP - INTERVAL '7 days' AND time < $until AND status_code IN (200, 206)
    AND ip_class = 'public' AND operation_name IN ('GetBlob', 'ListBlobs', 'ListContainers')
    AND (auth_type = 'account_key' OR auth_type LIKE 'sas\_%' ESCAPE '\')
    AND NOT regexp_matches(coalesce(user_agent, ''),
      'Microsoft BITS|CVLT|SQLBLOBACCESS|WA-Storage|AzureStorage/CopyEngine|Veeam|Komprise|Nasuni|Cohesity|HYCU|Panzura|rubrik', 'i')
  GROUP BY ALL),
known AS (
  SELECT *, lag(day) OVER (PARTITION BY account, caller_ip ORDER BY day) AS day_before,
         min(day) OVER (PARTITION BY account) AS account_since
  FROM days)
SELECT account, caller_ip, first_seen, last_seen, day::TIMESTAMP + INTERVAL '1 day' AS alert_at, 'medium' AS level
FROM known
WHERE day >= $since::TIMESTAMP::DATE AND (day_before IS NULL OR day_before < day - INTERVAL '7 days')
  AND day > account_since AND (n >= $threshold OR bytes >= $bytes_min)
