/*---
title: How much every token grants, and what of it is not used
description: >-
  Every token that the log knows of, the most dangerous first, with a score of 0 to 100 for what its grant allows: scope up to
  25, power to delete or control 25 (to write 15), more than a year to live 20 (90 days 15, 7 days 10), and 10 each for any
  address, plain HTTP, and no stored policy to revoke it by. Where a stored policy keeps permissions or expiry out of the log
  the score is the least it can be (score_is_least). Powers that are granted and were not used in this lake stand in `unused`.
  From the rollups: costs little.
params:
  token: { type: token, default: '', doc: "only this: its hash or the beginning of it, or the SAS URL in quotes" }
---*/
WITH granted AS (
  SELECT *, posture_of(sas_kind, sas_ss, sas_srt, sas_sr, sas_sp, sas_si, sas_sip, sas_spr, starts, expires, first_seen) AS points
  FROM tokens WHERE auth_type LIKE 'sas\_%' ESCAPE '\' AND starts_with(token_id, $token))
SELECT token_id, accounts, sas_kind AS kind, key_name,
  points.scope + points.power + points.lifetime + points.address + points.protocol + points.policy AS score,
  points.is_least AS score_is_least, points.scope AS scope_points, points.power AS power_points,
  points.lifetime AS lifetime_points, points.address AS address_points, points.protocol AS protocol_points,
  points.policy AS policy_points, scope_of(sas_kind, sas_ss, sas_srt, sas_sr) AS scope, sas_sp AS sp, sas_si AS policy,
  expires, date_diff('day', coalesce(starts, first_seen), expires) AS lifetime_days, sas_sip AS sip, sas_spr AS spr,
  first_seen, last_seen, requests, reads, lists, writes, deletes,
  list_filter([
    if(contains(sas_sp, 'r') AND reads + metas = 0, 'read', NULL),
    if(regexp_matches(sas_sp, '[lf]') AND lists = 0, 'list', NULL),
    if(regexp_matches(sas_sp, '[wacumt]') AND writes + copies + tiers + leases + policies = 0, 'write', NULL),
    if(regexp_matches(sas_sp, '[dxy]') AND deletes = 0, 'delete', NULL),
    if((contains(sas_sp, 'o') OR (contains(sas_sp, 'p') AND sas_sr IN ('b', 'c', 'd'))) AND acls = 0, 'control', NULL)],
    lambda power: power IS NOT NULL) AS unused
FROM granted ORDER BY score DESC, requests DESC, token_id
