"""Taking returns as they are told, many at a time, each with an answer of its own."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from andon.kernel.errors import NotFound
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.orders.returns.events import ReturnReceived, ReturnRequested
from andon.orders.returns.rules import Told, fault_of, later_word
from andon.orders.returns.tables import RETURN_IDS
from andon.orders.returns.views import known_returns, shipped_of
from andon.platform.policies.rules import Policy

PUT = """
insert into returns (shop_id, return_id, order_id, lines, reason, requested_at, received_at, condition, told_at, told_by)
select sh.shop_id, r.n, r.o, r.l, r.w, r.q, r.v, r.c, :now, :by
from shops sh, json_to_recordset(cast(cast(:rows as text) as json)) as r(n bigint, o bigint, l jsonb, w text,
    q timestamptz, v timestamptz, c text)
where sh.shop_id = :shop
on conflict (shop_id, return_id) do update set received_at = excluded.received_at, condition = excluded.condition
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the return at `index`: new, known already, told further, or refused with a code."""

    index: int
    status: Literal["created", "existing", "changed", "refused"]
    return_id: int | None = None
    code: str | None = None


def record_returns(
    tx: Tx[Policy], shop_id: int, told: Sequence[Told], supplier_id: int | None = None
) -> list[Outcome]:
    """Record what buyers of a shop sent back or asked to, in any order, any number of times; an outcome for each.

    A return is known by its order and the instant of its request; when it was received and in what condition may follow.
    A supplier tells of what it shipped itself, also after its binding ended. A refused one changes nothing. The orders are
    locked, so that two calls never take back more than was shipped. Source: DISP-7.
    """
    tx.hold(shop_id)
    with tx.as_platform():
        order_ids = sorted({each.order_id for each in told})
        shipped = shipped_of(tx, shop_id, order_ids, supplier_id)
        if supplier_id is not None and not any(each.own for each in shipped.values()):
            raise NotFound  # a shop that it never shipped for is not there
        known = known_returns(tx, shop_id, order_ids)
        numbers = tx.numbers(RETURN_IDS.name, len(told))
        changed: dict[int, tuple[Told, Told | None]] = {}
        outcomes = []
        for index, each in enumerate(told):
            own = known.setdefault(each.order_id, {})
            before = own.get(each.requested_at)
            others = [was.units for at, (_, was) in own.items() if at != each.requested_at]
            code = fault_of(each, shipped.get(each.order_id), others, tx.now, tx.policy.tracking.scan_ahead)
            after = each if before is None else later_word(before[1], each)
            if code or after is None:
                outcomes.append(Outcome(index, "refused", code=code or "return.differs"))
            elif before is not None and after == before[1]:
                outcomes.append(Outcome(index, "existing", before[0]))
            else:
                number = numbers.take(1)[0] if before is None else before[0]
                own[each.requested_at] = number, after
                first = changed.get(number, (None, None if before is None else before[1]))[1]
                changed[number] = after, first
                outcomes.append(Outcome(index, "created" if before is None else "changed", number))
        _put(tx, shop_id, changed)
    return outcomes


def _put(tx: Tx[Policy], shop_id: int, changed: Mapping[int, tuple[Told, Told | None]]) -> None:
    """Write the returns by number, each with what was known of it before."""
    if not changed:
        return
    rows = [
        {
            "n": number,
            "o": each.order_id,
            "l": dict(each.units),
            "w": each.reason.value,
            "q": each.requested_at,
            "v": each.received_at,
            "c": each.condition and each.condition.value,
        }
        for number, (each, _) in changed.items()
    ]
    tx.put(PUT, shop=shop_id, now=tx.now, by=str(tx.actor), rows=as_json(rows))
    for number, (each, before) in changed.items():
        tx.emit(*_events(shop_id, number, each, before))


def _events(
    shop_id: int, number: int, told: Told, before: Told | None
) -> Iterator[ReturnRequested | ReturnReceived]:
    if before is None:
        yield ReturnRequested(
            shop_id=shop_id,
            order_id=told.order_id,
            at=told.requested_at,
            return_id=number,
            requested_at=told.requested_at,
            reason=told.reason.value,
            lines=dict(told.units),
        )
    if told.received_at is not None and (before is None or before != told):
        yield ReturnReceived(
            shop_id=shop_id,
            order_id=told.order_id,
            at=told.received_at,
            return_id=number,
            received_at=told.received_at,
            condition=told.condition and told.condition.value,
        )
