"""Announcements: each version that changes the rules is told in time, to every shop that it is news to, and all of it is recorded."""

from andon.insights.audit.rules import Check

VERSIONS = """
select v.version, v.in_force_from, v.announced_within * interval '1 second' as within
from json_to_recordset(cast(cast(:policies as text) as json))
  as v(version text, in_force_from timestamptz, announced_within double precision)
"""

ANNOUNCEMENTS = (
    Check(
        "versions_announced_in_time",
        {
            "en": "A version is announced to shops that were there before it, and near the instant at which it comes into force",
            "zh-CN": "规则版本只向其生效前开通的店铺公告，且在生效前后的公告期内",
        },
        f"""
        select a.shop_id, 'shop:' || a.shop_id as subject, a.version, a.announced_at, v.in_force_from
        from policy_announcements a
        left join shops s on s.shop_id = a.shop_id
        left join ({VERSIONS}) v on v.version = a.version
        where v.version is null or s.shop_id is null or s.created_at >= v.in_force_from or a.announced_at < s.created_at
           or a.announced_at < v.in_force_from - v.within or a.announced_at >= v.in_force_from + v.within
        """,
    ),
    Check(
        "versions_announced_to_all",
        {
            "en": "A version that was announced to one shop was announced to all that were there then",
            "zh-CN": "已公告的规则版本均已告知当时所有店铺",
        },
        f"""
        select s.shop_id, 'shop:' || s.shop_id as subject, f.version, f.first_at
        from (select a.version, min(a.announced_at) as first_at, max(a.announced_at) as last_at
              from policy_announcements a group by a.version) f
        join turns t on t.name = 'policy_changes' and t.due_at > f.last_at
        join ({VERSIONS}) v on v.version = f.version
        join shops s on s.created_at < f.first_at and s.created_at < v.in_force_from
        left join policy_announcements a on a.shop_id = s.shop_id and a.version = f.version
        where a.shop_id is null
        """,
    ),
    Check(
        "announcements_told",
        {
            "en": "What was announced, and what was read, is in the record once",
            "zh-CN": "每次公告与阅读均有且仅有一条事件",
        },
        """
        with kept as (
          select shop_id, version, 'policy.announced' as kind, announced_at as at, cast(null as text) as actor
          from policy_announcements
          union all
          select shop_id, version, 'policy.changes_read', read_at, read_by from policy_readings
        ), told as (
          select shop_id, cast(body as jsonb) ->> 'version' as version, kind, at,
                 case kind when 'policy.changes_read' then actor end as actor
          from events where kind in ('policy.announced', 'policy.changes_read')
        )
        select coalesce(k.shop_id, t.shop_id) as shop_id, 'shop:' || coalesce(k.shop_id, t.shop_id) as subject,
               coalesce(k.kind, t.kind) as kind, coalesce(k.version, t.version) as version, k.kept, t.told
        from (select shop_id, version, kind, at, actor, count(*) as kept from kept group by 1, 2, 3, 4, 5) k
        full join (select shop_id, version, kind, at, actor, count(*) as told from told group by 1, 2, 3, 4, 5) t
          on t.shop_id = k.shop_id and t.version = k.version and t.kind = k.kind and t.at = k.at
         and coalesce(t.actor, '') = coalesce(k.actor, '')
        where k.kept is distinct from t.told
        """,
    ),
)
