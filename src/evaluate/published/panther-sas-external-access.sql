/*---
name: Panther SAS external access
source: Panther panther-analysis, Azure storage rule SASTokenExternalAccess
about: >-
  Any successful request (200, 201, 202, 204; not 206) that carries a SAS and comes from a public address. High where the
  SAS may write, add or delete, or the request deletes; medium for other writes; else low.
tactics: [initial-access, exfiltration]
level: low
params: {}
---*/
SELECT account, caller_ip, min(time) AS first_seen, max(time) AS last_seen, min(time) AS alert_at,
       CASE WHEN bool_or(regexp_matches(coalesce(sas_sp, ''), '[wda]') OR category = 'StorageDelete') THEN 'high'
            WHEN bool_or(category = 'StorageWrite') THEN 'medium' ELSE 'low' END AS level
FROM storage_log
WHERE time >= $since AND time < $until AND status_code IN (200, 201, 202, 204)
  AND auth_type LIKE 'sas\_%' ESCAPE '\' AND ip_class IN ('public', 'azure')
GROUP BY account, caller_ip, time::DATE
