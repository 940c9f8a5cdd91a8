"""Many acts in one transaction: a refused one is undone whole, and takes nothing of the others with it."""

from collections.abc import Callable
from contextlib import suppress

import pytest

from andon.kernel.db import Database
from andon.kernel.errors import Conflict, Refused
from andon.kernel.many import halved, one_by_one
from andon.kernel.tx import Tx
from andon.partners.catalog.events import ProductModeSet
from andon.platform.policies.rules import Policy
from tests.worlds import transaction
from tests.worlds_partners import DemoShop


def note(tx: Tx[Policy], shop_id: int, sku: str) -> None:
    """Change a row, and tell of it."""
    tx.hold(shop_id)
    tx.put("update products set title = title || '!' where shop_id = :s and sku = :sku", s=shop_id, sku=sku)
    tx.emit(ProductModeSet(shop_id=shop_id, sku=sku, mode="jit"))


def undone(tx: Tx[Policy], do: Callable[[], None]) -> None:
    """Do something, and undo it."""
    with suppress(Conflict), tx.undone_by(Conflict):
        do()
        raise Conflict


def titles(tx: Tx[Policy], shop_id: int) -> dict[str, str]:
    rows = tx.rows("select sku, title from products where shop_id = :s and sku like 'S-%'", s=shop_id)
    return {row.sku: row.title for row in rows}


def told_of(tx: Tx[Policy], shop_id: int) -> list[str]:
    rows = tx.rows(
        "select kind from events where shop_id = :s and kind = :k", s=shop_id, k=ProductModeSet.kind
    )
    return [row.kind for row in rows]


def test_what_lies_around_an_undone_act_is_undone_with_it(database: Database, shop: DemoShop) -> None:
    with transaction(database) as tx:
        before = titles(tx, shop.shop_id)
        told = len(told_of(tx, shop.shop_id))

        def act(sku: str) -> None:
            note(tx, shop.shop_id, sku)
            undone(tx, lambda: note(tx, shop.shop_id, sku))
            raise Conflict("conflict", "the outer one")

        [refusal] = one_by_one(tx, ["S-1"], act, lambda _: 1)
        assert refusal
        assert (refusal.code, refusal.detail) == ("conflict", "the outer one")
        assert titles(tx, shop.shop_id) == before
    with transaction(database) as tx:
        assert titles(tx, shop.shop_id) == before
        assert len(told_of(tx, shop.shop_id)) == told


def test_what_was_done_before_is_told_also_if_a_later_act_writes_and_is_undone(
    database: Database, shop: DemoShop
) -> None:
    with transaction(database) as tx:
        told = len(told_of(tx, shop.shop_id))
        title = titles(tx, shop.shop_id)["S-1"]

        def act(sku: str) -> None:
            note(tx, shop.shop_id, sku)
            if sku == "S-2":
                tx.flush()  # as reaching another shop does
                raise Conflict

        refusals = one_by_one(tx, ["S-2", "S-1", "S-2"], act, lambda sku: int(sku[-1]))
        assert [refusal and refusal.code for refusal in refusals] == ["conflict", None, "conflict"]
    with transaction(database) as tx:
        assert len(told_of(tx, shop.shop_id)) == told + 1
        assert titles(tx, shop.shop_id)["S-1"] == title + "!"


def test_a_head_that_was_let_go_with_an_undone_act_is_held_anew(database: Database, shop: DemoShop) -> None:
    with transaction(database) as tx:
        undone(tx, lambda: note(tx, shop.shop_id, "S-1"))
        with pytest.raises(AssertionError, match="hold the shop's head"):
            tx.emit(ProductModeSet(shop_id=shop.shop_id, sku="S-1", mode="jit"))


def test_halves_are_tried_until_the_bad_ones_stand_alone(database: Database) -> None:
    with transaction(database) as tx:
        tries: list[int] = []

        def act(numbers: list[int]) -> None:
            tries.append(len(numbers))
            if bad := [number for number in numbers if number in (3, 90)]:
                raise Conflict("conflict", str(bad[0]))

        refusals: list[Refused | None] = halved(tx, list(range(100)), act)
    assert {place: no.detail for place, no in enumerate(refusals) if no} == {3: "3", 90: "90"}
    assert len(tries) < 30
