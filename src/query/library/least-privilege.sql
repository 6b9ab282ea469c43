/*---
title: The least grant that would have served what a token did
description: >-
  Per token, from its successful requests between since and until: the permissions it needed, the narrowest scope that holds
  everything it touched, the addresses and the hours it needed them for, beside what it has. `spare` are granted permissions that
  it never needed. A write over an object and a new object look alike in the log, so that w stands where c may do. What a token
  may need on other days the log cannot tell.
  Lines of classic logs have no signature; they count where account and parameters are those of the token.
params:
  token: { type: token, default: '', doc: "its hash or the beginning of it, or the SAS URL in quotes; without it every token" }
  since: { type: time, default: null, doc: "first moment; without it the oldest record" }
  until: { type: time, default: null, doc: "first moment behind; without it behind the newest record" }
---*/
WITH did AS (
  SELECT of_token, account, service, container, object_key, time, caller_ipv4, ip_class, protocol,
    coalesce(status_code BETWEEN 200 AND 299 OR status_code = 304, false) AS ok,
    permission_of(operation_name, operation_class, uri_query) AS permission
  FROM rows_of_token($token)
  WHERE auth_type LIKE 'sas\_%' ESCAPE '\' AND operation_count = 0
    AND ($since::TIMESTAMP IS NULL OR time >= $since::TIMESTAMP) AND ($until::TIMESTAMP IS NULL OR time < $until::TIMESTAMP)),
needs AS (
  SELECT of_token, any_value(account) AS account, count(*) FILTER (ok)::BIGINT AS successes,
    permissions_in_order(list(DISTINCT permission) FILTER (ok)) AS sp,
    list(DISTINCT service ORDER BY service) FILTER (ok) AS services,
    coalesce(bool_or(container IS NULL) FILTER (ok), false) AS of_account,
    count(DISTINCT container) FILTER (ok)::BIGINT AS containers, count(DISTINCT object_key) FILTER (ok)::BIGINT AS objects,
    any_value(container) FILTER (ok) AS container, any_value(object_key) FILTER (ok) AS object_key,
    coalesce(bool_and(regexp_matches(object_key, '^/[^/]*/[^/]+/.')) FILTER (ok), false) AS of_objects,
    min(time) FILTER (ok) AS first_used, max(time) FILTER (ok) AS last_used,
    coalesce(bool_and(ip_class = 'public' AND caller_ipv4 IS NOT NULL) FILTER (ok), false) AS of_public_ipv4,
    min(caller_ipv4) FILTER (ok) AS low, max(caller_ipv4) FILTER (ok) AS high,
    coalesce(bool_or(upper(protocol) = 'HTTP') FILTER (ok), false) AS over_http
  FROM did GROUP BY of_token),
least AS (
  SELECT *, CASE WHEN successes = 0 THEN 'nothing' WHEN of_account THEN 'account' WHEN containers > 1 THEN 'containers'
      WHEN of_objects AND objects = 1 THEN 'object' ELSE 'container' END AS scope,
    if(of_public_ipv4 AND low >> 8 = high >> 8, if(low = high, ipv4_text(low), ipv4_text(low) || '-' || ipv4_text(high)), NULL) AS sip,
    if(over_http, 'https,http', 'https') AS spr, greatest(1, ceil(epoch(last_used - first_used) / 3600))::BIGINT AS hours
  FROM needs)
SELECT l.of_token AS token_id, l.account, t.sas_kind AS kind, scope_of(t.sas_kind, t.sas_ss, t.sas_srt, t.sas_sr) AS has_scope,
  t.sas_sp AS has_sp, t.sas_sip AS has_sip, t.sas_spr AS has_spr, t.expires AS has_until, t.sas_si AS has_policy,
  l.successes, l.first_used, l.last_used, l.services, l.containers, l.objects, l.scope AS needs_scope, l.sp AS needs_sp,
  l.sip AS needs_sip, if(l.successes = 0, NULL, l.spr) AS needs_spr, if(l.successes = 0, NULL, l.hours) AS needs_hours,
  if(t.sas_sp IS NULL, NULL,
    permissions_in_order(list_filter(string_split(t.sas_sp, ''), lambda letter: NOT contains(l.sp, letter)))) AS spare,
  CASE l.scope WHEN 'nothing' THEN 'none: nothing it asked for succeeded'
    WHEN 'account' THEN concat_ws(' ', 'account SAS', 'sp=' || l.sp, 'sip=' || l.sip, 'spr=' || l.spr, 'for', l.hours, 'hours')
    ELSE concat_ws(' ', if(l.services = ['blob'], 'user delegation SAS', 'service SAS'),
      CASE l.scope WHEN 'object' THEN 'for ' || l.object_key WHEN 'container' THEN 'for container ' || l.container
        ELSE 'for each of ' || l.containers || ' containers' END,
      'sp=' || l.sp, 'sip=' || l.sip, 'spr=' || l.spr,
      if(l.services = ['blob'] AND l.hours > 168, 'for at most 7 days, renewed', 'for ' || l.hours || if(l.hours = 1, ' hour', ' hours')))
  END AS suggestion
FROM least l LEFT JOIN tokens t ON t.token_id = l.of_token
ORDER BY length(spare) DESC NULLS LAST, successes DESC, l.of_token
