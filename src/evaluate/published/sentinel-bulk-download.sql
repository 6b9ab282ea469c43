/*---
name: Sentinel bulk download
source: Microsoft Sentinel hunting query StorageBulkDownloadAccountKeySAS.yaml
about: >-
  A hundred reads and lists, or 100 MiB, by one external address in a day, authenticated by account key or SAS, with no
  backup product as user agent. High where more than 1 GiB goes or the tool is one of exfiltration.
tactics: [exfiltration]
level: medium
params:
  threshold: { type: integer, default: 100, unit: requests a day }
  bytes_min: { type: integer, default: 104857600, unit: bytes a day }
---*/
SELECT account, caller_ip, min(time) AS first_seen, max(time) AS last_seen,
       time_bucket(INTERVAL '1 day', min(time)) + INTERVAL '1 day' AS alert_at,
       if(sum(response_body_bytes) > 1073741824
          OR bool_or(regexp_matches(user_agent, 'rclone|s3cmd|gsutil|aws-cli|minio|wget|curl|aria2|filezilla', 'i')),
          'high', 'medium') AS level
FROM storage_log
WHERE time >= $since AND time < $until AND status_code IN (200, 206) AND ip_class = 'public'
  AND operation_name IN ('GetBlob', 'ListBlobs', 'ListContainers')
  AND (auth_type = 'account_key' OR auth_type LIKE 'sas\_%' ESCAPE '\')
  AND NOT regexp_matches(coalesce(user_agent, ''),
    'Microsoft BITS|CVLT|SQLBLOBACCESS|WA-Storage|AzureStorage/CopyEngine|Veeam|Komprise|Nasuni|Cohesity|HYCU|Panzura|rubrik', 'i')
GROUP BY account, caller_ip, time::DATE
HAVING count(*) >= $threshold OR sum(response_body_bytes) >= $bytes_min
