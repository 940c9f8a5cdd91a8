"""The table of permissions: what people of each role may do. `docs/permissions.md` is made from it.

A permission is the scope that a call names with `allow(…)`; keys hold scopes, people hold roles.
"""

from collections.abc import Mapping

PERSON = "person"
"""The party of calls that are about whoever makes them: signed in, with whatever roles."""
OWN = ("self.read", "self.write")
"""What everybody may who is signed in: see and change what is their own."""

OWNER, FINANCE, CLERK = "owner", "finance", "clerk"
LEAD, PICKER = "lead", "picker"
ADMIN, REVIEWER, DISPUTES, POLICY = "admin", "reviewer", "disputes", "policy"

ROLES: Mapping[str, tuple[str, ...]] = {
    "shop": (OWNER, FINANCE, CLERK),
    "supplier": (LEAD, PICKER),
    "operator": (ADMIN, REVIEWER, DISPUTES, POLICY),
}
"""The roles of each party. The first may all that the party may; a party that had one of these always has one."""

TITLES: Mapping[str, tuple[str, str]] = {
    OWNER: ("owner", "店主"),
    FINANCE: ("finance", "财务"),
    CLERK: ("clerk", "店员"),
    LEAD: ("lead", "负责人"),
    PICKER: ("picker", "拣货员"),
    ADMIN: ("administrator", "管理员"),
    REVIEWER: ("reviewer", "资质审核员"),
    DISPUTES: ("disputes", "纠纷专员"),
    POLICY: ("policy", "政策专员"),
}
"""What each role is called."""

_SHOP = {
    "shops.read": (FINANCE, CLERK),
    "shops.write": (),
    "products.read": (FINANCE, CLERK),
    "products.write": (CLERK,),
    "stock.read": (FINANCE, CLERK),
    "stock.write": (CLERK,),
    "orders.read": (FINANCE, CLERK),
    "orders.write": (CLERK,),
    "fulfilments.read": (FINANCE, CLERK),
    "fulfilments.write": (CLERK,),
    "returns.read": (FINANCE, CLERK),
    "returns.write": (CLERK,),
    "disputes.read": (FINANCE, CLERK),
    "disputes.write": (FINANCE, CLERK),
    "bindings.read": (FINANCE, CLERK),
    "bindings.write": (),
    "letters.read": (FINANCE, CLERK),
    "letters.write": (),
    "suppliers.read": (FINANCE, CLERK),
    "plan.read": (FINANCE, CLERK),
    "plan.write": (),
    "enrolment.read": (FINANCE, CLERK),
    "enrolment.write": (),
    "ratings.read": (FINANCE, CLERK),
    "violations.read": (FINANCE, CLERK),
    "violations.write": (),
    "exits.read": (FINANCE, CLERK),
    "exits.write": (),
    "charges.read": (FINANCE,),
    "charges.write": (FINANCE,),
    "funds.read": (FINANCE,),
    "funds.write": (FINANCE,),
    "rates.read": (FINANCE,),
    "notices.read": (FINANCE, CLERK),
    "notices.write": (FINANCE, CLERK),
    "webhooks.read": (),
    "webhooks.write": (),
    "policies.read": (FINANCE, CLERK),
    "policies.write": (),
    "audits.read": (FINANCE,),
    "people.read": (),
    "people.write": (),
}
_SUPPLIER = {
    "suppliers.read": (PICKER,),
    "suppliers.write": (),
    "bindings.read": (PICKER,),
    "bindings.write": (),
    "fulfilments.read": (PICKER,),
    "fulfilments.write": (PICKER,),
    "stock.read": (PICKER,),
    "stock.write": (PICKER,),
    "returns.read": (PICKER,),
    "returns.write": (PICKER,),
    "disputes.read": (),
    "disputes.write": (),
    "charges.read": (),
    "letters.read": (),
    "notices.read": (PICKER,),
    "notices.write": (PICKER,),
    "webhooks.read": (),
    "webhooks.write": (),
    "people.read": (),
    "people.write": (),
}
_OPERATOR = {
    "shops.read": (REVIEWER, DISPUTES, POLICY),
    "shops.write": (),
    "suppliers.read": (REVIEWER, DISPUTES),
    "suppliers.write": (REVIEWER,),
    "bindings.read": (REVIEWER, DISPUTES),
    "bindings.write": (),
    "products.read": (REVIEWER, DISPUTES),
    "products.write": (),
    "stock.read": (REVIEWER, DISPUTES),
    "stock.write": (),
    "orders.read": (REVIEWER, DISPUTES),
    "orders.write": (DISPUTES,),
    "fulfilments.read": (REVIEWER, DISPUTES),
    "fulfilments.write": (DISPUTES,),
    "returns.read": (DISPUTES,),
    "returns.write": (DISPUTES,),
    "disputes.read": (REVIEWER, DISPUTES),
    "disputes.write": (DISPUTES,),
    "charges.read": (DISPUTES, POLICY),
    "charges.write": (),
    "funds.read": (DISPUTES,),
    "funds.write": (),
    "rates.read": (DISPUTES, POLICY),
    "rates.write": (POLICY,),
    "plan.read": (REVIEWER, DISPUTES),
    "plan.write": (),
    "enrolment.read": (REVIEWER, DISPUTES, POLICY),
    "enrolment.write": (),
    "ratings.read": (REVIEWER, DISPUTES, POLICY),
    "violations.read": (REVIEWER, DISPUTES, POLICY),
    "violations.write": (DISPUTES,),
    "exits.read": (REVIEWER, DISPUTES, POLICY),
    "exits.write": (),
    "appeals.read": (REVIEWER, DISPUTES, POLICY),
    "appeals.write": (DISPUTES,),
    "letters.read": (REVIEWER, DISPUTES),
    "letters.write": (),
    "notices.read": (REVIEWER, DISPUTES, POLICY),
    "notices.write": (REVIEWER, DISPUTES, POLICY),
    "policies.read": (REVIEWER, DISPUTES, POLICY),
    "policies.write": (POLICY,),
    "audits.read": (REVIEWER, DISPUTES, POLICY),
    "scans.write": (),
    "webhooks.read": (),
    "webhooks.write": (),
    "keys.write": (),
    "clock.write": (),
    "people.read": (),
    "people.write": (),
}
PERMISSIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "shop": _SHOP,
    "supplier": _SUPPLIER,
    "operator": _OPERATOR,
}
"""By party and permission, the roles that have it beside the first."""

