"""Every call of the API's document, by everybody whom it is not for: nothing is found, told, counted or changed.

Calls and permissions come from the document and the table, so that a new one is tried as well. A neighbour is answered
the same whether a thing is another's or is not there: in what is said, and in what is asked of the database on the way.
"""

import time
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from andon.kernel.clock import wall
from andon.platform.accounts.rules import secret_of
from andon.platform.people.permissions import ROLES, permissions_of
from tests.clients import Client
from tests.journeys.blackbox import Served, good, problem
from tests.journeys.browser import Browser
from tests.journeys.neighbourhood import (
    MARK,
    NOWHERE,
    Bodies,
    Call,
    Neighbourhood,
    named_as,
    person,
    told,
)
from tests.journeys.statement_log import statements_of

pytest_plugins = ["tests.journeys.blackbox_fixtures"]


def theirs(street: Neighbourhood, call: Call, **more: Any) -> str:
    """The path of a call with the marked shop's own numbers."""
    return call.at(**named_as(call, street.things | street.own), **more)


def test_the_owner_sees_the_mark_nearly_everywhere(street: Neighbourhood) -> None:
    """What the neighbours must not see is there to be seen; else their blindness would show nothing."""
    marked = set()
    for call in street.calls:
        for party, client in (("shop", street.market.shop), ("supplier", street.market.supplier[0])):
            if call.method == "GET" and party in call.parties:
                answer = client.get(theirs(street, call))
                if MARK.encode() in answer.raw.replace(theirs(street, call).encode(), b""):
                    marked.add(str(call))
    silent = {
        str(call) for call in street.calls if call.method == "GET" and {"shop", "supplier"} & {*call.parties}
    }
    assert len(marked) > 35, silent - marked


def test_what_the_neighbours_are_told_is_the_same_as_before_there_was_anything(street: Neighbourhood) -> None:
    assert len(street.after) > 100
    assert {
        key: (street.before[key], said) for key, said in street.after.items() if said != street.before[key]
    } == {}
    # The other supplier of the shop has a binding to it, of course.
    seen = {name for (name, _), (_, _, said) in street.after.items() if MARK in said}
    assert seen <= {"the shop's other supplier"}


def test_another_party_is_not_found_and_nobody_learns_that_it_is_there(
    street: Neighbourhood, bodies: Bodies
) -> None:
    """The shop or supplier that a path names: to another it is as one that there is not."""
    tried = 0
    with street.served.unchanged():
        for call in street.calls:
            for who in street.neighbours:
                if who.party not in call.parties or not (named := street.foreign_to(who, call)):
                    continue
                body = bodies.get((call.method, call.path))
                there = call.at(**named_as(call, street.things | who.own | named))
                nowhere = call.at(**named_as(call, street.things | who.own | dict.fromkeys(named, NOWHERE)))
                answer = who.client.call(call.method, there, body)
                assert (answer.status, answer.code) == (404, "not_found"), (who.name, str(call), answer)
                assert told(answer) == told(who.client.call(call.method, nowhere, body)), (
                    who.name,
                    str(call),
                )
                tried += 1
    assert tried > 150


def test_a_thing_of_anothers_is_as_one_that_is_not_there_in_words_and_on_the_way(
    street: Neighbourhood, bodies: Bodies
) -> None:
    pairs = []
    with street.served.unchanged(), statements_of(street.served) as log:
        for call in street.calls:
            if not call.numbers:
                continue
            for who in street.neighbours:
                if not who.may(call):
                    continue
                body = bodies.get((call.method, call.path))
                own = named_as(call, who.own)
                for number in call.numbers:
                    paths = [call.at(**own), call.at(**own | {number: street.things[number]}), call.at(**own)]
                    ways, answers = log.during(
                        [partial(who.client.call, call.method, path, body) for path in paths]
                    )
                    pairs.append((who.name, str(call), ways, answers))
    assert len(pairs) > 100
    for who_name, name, ways, answers in pairs:
        assert answers[1].status in (403, 404), (who_name, name, answers[1])
        assert told(answers[1]) == told(answers[0]), (who_name, name)
        assert MARK not in told(answers[1])[2], (who_name, name)
        # The first call of a minute also notes that the key was used.
        assert ways[1] in (ways[0], ways[2]), (who_name, name)
        assert ways[1], "the log shows nothing"


BODIES_WITH_NUMBERS = {
    ("shop", "POST", "/shops/{shop_id}/orders/acts"): [{"id": "order_id", "action": "release"}],
    ("shop", "POST", "/shops/{shop_id}/fulfilments/bulk"): [{"id": "fulfilment_id", "action": "remind"}],
    ("supplier", "POST", "/supplier/fulfilments/bulk"): [{"id": "fulfilment_id", "action": "accept"}],
    ("supplier", "POST", "/supplier/bindings/bulk"): [{"id": "binding_id", "action": "accept"}],
    ("supplier", "POST", "/supplier/labels.pdf"): {"parcels": ["parcel_id"]},
    ("supplier", "POST", "/supplier/labels.zpl"): {"parcels": ["parcel_id"]},
    ("supplier", "POST", "/supplier/handovers"): {"carrier": "cainiao", "waybills": ["waybill"]},
    ("channel", "POST", "/shops/{shop_id}/orders/acts"): [{"id": "order_id", "action": "release"}],
}
"""Calls that name things in their body."""


def filled_in(body: Any, things: dict[str, Any]) -> Any:
    if isinstance(body, dict):
        return {name: filled_in(each, things) for name, each in body.items()}
    if isinstance(body, list):
        return [filled_in(each, things) for each in body]
    return things.get(body, body)


