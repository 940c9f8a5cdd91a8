"""People: whoever has an account has a place, with a role that its party knows, at a party that is there."""

from andon.insights.audit.rules import Check
from andon.platform.people.permissions import ROLES

_KNOWN = ", ".join(f"('{party}', '{role}')" for party, roles in ROLES.items() for role in roles)

PEOPLE = (
    Check(
        "people_belong",
        {
            "en": "Everybody who has an account has a place, with a role of its party, at a party that is there",
            "zh-CN": "每个账号都在现有的一方中任有效角色",
        },
        f"""
        select s.shop_id, 'user:' || u.user_id as subject, m.party, m.party_id, m.role
        from users u
        left join memberships m on m.user_id = u.user_id
        left join shops s on m.party = 'shop' and s.shop_id::text = m.party_id
        left join suppliers v on m.party = 'supplier' and v.supplier_id::text = m.party_id
        where m.party is null
           or (m.party, m.role) not in ({_KNOWN})
           or (m.party = 'shop' and s.shop_id is null) or (m.party = 'supplier' and v.supplier_id is null)
           or (m.party = 'operator' and m.party_id <> '')
        """,
    ),
)
