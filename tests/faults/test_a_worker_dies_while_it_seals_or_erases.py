"""A worker that is killed while it seals the record or erases buyers: the next one finishes, and all is proven."""

from collections.abc import Callable
from contextlib import closing

import pytest
from sqlalchemy import text

from andon.adapters.anchor_file import AnchorFile
from andon.insights.audit.views.record import prove_record, seals_of
from andon.kernel.clock import ManualClock
from andon.kernel.db import Database
from andon.kernel.line import Line
from andon.kernel.settings import Settings
from andon.orders.erasure.service import ask_erasure
from andon.orders.erasure.station import ERASE
from andon.platform.keyring.views import keys_of
from andon.platform.policies.files import load_policies
from andon.platform.record.service import PURPOSE
from andon.platform.record.station import seal_station
from tests.faults.nursery import KILLED
from tests.faults.running import Town, soon
from tests.worlds import transaction
from tests.worlds_audit import assert_all_well
from tests.worlds_due import EACH, LATER

PLACES = [f"seal.{beat}" for beat in ("claim.begun", "claim.done", "claim.committed", "call.done")]
PLACES += [f"erase.step.{moment}" for moment in ("begun", "done", "committed")]


def asked_for(database: Database) -> int:
    """How many buyers are to be erased: those of the orders that were delivered."""
    with transaction(database, LATER) as tx:
        rows = tx.rows(
            "select shop_id, order_id from orders where channel_order_no like 'delivered%' order by 1, 2"
        )
        for row in rows:
            ask_erasure(tx, row.shop_id, row.order_id)
        return len(rows)


def nothing_is_due(town: Town, settings: Settings) -> bool:
    policies = load_policies()
    anchors = AnchorFile(settings.home, town.database.name)
    stations = (seal_station(anchors, town.key, policies.at(LATER).record.sealed_after), ERASE)
    with closing(Line(town.database, ManualClock(), stations, policies)) as line:
        now = line.now()
        return not any(at <= now for at in line.earliest_due().values())


@pytest.mark.parametrize("place", PLACES)
def test_a_worker_killed_while_it_seals_or_erases_leaves_nothing_undone_or_unproven(
    place: str,
    all_due: str,
    copies: Callable[[str], Database],
    town_of: Callable[[Database], Town],
    settings: Settings,
) -> None:
    town = town_of(copies(all_due))
    assert asked_for(town.database) == 2 * EACH
    assert town.work(f"{place}=kill").wait() == KILLED
    town.leases_run_out()
    worker = town.work()
    soon(lambda: nothing_is_due(town, settings), 60, "it is not all sealed and erased")
    town.until_nothing_is_due()
    worker.stop()
    anchors = AnchorFile(settings.home, town.database.name).kept()
    with town.database.line.connect() as connection:
        found = prove_record(connection, keys_of(connection, town.key, PURPOSE), anchors, sample=5)
        newest = {each.seal.shop_id: each.seal.seal_no for each in seals_of(connection)}
        erased = connection.scalar(text("select count(*) from recipients where erased_at is not null"))
        shops = connection.scalar(text("select count(*) from shops"))
    assert [each.sample for each in found if not each.ok] == []
    assert len(newest) == 1 + shops, "the platform's and each shop's"
    assert erased == 2 * EACH
    if place != "seal.claim.committed":  # then the anchors are a seal behind, until the next
        assert {each.shop_id: each.seal_no for each in anchors} == newest
    assert_all_well(town.database)
    assert not town.errors()
