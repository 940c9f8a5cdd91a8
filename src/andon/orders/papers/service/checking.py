"""Goods scanned at the packing table: what belongs into the parcel counts, what does not is kept as a refusal."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from andon.kernel.errors import Conflict
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.orders.order.rules import FulfilmentState
from andon.orders.papers.events import GoodsChecked, GoodsCheckRefused
from andon.orders.papers.rules import CHECKABLE, Line, Scan, check_verdict, named, shared_out
from andon.orders.papers.tables import CHECK_IDS
from andon.orders.papers.views import lines_of
from andon.orders.shipping.rules import refusal_of
from andon.orders.shipping.service.standing import barred, standings
from andon.platform.policies.rules import Policy


def check_goods(tx: Tx[Policy], fulfilment_id: int, scan: Scan) -> str | None:
    """Count what was scanned for one of the calling supplier's fulfilments, or keep it as a refusal: its code, or None.

    Each scan counts by itself. Raises NotFound `fulfilment.not_found`, and Conflict `fulfilment.state` or
    `fulfilment.held` where nothing may be packed.
    """
    row = standings(tx, [fulfilment_id]).get(fulfilment_id)
    if bar := barred(tx, row, None):
        raise refusal_of(bar)
    assert row is not None, "what is not there is barred"
    tx.hold(row.shop_id)
    now = _locked(tx, row)
    lines = lines_of(tx, fulfilment_id)
    code = check_verdict(scan, (fulfilment_id, now.order_id), lines).code
    shares = [(None, scan.units)] if code else shared_out(scan.units, named(scan.scanned, lines))
    ids = tx.take_ids(CHECK_IDS.name, len(shares))
    _write(tx, now, scan, code, list(zip(ids, shares, strict=True)))
    _tell(tx, now, scan, code, ids[0], lines)
    return code


def _locked(tx: Tx[Policy], row: Row[Any]) -> Row[Any]:
    """The fulfilment, so that two scans that come at once count one after the other."""
    now = tx.one(
        "select shop_id, fulfilment_id, supplier_id, order_id, state, held_at from fulfilments "
        "where shop_id = :shop and fulfilment_id = :fulfilment for no key update",
        shop=row.shop_id,
        fulfilment=row.fulfilment_id,
    )
    assert now is not None, "a fulfilment never goes"
    state = FulfilmentState(now.state)
    if state not in CHECKABLE:
        raise Conflict("fulfilment.state", state=state.word)
    if now.held_at is not None:
        raise Conflict("fulfilment.held", state=state.word)
    return now


def _write(
    tx: Tx[Policy],
    row: Row[Any],
    scan: Scan,
    code: str | None,
    shares: Sequence[tuple[int, tuple[int | None, int]]],
) -> None:
    tx.put(
        "insert into goods_checks (shop_id, check_id, fulfilment_id, supplier_id, line_no, scanned, number, units, "
        "code, actor, at) select :shop, r.i, :fulfilment, :supplier, r.l, :scanned, :number, r.u, :code, :actor, :now "
        "from json_to_recordset(cast(:rows as json)) as r(i bigint, l int, u int)",
        shop=row.shop_id,
        fulfilment=row.fulfilment_id,
        supplier=row.supplier_id,
        scanned=scan.scanned,
        number=scan.number,
        code=code,
        actor=str(tx.actor),
        now=tx.now,
        rows=as_json({"i": number, "l": line_no, "u": units} for number, (line_no, units) in shares),
    )


def _tell(
    tx: Tx[Policy], row: Row[Any], scan: Scan, code: str | None, check_id: int, lines: Sequence[Line]
) -> None:
    """Tell of a refusal, and of the scan after which nothing is missing."""
    if code is not None:
        tx.emit(
            GoodsCheckRefused(
                shop_id=row.shop_id,
                order_id=row.order_id,
                fulfilment_id=row.fulfilment_id,
                supplier_id=row.supplier_id,
                check_id=check_id,
                code=code,
                units=scan.units,
            )
        )
    elif sum(line.missing for line in lines) == scan.units:
        tx.emit(
            GoodsChecked(
                shop_id=row.shop_id,
                order_id=row.order_id,
                fulfilment_id=row.fulfilment_id,
                supplier_id=row.supplier_id,
                units=sum(line.units for line in lines),
            )
        )
