"""A supplier announces that it leaves; its day comes; what it had not accepted goes to others; the binding ends. Source: EXIT-3."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from andon.kernel.errors import Conflict, NotFound
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.membership.departures.events import (
    DepartureAnnounced,
    DepartureBegun,
    DepartureEnded,
    DepartureRerouted,
    DepartureWithdrawn,
)
from andon.membership.departures.rules import REASON, UNANSWERED, UNSHIPPED, check_ahead
from andon.membership.departures.tables import DEPARTURE_IDS, Departure
from andon.membership.departures.views import departure_of
from andon.membership.unbinding.service import Signature, draw_up_anyhow, sign_closed
from andon.orders.order.rules import OPEN_BELOW, FulfilmentState
from andon.orders.order.service import Close, close_fulfilments
from andon.orders.push.rules import WITHDRAWN
from andon.orders.push.service import queue_pushes
from andon.orders.routing.service import reroute
from andon.partners.bindings.service import close_grant
from andon.partners.bindings.views import granted_shops
from andon.platform.notices.service import Notice, tell
from andon.platform.policies.rules import Policy

AGAIN = timedelta(hours=1)
"""How often it is looked at whether what the supplier accepted is over."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """What could take an item's place: another supplier, or a word about it."""

    item: str
    supplier_id: int | None = None
    note: str | None = None


def announce(
    tx: Tx[Policy],
    supplier_id: int,
    leaves_at: datetime,
    signature: Signature,
    shop_ids: Collection[int] | None = None,
    alternatives: Sequence[Alternative] = (),
) -> list[int]:
    """A supplier says that it leaves these shops, or all it is bound to, at an instant; the departures' numbers.

    Until then nothing changes; sellers are told, with its alternatives. Refuses with Invalid `departure.in_past`, NotFound
    `departure.no_grant`, Conflict `departure.announced`, all or none.
    """
    check_ahead(leaves_at, tx.now)
    granted = granted_shops(tx, supplier_id)
    shops = sorted(set(granted if shop_ids is None else shop_ids))
    if strange := set(shops) - set(granted) or (not shops and {0}):
        raise NotFound("departure.no_grant", f"shop {min(strange)}")
    tx.hold(shops)
    running = tx.one(
        "select shop_id from departures where supplier_id = :supplier and shop_id = any(:shops) "
        "and due_at is not null order by shop_id limit 1",
        supplier=supplier_id,
        shops=shops,
    )
    if running is not None:
        raise Conflict("departure.announced", f"shop {running.shop_id}", shop_id=running.shop_id)
    numbers = dict(zip(shops, tx.take_ids(DEPARTURE_IDS.name, len(shops)), strict=True))
    _put(tx, supplier_id, numbers, leaves_at, signature, alternatives)
    tx.emit(
        *(
            DepartureAnnounced(
                shop_id=shop_id,
                departure_id=number,
                supplier_id=supplier_id,
                leaves_at=leaves_at,
                alternatives=len(alternatives),
            )
            for shop_id, number in numbers.items()
        )
    )
    _tell(tx, "departure.announced", supplier_id, numbers, leaves_at=leaves_at.isoformat())
    return list(numbers.values())


def withdraw(tx: Tx[Policy], shop_id: int, departure_id: int) -> None:
    """The supplier stays; again changes nothing. Conflict `departure.under_way` once its day has come."""
    tx.hold(shop_id)
    departure = tx.lock(Departure, shop_id, departure_id)
    if departure.withdrawn_at is not None:
        return
    if departure.begun_at is not None or departure.leaves_at <= tx.now:
        raise Conflict("departure.under_way")
    departure.withdrawn_at, departure.due_at = tx.now, None
    tx.emit(DepartureWithdrawn(shop_id=shop_id, departure_id=departure_id, supplier_id=departure.supplier_id))
    _tell(tx, "departure.withdrawn", departure.supplier_id, {shop_id: departure_id})


def reroute_before(tx: Tx[Policy], shop_id: int, departure_id: int) -> tuple[int, list[int]]:
    """Give what a supplier that leaves has not labelled to others, all of it at once: how many, and their successors.

    What nobody can take waits for the seller. The supplier's endpoint hears that its work is withdrawn. Source: MODE-4.
    """
    departure = departure_of(tx, shop_id, departure_id)
    tx.hold(shop_id)
    return _reroute(tx, departure, UNSHIPPED)


