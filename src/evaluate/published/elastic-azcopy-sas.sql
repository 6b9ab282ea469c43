/*---
name: Elastic AzCopy download with SAS
source: Elastic detection-rules, exfiltration_azure_storage_blob_download_azcopy_sas_token.toml
about: >-
  The first GetBlob with status 200 by AzCopy with a SAS at an account that saw none in the 7 days before. Ranged reads,
  which answer 206, are not looked at.
tactics: [exfiltration]
level: medium
params: {}
---*/
WITH days AS (
  SELECT account, time::DATE AS day, arg_min(caller_ip, time) AS caller_ip, min(time) AS first_seen
  FROM storage_log
  WHERE time >= $since::TIMESTAMP - INTERVAL '7 days' AND time < $until AND operation_name = 'GetBlob'
    AND status_code = 200 AND auth_type LIKE 'sas\_%' ESCAPE '\' AND user_agent LIKE 'AzCopy%'
  GROUP BY ALL),
known AS (SELECT *, lag(day) OVER (PARTITION BY account ORDER BY day) AS day_before FROM days)
SELECT account, caller_ip, first_seen, first_seen AS last_seen, first_seen AS alert_at, 'medium' AS level
FROM known
WHERE day >= $since::TIMESTAMP::DATE AND (day_before IS NULL OR day_before < day - INTERVAL '7 days')
