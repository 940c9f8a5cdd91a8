"""Every call names its permission, and every permission of every role is in the one table."""

from collections.abc import Iterator

from andon.app.web import bare_app
from andon.platform.accounts.edge import EdgeRoute, Router, allow
from andon.platform.accounts.rules import SCOPES, Allowance
from andon.platform.people.permissions import OPEN, PERMISSIONS, PERSON, ROLES, TITLES, permissions_of

KEYS_ALONE = {"carrier", "channel"}
"""Parties that are programs: nobody signs in for them."""


def calls(routes: object = None) -> Iterator[tuple[str, str, Allowance | None]]:
    for route in routes or bare_app().routes:
        if isinstance(route, EdgeRoute):
            for method in route.methods or ():
                yield method, route.path_format, route.allowance


def unnamed(routes: object = None) -> set[tuple[str, str]]:
    """Calls that name no permission."""
    return {(method, path) for method, path, allowance in calls(routes) if allowance is None}


def missing(found: Iterator[tuple[str, str, Allowance | None]]) -> set[tuple[str, str]]:
    """Permissions that a call for a party asks for, and that nobody of the party can have."""
    return {
        (party, allowance.scope)
        for _, _, allowance in found
        if allowance is not None and PERSON not in allowance.parties
        for party in allowance.parties
        if party not in KEYS_ALONE and allowance.scope not in PERMISSIONS[party]
    }


def test_every_call_names_its_permission_or_says_why_not() -> None:
    assert unnamed() == set(OPEN)


def test_every_permission_that_a_call_asks_for_is_in_the_table() -> None:
    assert missing(calls()) == set()


def test_the_operators_who_enter_a_shop_have_a_permission_for_it() -> None:
    entered = {
        allowance.scope
        for _, path, allowance in calls()
        if allowance is not None and "{shop_id}" in path and "shop" in allowance.parties
    }
    assert entered <= set(PERMISSIONS["operator"])


def test_a_call_without_a_permission_and_one_that_nobody_has_are_found() -> None:
    router = Router()
    router.add_api_route("/naked", lambda: None, methods=["GET"])
    router.add_api_route("/odd", lambda: None, methods=["GET"], dependencies=[allow("clock.write", "shop")])
    assert unnamed(router.routes) == {("GET", "/v1/naked")}
    assert missing(calls(router.routes)) == {("shop", "clock.write")}


def test_the_table_knows_no_other_permissions_and_roles_than_there_are() -> None:
    assert {scope for table in PERMISSIONS.values() for scope in table} <= SCOPES
    for party, table in PERMISSIONS.items():
        assert {role for roles in table.values() for role in roles} <= set(ROLES[party])
    assert set(TITLES) == {role for roles in ROLES.values() for role in roles}


def test_the_first_role_of_a_party_may_all_and_alone_invites() -> None:
    for party, (first, *others) in ROLES.items():
        assert permissions_of(party, first) == set(PERMISSIONS[party])
        for role in others:
            assert permissions_of(party, role) < permissions_of(party, first)
            assert not {"people.read", "people.write", "keys.write"} & permissions_of(party, role)
