"""Every night the database is held against every invariant, beside the line; operators read what was found."""

import time
from collections.abc import Callable

from sqlalchemy import text

from andon.app.serve import serving
from andon.app.start import settle_clock
from andon.kernel.db import Database
from andon.kernel.settings import Settings
from tests.clients import Client, key_for
from tests.journeys.conftest import Running
from tests.worlds import transaction
from tests.worlds_orders import accept, incoming
from tests.worlds_partners import open_demo_shop

WAITING = text(
    "select exists (select from pg_locks where relation = cast('invitations' as regclass) and not granted)"
)
LATE = text("select bool_and(flags & 4 <> 0) from fulfilments where order_id = :order")


def until(is_so: Callable[[], object]) -> None:
    """Wait until that is so."""
    for _ in range(300):
        if is_so():
            return
        time.sleep(0.1)
    raise AssertionError("it has not come")


def until_audited(operator: Client, count: int) -> list[dict[str, object]]:
    """Wait for so many audits; answers them, the newest first."""
    until(lambda: len(operator.get("/audits").body["items"]) >= count)
    items: list[dict[str, object]] = operator.get("/audits").body["items"]
    return items


def test_each_night_has_one_audit_and_a_clock_that_jumps_is_audited_where_it_lands(
    andon: Running, operator: Client, anyone: Client
) -> None:
    [first] = until_audited(operator, 1)
    assert (first["ok"], first["findings"]) == (True, [])
    operator.post("/clock/advance", {"by": "PT1H"})
    assert len(operator.get("/audits").body["items"]) == 1
    operator.post("/clock/advance", {"by": "P1D"})
    operator.post("/clock/advance", {"by": "P30D"})
    with transaction(andon.database) as tx:
        open_demo_shop(tx)
        tx.run("update pools set counted = 1")
    operator.post("/clock/advance", {"by": "P1D"})

    newest, *others = operator.get("/audits").body["items"]
    assert [audit["ok"] for audit in others] == [True, True, True]
    assert (newest["ok"], [check["name"] for check in newest["findings"]]) == (False, ["units_allotted"])
    assert newest["due_at"] == "2026-04-02T19:30:00Z"
    [notice] = [each for each in operator.get("/notices").body["items"] if each["kind"] == "audit.failed"]
    assert notice["facts"]["broken"] == {"units_allotted": 4}
    assert b"andon_audit_broken 1.0" in anyone.get("/metrics").raw

    page = operator.get("/audits?limit=3").body
    rest = operator.get(f"/audits?limit=3&cursor={page['next_cursor']}").body
    assert [len(page["items"]), len(rest["items"]), rest["next_cursor"]] == [3, 1, None]


def test_only_operators_read_the_audits(andon: Running, anyone: Client) -> None:
    assert anyone.get("/audits").status == 401
    assert anyone.of(key_for(andon.database, "channel", "market")).get("/audits").status == 403


def test_a_long_audit_holds_up_nothing_on_the_line(database: Database, settings: Settings) -> None:
    settle_clock(database, "scaled", 100_000.0)  # a night is less than a second
    with serving(database, settings) as running, database.owner.connect() as keeper:
        operator = Client(running.url, key_for(database, "operator"))
        with transaction(database, running.line.now()) as tx:
            shop = open_demo_shop(tx)
        # Of all that runs the audit alone looks at this table.
        keeper.execute(text("lock table invitations in access exclusive mode"))
        until(lambda: keeper.execute(WAITING).scalar_one())
        count = len(operator.get("/audits").body["items"])
        with transaction(database, running.line.now()) as tx:
            [order] = accept(tx, shop.shop_id, incoming("1", "S-1"))
        until(lambda: keeper.execute(LATE, {"order": order}).scalar_one())
        assert len(operator.get("/audits").body["items"]) == count
        keeper.rollback()
        until_audited(operator, count + 1)
