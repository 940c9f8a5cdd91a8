"""Joining JIT over HTTP: what it asks, what it records, and that it opens the intake."""

import pytest

from andon.partners.shops.tables import Shop
from tests.clients import Client, key_for
from tests.journeys.conftest import Running
from tests.worlds import transaction
from tests.worlds_partners import a_shop, bind, qualified_suppliers


def shop_of(andon: Running, operator: Client, category: str) -> tuple[Client, str]:
    with transaction(andon.database) as tx:
        shop = a_shop(tx, category=category)
        bind(tx, shop, qualified_suppliers(tx, 1))
    return operator.of(key_for(andon.database, "shop", shop)), f"/shops/{shop}/enrolment"


@pytest.mark.clause("MODE-1", "MODE-7")
def test_a_shop_joins_with_its_key_as_the_signature(andon: Running, operator: Client) -> None:
    shop, path = shop_of(andon, operator, "apparel")
    assert shop.get(path).body | {"authorisation": None} == {
        "state": "off",
        "number": 0,
        "joined_at": None,
        "ended_at": None,
        "policy": None,
        "authorisation": None,
    }
    asked = shop.get(f"{path}/eligibility").body
    assert asked["eligible"] is True
    assert [(one["code"], one["clause"], one["met"]) for one in asked["conditions"]] == [
        ("enrolment.category", "MODE-1", True),
        ("enrolment.funds", None, True),
        ("enrolment.supplier", "QUAL-1", True),
        ("enrolment.jit_line", None, True),
    ]

    joined = shop.post(f"{path}/join", {"authorisation_version": asked["authorisation_version"]})
    assert joined.status == 200, joined
    assert (joined.body["state"], joined.body["number"]) == ("on", 1)
    assert joined.body["authorisation"]["signed_by"].startswith("key:")
    assert shop.post(f"{path}/join").body == joined.body
    assert shop.get(path).body == joined.body
    with transaction(andon.database) as tx:
        assert tx.get(Shop, int(path.split("/")[2])).jit_intake_open


@pytest.mark.clause("MODE-1")
def test_a_shop_in_another_category_is_refused_with_the_clause(andon: Running, operator: Client) -> None:
    shop, path = shop_of(andon, operator, "furniture")
    assert shop.get(f"{path}/eligibility").body["eligible"] is False
    refused = shop.post(f"{path}/join")
    assert (refused.status, refused.code, refused.body["clause"]) == (403, "enrolment.category", "MODE-1")
    assert shop.get(path).body["state"] == "off"


def test_another_version_of_the_authorisation_is_refused(andon: Running, operator: Client) -> None:
    shop, path = shop_of(andon, operator, "apparel")
    refused = shop.post(f"{path}/join", {"authorisation_version": "0"})
    assert (refused.status, refused.code) == (409, "enrolment.authorisation")
    assert refused.body["version"] == "1"
