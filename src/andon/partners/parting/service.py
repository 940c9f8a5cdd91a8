"""Noting what setting a mode or changing a mapping means for a product's exit, in the transaction that does it."""

from collections.abc import Mapping

from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.partners.parting.events import ProductExitDone, ProductExitOpened, ProductExitTakenBack
from andon.partners.parting.rules import ProductExitState, Standing, steps_of
from andon.partners.parting.tables import PRODUCT_EXIT_IDS
from andon.platform.policies.rules import Policy

_ROWS = "json_to_recordset(cast(cast(:rows as text) as json))"
_EVENTS = {
    ProductExitState.OPEN: ProductExitOpened,
    ProductExitState.DONE: ProductExitDone,
    ProductExitState.TAKEN_BACK: ProductExitTakenBack,
}

Steps = tuple[ProductExitState, ...]


def note_modes(tx: Tx[Policy], shop_id: int, were_jit: Mapping[str, bool]) -> None:
    """The modes of these products were set; by SKU, whether each was JIT before. Source: PART-1."""
    _note(tx, shop_id, were_jit, {})


def note_mappings(tx: Tx[Policy], shop_id: int, were_mapped: Mapping[str, bool]) -> None:
    """Mappings of these products were made or removed; by SKU, whether each had any before. Source: PART-1."""
    _note(tx, shop_id, {}, were_mapped)


def _note(
    tx: Tx[Policy], shop_id: int, were_jit: Mapping[str, bool], were_mapped: Mapping[str, bool]
) -> None:
    """Open, end or take back the exits that come of it.

    The products are locked, and looked at after that: of two sessions that do one act each, the later one sees both.
    """
    skus = sorted({*were_jit, *were_mapped})
    if not skus:
        return
    tx.put(
        "select from products where shop_id = :shop and sku = any(:skus) order by sku for no key update",
        shop=shop_id,
        skus=skus,
    )
    found = tx.rows(
        "select p.sku, p.mode = 2 as jit, exists (select from mappings m where m.shop_id = p.shop_id "
        "and m.sku = p.sku) as mapped, e.product_exit_id, s.jit_intake_open as shop_is_in from products p "
        "join shops s on s.shop_id = p.shop_id "
        "left join product_exits e on e.shop_id = p.shop_id and e.sku = p.sku and e.state < 80 "
        "where p.shop_id = :shop and p.sku = any(:skus) order by p.sku",
        shop=shop_id,
        skus=skus,
    )
    opened: dict[str, tuple[Standing, Steps]] = {}
    ended: dict[int, tuple[str, Steps]] = {}
    for row in found:
        after = Standing(row.jit, row.mapped)
        before = Standing(were_jit.get(row.sku, row.jit), were_mapped.get(row.sku, row.mapped))
        is_open = row.product_exit_id is not None
        steps = steps_of(before, after, is_open=is_open, shop_is_in=row.shop_is_in)
        if steps and is_open:
            ended[row.product_exit_id] = row.sku, steps
        elif steps:
            opened[row.sku] = after, steps
    _open(tx, shop_id, opened)
    _end(tx, shop_id, ended)


def _open(tx: Tx[Policy], shop_id: int, opened: Mapping[str, tuple[Standing, Steps]]) -> None:
    if not opened:
        return
    numbers = tx.take_ids(PRODUCT_EXIT_IDS.name, len(opened))
    exits = [(number, sku, *opened[sku]) for number, sku in zip(numbers, opened, strict=True)]
    tx.put(
        "insert into product_exits (shop_id, product_exit_id, sku, state, missing, opened_at, ended_at, policy) "
        "select :shop, e.n, e.k, e.s, e.m, :now, case when e.s >= 80 then cast(:now as timestamptz) end, :policy "
        f"from {_ROWS} as e(n bigint, k text, s smallint, m text)",
        shop=shop_id,
        now=tx.now,
        policy=tx.policy.version,
        rows=as_json(
            {
                "n": number,
                "k": sku,
                "s": steps[-1].value,
                "m": after.missing if steps[-1] is ProductExitState.OPEN else None,
            }
            for number, sku, after, steps in exits
        ),
    )
    tx.emit(
        *(
            _EVENTS[step](shop_id=shop_id, product_exit_id=number, sku=sku)
            for number, sku, _, steps in exits
            for step in steps
        )
    )


def _end(tx: Tx[Policy], shop_id: int, ended: Mapping[int, tuple[str, Steps]]) -> None:
    if not ended:
        return
    tx.put(
        f"update product_exits x set state = e.s, missing = null, ended_at = :now from {_ROWS} as e(n bigint, s smallint) "
        "where x.shop_id = :shop and x.product_exit_id = e.n and x.state < 80",
        shop=shop_id,
        now=tx.now,
        rows=as_json({"n": number, "s": steps[-1].value} for number, (_, steps) in ended.items()),
    )
    tx.emit(
        *(
            _EVENTS[step](shop_id=shop_id, product_exit_id=number, sku=sku)
            for number, (sku, steps) in ended.items()
            for step in steps
        )
    )