@pytest.mark.parametrize(("party", "method", "path"), BODIES_WITH_NUMBERS)
def test_a_thing_of_anothers_in_a_body_is_as_one_that_is_not_there(
    street: Neighbourhood, party: str, method: str, path: str
) -> None:
    body = BODIES_WITH_NUMBERS[party, method, path]
    missing = dict.fromkeys(street.things, NOWHERE) | {"waybill": "W999"}
    tried = 0
    with street.served.unchanged():
        for who in street.neighbours:
            if who.party != party:
                continue
            there = path.replace("{shop_id}", str(who.own.get("shop_id", street.market.shop_id)))
            seen = who.client.call(method, there, filled_in(body, street.things))
            none = who.client.call(method, there, filled_in(body, missing))
            numbers = [*street.things.values(), NOWHERE, "W999"]
            assert told(seen, *numbers) == told(none, *numbers), who.name
            tried += 1
    assert tried


# --- credentials that do not hold ---------------------------------------------------------------------------------


def keys_that_do_not_hold(served: Served, party: str, number: Any) -> list[tuple[str, Client]]:
    """Keys of a party that once held or never did, with every scope; in a second the last of them ends."""
    asked = {"party": party, "party_id": number, "scopes": served.scopes, "label": "gone"}
    ends = (wall() + timedelta(seconds=1)).isoformat()
    expired = good(served.operator.post("/keys", asked | {"expires_at": ends}), 201)
    rotated = good(served.operator.post("/keys", asked), 201)
    good(served.operator.post(f"/keys/{rotated['key_id']}/rotate", {"overlap": "PT1S"}), 201)
    revoked = good(served.operator.post("/keys", asked), 201)
    assert served.operator.delete(f"/keys/{revoked['key_id']}").status == 204
    return [
        ("none that was ever issued", served.client(secret_of(bytes(32)))),
        ("expired", served.client(expired["secret"])),
        ("rotated, after its overlap", served.client(rotated["secret"])),
        ("revoked", served.client(revoked["secret"])),
    ]


def test_a_key_that_holds_no_more_is_as_one_that_never_was(street: Neighbourhood, bodies: Bodies) -> None:
    served, market = street.served, street.market
    holders = {
        "shop": market.shop_id,
        "supplier": market.suppliers[0],
        "carrier": "cainiao",
        "channel": "plaza",
        "operator": None,
    }
    keys = {party: keys_that_do_not_hold(served, party, number) for party, number in holders.items()}
    time.sleep(1.1)
    with served.unchanged():
        for call in street.calls:
            for party in set(call.parties) & set(holders):
                path, body = theirs(street, call), bodies.get((call.method, call.path))
                said = [(why, each.call(call.method, path, body)) for why, each in keys[party]]
                for why, answer in said:
                    problem(answer, 401, "credentials.unknown")
                    assert told(answer) == told(said[0][1]), (str(call), why)


def test_a_session_that_was_ended_opens_nothing(street: Neighbourhood, bodies: Bodies) -> None:
    """Also not for whoever has a copy of its cookie."""
    who = person(street.served, "shop", street.market.shop_id, "owner")
    copy = Browser(street.served.url, cookie=who.cookie, csrf=who.csrf)
    good(copy.get("/me"))
    assert who.post("/sign_out").status == 204
    with street.served.unchanged():
        for call in street.calls:
            if {"shop", "person"} & {*call.parties}:
                copy.cookie, copy.csrf = copy.given[-1:] or copy.cookie, copy.csrf
                answer = copy.call(call.method, theirs(street, call), bodies.get((call.method, call.path)))
                problem(answer, 401, "credentials.session")
                assert MARK not in told(answer)[2]


def test_a_key_that_lacks_only_the_scope_is_refused_at_every_call(
    street: Neighbourhood, bodies: Bodies
) -> None:
    served, market = street.served, street.market
    holders = {
        "shop": market.shop_id,
        "supplier": market.suppliers[0],
        "carrier": "cainiao",
        "channel": "plaza",
    }
    keys: dict[tuple[str, str], Client] = {}
    for call in street.calls:
        for party in set(call.parties) & set(holders):
            if (party, call.scope) not in keys:
                others = [scope for scope in served.scopes if scope != call.scope]
                keys[party, call.scope] = served.client(served.key(party, holders[party], others))
    with served.unchanged():
        for call in street.calls:
            for party in set(call.parties) & set(holders):
                answer = keys[party, call.scope].call(
                    call.method, theirs(street, call), bodies.get((call.method, call.path))
                )
                assert problem(answer, 403, "credentials.scope")["scope"] == call.scope, str(call)
                assert MARK not in told(answer)[2]


@pytest.mark.parametrize(
    ("party", "role"), [(party, role) for party, roles in ROLES.items() for role in roles]
)
def test_each_role_may_what_the_table_says_and_no_more(
    street: Neighbourhood, bodies: Bodies, party: str, role: str
) -> None:
    number = {"shop": street.market.shop_id, "supplier": street.market.suppliers[0], "operator": ""}[party]
    who = person(street.served, party, number, role)
    may, tried = permissions_of(party, role), 0
    with street.served.unchanged():
        for call in street.calls:
            if party not in call.parties:
                continue
            path, body = theirs(street, call), bodies.get((call.method, call.path))
            if call.scope not in may:
                answer = who.call(call.method, path, body)
                assert problem(answer, 403, "credentials.role")["scope"] == call.scope, str(call)
                assert MARK not in told(answer)[2]
                tried += 1
            elif call.method == "GET":
                assert who.get(path).status in (200, 404, 409, 422), str(call)
                tried += 1
    assert tried > 10
