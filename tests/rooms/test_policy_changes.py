"""A version that is still to come: announced once to whom it is news, shown by what touches the shop, noted as read."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Forbidden, NotFound
from andon.kernel.tx import Actor, Tx
from andon.membership.policy_changes.rules import news_for
from andon.membership.policy_changes.service import mark_read
from andon.membership.policy_changes.station import ANNOUNCE
from andon.membership.policy_changes.views import News, news_of, readers_of, versions_of
from andon.money.charges.rules import ChargeKind
from andon.platform.policies.rules import Policies, Policy, PolicyUnknown
from andon.platform.policies.service import set_policy_overrides
from tests.worlds import NOON, transaction
from tests.worlds_money import Sent, an_order
from tests.worlds_partners import a_shop, open_demo_shop
from tests.worlds_policies import IN_FORCE, policies_with, under

DAY = timedelta(days=1)
ANNOUNCED = datetime.fromisoformat("2026-03-06T01:00:00+00:00")
"""The first 09:00 in Shanghai that lies in the fourteen days before."""
PERSON = Actor("shop", 1, user=7)


@pytest.fixture(scope="module")
def policies(tmp_path_factory: pytest.TempPathFactory) -> Policies:
    return policies_with(tmp_path_factory.mktemp("policies"))


def run_line(database: Database, policies: Policies, until: datetime, *, batch: int = 200) -> list[datetime]:
    """Run the station from due instant to due instant; the instants at which anything was announced."""
    told: list[datetime] = []
    while True:
        with under(policies, database, until) as tx:
            row = tx.one(ANNOUNCE.due)
            assert row is not None, "the turn is always due some time"
        if (due := max(row[0], NOON)) > until:
            return told
        with under(policies, database, due) as tx:
            before = tx.one("select count(*) from policy_announcements")
            ANNOUNCE.step(tx, batch)
            if tx.one("select count(*) from policy_announcements") != before:
                told.append(due)


def news(tx: Tx[Policy], shop_id: int) -> list[News]:
    return news_of(tx, shop_id, news_for(versions_of(tx), NOON - 365 * DAY))


def rows(database: Database, sql: str) -> list[tuple[Any, ...]]:
    with transaction(database) as tx:
        return [tuple(row) for row in tx.rows(sql)]


def test_a_version_is_announced_once_at_nine_of_the_first_day_within_its_two_weeks(
    database: Database, policies: Policies
) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx).shop_id
        other = open_demo_shop(tx).shop_id
    assert run_line(database, policies, ANNOUNCED - timedelta(seconds=1)) == []
    assert run_line(database, policies, ANNOUNCED, batch=1) == [ANNOUNCED, ANNOUNCED]
    assert run_line(database, policies, IN_FORCE + 60 * DAY) == []
    assert rows(database, "select * from policy_announcements") == [
        (shop, "jit-3.3", 4, ANNOUNCED),
        (other, "jit-3.3", 4, ANNOUNCED),
    ]
    facts = {
        "version": "jit-3.3",
        "in_force_on": "2026-03-20",
        "changes": 4,
        "clauses": "MODE-3, EXIT-7, FEE-1, cainiao_jit",
    }
    assert rows(
        database, "select shop_id, audience, facts from notices where kind = 'policy.announced' order by 1"
    ) == [(shop, "seller", facts), (other, "seller", facts)]
    assert rows(database, "select shop_id from events where kind = 'policy.announced' order by 1") == [
        (shop,),
        (other,),
    ]


def test_a_shop_that_nothing_touches_is_noted_and_not_troubled(
    database: Database, policies: Policies
) -> None:
    with transaction(database) as tx:
        shop = a_shop(tx)
    with transaction(database) as tx:
        tx.put("delete from plan_lines where line = 'cainiao_jit'")
    run_line(database, policies, ANNOUNCED)
    assert rows(database, "select shop_id, changes from policy_announcements") == [(shop, 0)]
    assert rows(database, "select 1 from notices where kind = 'policy.announced'") == []


def test_a_shop_that_opens_within_the_two_weeks_hears_of_it_and_one_that_opens_after_them_does_not(
    database: Database, policies: Policies
) -> None:
    run_line(database, policies, ANNOUNCED)
    with transaction(database, ANNOUNCED + timedelta(hours=1)) as tx:
        within = a_shop(tx)
    with transaction(database, IN_FORCE) as tx:
        after = a_shop(tx)
        assert news_for(policies.versions, IN_FORCE) == []
    assert run_line(database, policies, IN_FORCE + 60 * DAY) == [ANNOUNCED + DAY]
    assert rows(database, "select shop_id from policy_announcements") == [(within,)]
    with (
        under(policies, database, IN_FORCE) as tx,
        pytest.raises(NotFound, match=r"policy_change\.not_found"),
    ):
        mark_read(tx, after, "jit-3.3")


def test_a_version_that_was_published_late_is_announced_late(database: Database, policies: Policies) -> None:
    with transaction(database) as tx:
        shop = a_shop(tx)
    with under(policies, database, IN_FORCE + DAY) as tx:
        ANNOUNCE.step(tx, 10)
    assert rows(database, "select shop_id, announced_at from policy_announcements") == [
        (shop, IN_FORCE + DAY)
    ]


def test_a_shop_is_shown_what_touches_it_and_what_its_own_last_shipments_would_cost(
    database: Database, policies: Policies
) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx).shop_id
        an_order(tx, shop, Sent(), Sent())
        an_order(tx, shop, Sent(), country="US")
    with under(policies, database, NOON + DAY) as tx:
        [coming] = [each for each in news(tx, shop) if each.after.version == "jit-3.3"]
    assert [(change.code, change.name, reason) for change, reason in coming.changes] == [
        ("MODE-3", "answer_within", "jit"),
        ("EXIT-7", "freeze", "jit"),
        ("FEE-1", "handling", "jit"),
        ("cainiao_jit", "rates", "line"),
    ]
    assert coming.others == 3  # BACK-2, push, the smart line
    assert coming.fees is not None
    assert coming.fees.shipments == 3
    assert [(each.kind, str(each.before), str(each.after)) for each in coming.fees.by_kind] == [
        (ChargeKind.HANDLING, "CNY 0.60", "CNY 1.00"),  # two orders
        (ChargeKind.WAREHOUSE, "CNY 3.30", "CNY 3.30"),  # three parcels of 1.2 litres
        # 350 g are the first 100 g and three steps: two parcels to Spain, whose first fee rises by 1.00, one to the US.
        (ChargeKind.FREIGHT, "CNY 94.40", "CNY 96.40"),
    ]


def test_a_value_of_the_shops_own_is_not_touched_by_the_policys(
    database: Database, policies: Policies
) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx).shop_id
    with transaction(database, actor=Actor("operator", "1")) as tx:
        set_policy_overrides(tx, shop, {"freeze": "whole_account"})
    with under(policies, database, NOON + DAY) as tx:
        assert "EXIT-7" not in {change.code for change, _ in news(tx, shop)[0].changes}


def test_who_has_read_it_is_noted_once_each(database: Database, policies: Policies) -> None:
    with transaction(database) as tx:
        shop = open_demo_shop(tx).shop_id
        other = open_demo_shop(tx).shop_id
    run_line(database, policies, ANNOUNCED)
    for days, actor in enumerate((PERSON, PERSON, Actor("shop", shop)), start=1):
        with under(policies, database, ANNOUNCED + days * DAY, actor) as tx:
            mark_read(tx, shop, "jit-3.3")
    with under(policies, database, ANNOUNCED + DAY) as tx:
        found = readers_of(tx, "jit-3.3", limit=10)
        assert [(row.shop_id, [each["by"] for each in row.readers or ()]) for row in found] == [
            (shop, ["shop:1/user:7", f"shop:{shop}"]),
            (other, []),
        ]
        assert [row.shop_id for row in readers_of(tx, "jit-3.3", read=False, limit=10)] == [other]
        assert [row.shop_id for row in readers_of(tx, "jit-3.3", read=True, limit=10)] == [shop]
        assert [each["user_id"] for each in news(tx, shop)[0].readers] == [7, None]
        assert news(tx, shop)[0].fees is not None
        [quiet] = news_of(tx, shop, news_for(versions_of(tx), NOON), with_fees=False)
        assert (quiet.fees, quiet.changes) == (None, news(tx, shop)[0].changes)
        with pytest.raises(Forbidden, match=r"policy_change\.not_own"):
            mark_read(tx, shop, "jit-3.3")
        with pytest.raises(PolicyUnknown):
            mark_read(tx, shop, "jit-9.9")
    assert len(rows(database, "select 1 from events where kind = 'policy.changes_read'")) == 2
