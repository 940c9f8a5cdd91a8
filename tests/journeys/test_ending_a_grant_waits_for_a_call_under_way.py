"""Whatever a supplier's call does, the grant that it goes by cannot end before it."""

import pytest
from sqlalchemy.exc import OperationalError

from andon.platform.accounts.edge import Caller, InTransaction, Router, allow
from tests.clients import Client, key_for
from tests.journeys.conftest import Running
from tests.worlds import transaction
from tests.worlds_partners import open_demo_shop

router = Router()


@router.post("/probe/grants", dependencies=[allow("fulfilments.write", "supplier")])
def try_to_end(tx: InTransaction, caller: Caller) -> list[str]:
    """What another meets who would end this caller's grants now."""
    tx.rows("select 1")
    with caller.edge.database.owner.connect() as other:
        other.exec_driver_sql("set local lock_timeout = '50ms'")
        try:
            other.exec_driver_sql("update grants set ended_at = since where supplier_id = %s", (tx.actor.id,))
        except OperationalError as waits:
            return [type(waits.orig).__name__]
    return []


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "once"}])
def test_a_grant_cannot_end_under_a_call_whether_or_not_something_was_committed_before_it(
    andon: Running, anyone: Client, headers: dict[str, str]
) -> None:
    andon.serving.app.router.routes.extend(router.routes)
    with transaction(andon.database) as tx:
        shop = open_demo_shop(tx)
    supplier = anyone.of(key_for(andon.database, "supplier", shop.supplier_ids[0]))
    # Of a key's first use a note is committed, and with an Idempotency-Key a claim, before the call acts.
    assert supplier.post("/probe/grants", {}, **headers).body == ["LockNotAvailable"]
    headers = {name: f"{value}-more" for name, value in headers.items()}
    assert supplier.post("/probe/grants", {}, **headers).body == ["LockNotAvailable"]