OPEN: Mapping[tuple[str, str], str] = {
    ("GET", "/v1/clock"): "what time it is",
    ("GET", "/v1/policies"): "the rules are public",
    ("GET", "/v1/policies/{version}"): "the rules are public",
    ("GET", "/v1/policies/{version}/changes"): "the rules are public",
    ("GET", "/v1/templates"): "what sheets look like is in the document too",
    ("GET", "/v1/templates/{name}.csv"): "what sheets look like is in the document too",
    ("GET", "/v1/templates/{name}.xlsx"): "what sheets look like is in the document too",
    ("GET", "/v1/record/keys"): "what records are verified with",
    ("GET", "/v1/documents/authority.pem"): "what documents are verified with",
    ("GET", "/v1/receipts/keys"): "what receipts are verified with",
    ("POST", "/v1/sign_in"): "the way in",
    ("POST", "/v1/password_resets"): "for whoever cannot sign in",
    ("POST", "/v1/password_resets/{token}"): "the link is the credential",
    ("GET", "/v1/invitations/{token}"): "the link is the credential",
    ("POST", "/v1/invitations/{token}/accept"): "the link is the credential",
}
"""Calls that name no permission, and why."""


def permissions_of(party: str, role: str) -> frozenset[str]:
    """What a role of a party may do."""
    table = PERMISSIONS[party]
    if role == ROLES[party][0]:
        return frozenset(table)
    return frozenset(name for name, roles in table.items() if role in roles)


def permissions_document() -> str:
    """`docs/permissions.md`: one table a party, a row a permission, a column a role."""
    parts = [_INTRODUCTION]
    for party, roles in ROLES.items():
        parts.append(f"\n## {party.capitalize()}\n\n")
        parts.append(f"| permission | {' | '.join(f'{role} {TITLES[role][1]}' for role in roles)} |\n")
        parts.append(f"| --- |{' :-: |' * len(roles)}\n")
        for name in PERMISSIONS[party]:
            held = " | ".join("x" if name in permissions_of(party, role) else "" for role in roles)
            parts.append(f"| `{name}` | {held} |\n")
    parts.append("\n## Without a permission\n\n| call | why |\n| --- | --- |\n")
    parts += [f"| `{method} {path}` | {why} |\n" for (method, path), why in sorted(OPEN.items())]
    return "".join(parts)


_INTRODUCTION = """# Permissions

Made from `platform/people/permissions.py` by `make docs`; do not edit.

Every call names one permission: `x-scope` in the API's document, beside the parties that it is for. A key has it where
the key holds that scope; a person has it where one of their roles does. Everybody who is signed in may see and change what
is their own (`self.read`, `self.write`). Where an operator acts inside a shop, that is recorded.
"""