def leave(tx: Tx[Policy], shop_id: int, departure_id: int) -> None:
    """Its day has come: draw up the letter, give to others what is not accepted, and end the binding once nothing is open.

    The notice was the supplier's own signature: the letter is signed by it as soon as the gate is open, unless the seller has
    signed before. While what it accepted is under way, it is looked at again. Source: EXIT-3.
    """
    supplier_id = departure_of(tx, shop_id, departure_id).supplier_id
    close_grant(tx, shop_id, supplier_id)
    tx.close_head(shop_id)
    departure = tx.lock(Departure, shop_id, departure_id)
    if departure.due_at is None or departure.due_at > tx.now:
        return
    binding = tx.one(
        "select binding_id, state from bindings where shop_id = :shop and supplier_id = :supplier and state < 80",
        shop=shop_id,
        supplier=supplier_id,
    )
    if binding is None:  # the seller has signed meanwhile
        _end(tx, departure)
        return
    letter_id = draw_up_anyhow(tx, shop_id, binding.binding_id).letter_id
    if departure.begun_at is None:
        departure.begun_at = tx.now
        tx.emit(
            DepartureBegun(
                shop_id=shop_id, departure_id=departure_id, supplier_id=supplier_id, letter_id=letter_id
            )
        )
    _reroute(tx, departure, UNANSWERED)
    if letter_id is None or _is_open(tx, shop_id, supplier_id):
        departure.due_at = tx.now + AGAIN
        return
    sign_closed(tx, shop_id, letter_id, Signature(departure.signed_name, departure.signed_by, "notice"))
    _end(tx, departure)


def leave_due(tx: Tx[Policy], batch: int) -> int:
    """Let suppliers leave whose day has come: letters are drawn up, what they have not accepted goes to others."""
    due = tx.rows(
        "select shop_id, departure_id from departures where due_at is not null and due_at <= :now "
        "order by due_at limit :batch",
        now=tx.now,
        batch=batch,
    )
    for row in due:
        leave(tx, row.shop_id, row.departure_id)
    return len(due)


def _put(
    tx: Tx[Policy],
    supplier_id: int,
    numbers: Mapping[int, int],
    leaves_at: datetime,
    signature: Signature,
    alternatives: Sequence[Alternative],
) -> None:
    tx.put(
        "insert into departures (shop_id, departure_id, supplier_id, announced_at, leaves_at, signed_name, signed_by, "
        "alternatives, due_at) select r.s, r.d, :supplier, :now, :leaves, :name, :by, cast(:alternatives as jsonb), "
        ":leaves from json_to_recordset(cast(:rows as json)) as r(s bigint, d bigint) order by r.s",
        supplier=supplier_id,
        now=tx.now,
        leaves=leaves_at,
        name=signature.name,
        by=signature.by,
        alternatives=as_json(
            {"item": each.item, "supplier_id": each.supplier_id, "note": each.note} for each in alternatives
        ),
        rows=as_json({"s": shop_id, "d": number} for shop_id, number in numbers.items()),
    )


def _end(tx: Tx[Policy], departure: Departure) -> None:
    departure.left_at, departure.due_at = tx.now, None
    tx.emit(
        DepartureEnded(
            shop_id=departure.shop_id,
            departure_id=departure.departure_id,
            supplier_id=departure.supplier_id,
        )
    )


def _reroute(
    tx: Tx[Policy], departure: Departure, states: Collection[FulfilmentState]
) -> tuple[int, list[int]]:
    shop_id, supplier_id = departure.shop_id, departure.supplier_id
    rows: Sequence[Row[Any]] = tx.rows(
        f"select fulfilment_id from fulfilments where shop_id = :shop and supplier_id = :supplier "
        f"and state < {OPEN_BELOW} and state = any(:states) and (cancel_requested_at is null "
        "or cancel_answered_at is not null) order by fulfilment_id",
        shop=shop_id,
        supplier=supplier_id,
        states=[state.value for state in states],
    )
    closes = [Close(shop_id, row.fulfilment_id, tx.now, REASON) for row in rows]
    if not closes:
        return 0, []
    closed = close_fulfilments(tx, closes, FulfilmentState.REJECTED, sources=states)
    made = reroute(tx, closed)
    known = [
        (shop_id, row.fulfilment_id, supplier_id) for row in closed if row.left >= FulfilmentState.PUSHED
    ]
    if known:
        queue_pushes(tx, known, WITHDRAWN)
    tx.emit(
        DepartureRerouted(
            shop_id=shop_id,
            departure_id=departure.departure_id,
            supplier_id=supplier_id,
            fulfilments=len(closed),
            successors=made,
        )
    )
    return len(closed), made


def _is_open(tx: Tx[Policy], shop_id: int, supplier_id: int) -> bool:
    found = tx.one(
        f"select 1 from fulfilments where shop_id = :shop and supplier_id = :supplier and state < {OPEN_BELOW} limit 1",
        shop=shop_id,
        supplier=supplier_id,
    )
    return found is not None


def _tell(tx: Tx[Policy], kind: str, supplier_id: int, numbers: Mapping[int, int], **facts: Any) -> None:
    named = {"supplier_id": supplier_id} | facts
    tell(
        tx,
        [
            Notice(shop_id, audience, kind, facts=named | {"departure_id": number})
            for shop_id, number in numbers.items()
            for audience in ("seller", "operator")
        ],
    )
