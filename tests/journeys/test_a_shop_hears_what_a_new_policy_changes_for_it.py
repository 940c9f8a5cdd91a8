"""A version comes into force before long: the shop is written to, sees what touches it, and says that it has read it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from andon.app.serve import serving
from andon.kernel.clock import set_clock
from andon.kernel.db import Database
from andon.kernel.settings import Settings
from tests.clients import Client, key_for
from tests.journeys.conftest import Running
from tests.worlds import transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_partners import a_shop, open_demo_shop

THEN = datetime(2023, 12, 16, 4, 0, tzinfo=UTC)
"""Two days before version 3.1 is announced, which comes into force with the new year; 3.0 holds."""


@pytest.fixture
def andon(database: Database, settings: Settings) -> Iterator[Running]:
    """A running Andon whose clock stands then."""
    with database.owner.begin() as connection:
        set_clock(connection, "manual", 0, THEN)
    with serving(database, settings) as running:
        yield Running(running.url, database, running)


def test_a_shop_hears_what_a_new_policy_changes_for_it(andon: Running, operator: Client) -> None:
    with transaction(andon.database, THEN) as tx:
        shop = open_demo_shop(tx)
        outside = a_shop(tx)
    seller = Client(andon.url, key_for(andon.database, "shop", shop.shop_id))
    supplier = Client(andon.url, key_for(andon.database, "supplier", shop.supplier_ids[0]))
    here = f"/shops/{shop.shop_id}/policy_changes"
    contacts = [{"email": "li@shop.test", "role": "owner"}, {"email": "wu@shop.test"}]
    assert seller.put(f"/shops/{shop.shop_id}/contacts", contacts).status == 200

    later, coming = seller.get(here).body["items"]
    assert (later["version"], later["changes"], later["others"], later["fees"]) == ("jit-3.2", [], 0, None)
    assert (coming["version"], coming["follows"]) == ("jit-3.1", "jit-3.0")
    assert (coming["in_force_on"], coming["announced_at"], coming["readers"]) == ("2024-01-01", None, [])
    assert coming["changes"] == [
        {
            "part": "clause",
            "code": "QUAL-2",
            "title": {"zh-CN": "审核时限与评分卡", "en": "Deadline and scorecard"},
            "name": "review_within",
            "text": {"zh-CN": "审核时限：48小时 → 72小时", "en": "time to review: 48 h → 72 h"},
            "before": "P2D",
            "after": "P3D",
            "because": "jit",
        }
    ]
    plain = Client(andon.url).get("/policies/jit-3.1/changes?follows=jit-3.0").body
    assert plain["items"] == [
        {name: value for name, value in coming["changes"][0].items() if name != "because"}
    ]
    first = seller.get(f"{here}?limit=1").body
    assert seller.get(f"{here}?limit=1&cursor={first['next_cursor']}").body["items"] == [coming]

    assert operator.post("/clock/advance", {"by": "P1D"}).status == 200
    assert operator.get("/policies/jit-3.1/readers").body["items"] == [], "it is too early"
    assert operator.post("/clock/advance", {"by": "P1D"}).status == 200
    [notice] = seller.get(f"/shops/{shop.shop_id}/notices").body["items"]
    assert (notice["kind"], notice["at"]) == ("policy.announced", "2023-12-18T01:00:00Z")
    assert notice["facts"] == {
        "version": "jit-3.1",
        "in_force_on": "2024-01-01",
        "changes": 1,
        "clauses": "QUAL-2",
    }
    [letter] = operator.get("/outbox?state=kept").body["items"]
    assert (letter["to"], letter["kind"]) == ("li@shop.test", "policy.announced"), "the rules are the owner's"

    unread = operator.get("/policies/jit-3.1/readers?read=false").body["items"]
    at = "2023-12-18T01:00:00Z"
    assert unread == [
        {"shop_id": shop.shop_id, "announced_at": at, "changes": 1, "readers": []},
        {"shop_id": outside, "announced_at": at, "changes": 0, "readers": []},
    ]
    waits = seller.get("/policy_changes/unread").body["items"]
    assert waits == [{"shop_id": shop.shop_id, "version": "jit-3.1", "changes": 1, "announced_at": at}]
    for _ in range(2):
        assert seller.post(f"{here}/jit-3.1/read").body == {"done": True}
    [read] = operator.get("/policies/jit-3.1/readers?read=true").body["items"]
    assert read["readers"] == [{"by": f"shop:{shop.shop_id}", "user_id": None, "at": "2023-12-18T04:00:00Z"}]
    assert seller.get(here).body["items"][1]["readers"] == read["readers"]
    assert seller.get("/policy_changes/unread").body["items"] == []
    assert supplier.get("/policy_changes/unread").status == 403
    table = operator.get("/policies/jit-3.1/readers", Accept="text/csv").raw.decode("utf-8-sig").splitlines()
    assert (table[0].split(",")[:3], len(table)) == (["shop_id", "announced_at", "changes"], 3)
    assert "审核时限：48小时 → 72小时" in seller.get(here, Accept="text/csv").raw.decode("utf-8-sig")
    assert len(operator.get("/policies/jit-3.1/readers?limit=1").body["items"]) == 1

    assert operator.post(f"{here}/jit-3.1/read").code == "policy_change.not_own"
    assert seller.post(f"{here}/jit-3.0/read").code == "policy_change.not_found"
    assert seller.post(f"{here}/jit-9.9/read").code == "policy.unknown"
    assert operator.get("/policies/jit-9.9/readers").code == "policy.unknown"
    assert seller.get(f"/shops/{outside}/policy_changes").status == 404
    assert supplier.get(here).status == 403
    assert seller.get("/policies/jit-3.1/readers").status == 403

    assert operator.post("/clock/advance", {"by": "P140D"}).status == 200
    silent = operator.get("/policies/jit-3.2/readers").body["items"]
    assert [(each["shop_id"], each["changes"]) for each in silent] == [(shop.shop_id, 0), (outside, 0)]
    kinds = [each["kind"] for each in seller.get(f"/shops/{shop.shop_id}/notices").body["items"]]
    assert kinds == ["policy.announced"], "where nothing changes nobody is troubled"
    assert_all_well(andon.database)
