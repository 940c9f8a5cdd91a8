"""A supplier that accepted and finds that it cannot: its stock is put right, and the next one gets the order.

Heads, parcels, pools, stock, fulfilments are taken in that order, all before anything is decided: a first scan, a
cancellation or a label that comes at once is seen, or sees this.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.orders.cancelling.service import CancellationAnswer, answer_cancellations
from andon.orders.order.rules import FulfilmentState
from andon.orders.order.service import Close, close_fulfilments, lock_stock, tell_of
from andon.orders.routing.service import reroute
from andon.orders.shipping.events import CannotFulfil
from andon.orders.shipping.rules import CORRECTING, DONE, Shortfall, Verdict, refused, shortfall_verdict
from andon.orders.shipping.service.corrections import correct_stock, emptied_by, lines_of, pools_of
from andon.orders.shipping.service.standing import Outcome, Standings, Turn, barred, outcomes_of, standings
from andon.orders.shipping.service.voids import void_all
from andon.orders.tracking.service import lock_parcels
from andon.partners.stock.service import PoolKey, lock_units
from andon.platform.policies.rules import Policy

_S = FulfilmentState


@dataclass(frozen=True, slots=True)
class Shortage:
    """A supplier cannot fulfil what it accepted, found at `at`; `reason` is a Shortfall.

    `lines` are the numbers of the lines that it is about, all of them if it is empty: only their stock is put right,
    and the whole fulfilment goes to somebody else. `note` is for people: it stands in no event.
    """

    fulfilment_id: int
    at: datetime
    reason: str
    note: str | None = None
    lines: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        assert Shortfall(self.reason), self.reason


def report_shortages(tx: Tx[Policy], shortages: Sequence[Shortage]) -> list[Outcome]:
    """Take back what suppliers accepted and cannot fulfil, each with an outcome of its own; again changes nothing.

    It is closed as rejected with its reason, its labels are void, and it has a successor in the same transaction.
    Where cancelling it was asked for, this is the answer: it is cancelled, and nobody else gets it. Source: MODE-3.
    """
    return outcomes_of(shortages, lambda turn: _report(tx, turn))


def _report(tx: Tx[Policy], turn: Turn[Shortage]) -> dict[int, Verdict]:
    seen = standings(tx, [each.fulfilment_id for _, each in turn])
    tx.hold({row.shop_id for row in seen.values()})
    verdicts = {
        index: verdict
        for index, each in turn
        if (verdict := barred(tx, seen.get(each.fulfilment_id), None)) is not None
    }
    said = {each.fulfilment_id: (index, each) for index, each in turn if index not in verdicts}
    if not said:
        return verdicts
    with tx.as_platform():
        lines = lines_of(tx, [seen[number] for number in said])
        emptied = emptied_by([line for line in lines if _is_missing(said[line.fulfilment_id][1], line)])
        now = _lock(tx, seen, said.keys(), pools_of(emptied))
        told = _told_before(tx, now)
        known = {(line.fulfilment_id, line.line_no) for line in lines}
        for number, (index, each) in said.items():
            verdicts[index] = _judge(seen[number], now[number], told.get(number), each, known)
        due = {number: each for number, (index, each) in said.items() if verdicts[index] is DONE}
        if due:
            gone = {key: line for key, line in emptied.items() if line.fulfilment_id in due}
            closed = _close(tx, due, now)
            correct_stock(tx, gone, pools_of(gone), {number: each.reason for number, each in due.items()})
            _record(tx, due, now, [line for line in lines if _is_about(due, line)])
            reroute(tx, closed)
    return verdicts


def _is_about(due: Mapping[int, Shortage], line: Row[Any]) -> bool:
    each = due.get(line.fulfilment_id)
    return each is not None and (not each.lines or line.line_no in each.lines)


def _is_missing(each: Shortage, line: Row[Any]) -> bool:
    return each.reason in CORRECTING and _is_about({each.fulfilment_id: each}, line)


def _lock(
    tx: Tx[Policy], seen: Standings, numbers: Collection[int], pools: Collection[PoolKey]
) -> dict[int, Row[Any]]:
    """Lock all that closing these fulfilments touches; how they stand then, for as long as this goes on."""
    shops: dict[int, list[int]] = {}
    for number in sorted(numbers, key=lambda number: (seen[number].shop_id, number)):
        shops.setdefault(seen[number].shop_id, []).append(number)
    for shop_id, own in shops.items():
        lock_parcels(tx, shop_id, own)
    lock_units(tx, (), pools)
    for shop_id, own in shops.items():
        lock_stock(tx, shop_id, own, and_others=True)
    return {
        row.fulfilment_id: row
        for shop_id, own in shops.items()
        for row in tx.rows(
            "select shop_id, fulfilment_id, order_id, supplier_id, state, handed_over_at, "
            "cancel_requested_at is not null and cancel_answered_at is null as cancelling from fulfilments "
            "where shop_id = :shop and fulfilment_id = any(:numbers) "
            "order by fulfilment_id for no key update",
            shop=shop_id,
            numbers=own,
        )
    }


def _told_before(tx: Tx[Policy], now: Mapping[int, Row[Any]]) -> dict[int, str]:
    """The reasons given before, of what ended."""
    ended = [row for row in now.values() if row.state in (_S.REJECTED, _S.CANCELLED)]
    if not ended:
        return {}
    found = tx.rows(
        "select fulfilment_id, reason from shortages where shop_id = any(:shops) and fulfilment_id = any(:numbers)",
        shops=sorted({row.shop_id for row in ended}),
        numbers=[row.fulfilment_id for row in ended],
    )
    return {row.fulfilment_id: row.reason for row in found}


def _judge(
    before: Row[Any], row: Row[Any], told: str | None, each: Shortage, known: Collection[tuple[int, int]]
) -> Verdict:
    state = _S(row.state)
    if row.supplier_id is None or (state is _S.LABELLED and before.state < _S.LABELLED):
        # Labelled meanwhile: its parcel was not there to be held. It can be said again.
        return refused("fulfilment.state", state)
    if any((each.fulfilment_id, line_no) not in known for line_no in each.lines):
        return refused("fulfilment.no_such_line", state)
    return shortfall_verdict(state, row.handed_over_at is not None, told, each.reason)


def _close(tx: Tx[Policy], due: Mapping[int, Shortage], now: Mapping[int, Row[Any]]) -> list[Row[Any]]:
    """Void the labels and end these; answers the rejected ones, which want a successor."""
    void_all(tx, now, due.keys(), max(each.at for each in due.values()))
    wished = [number for number in due if now[number].cancelling]
    if wished:
        answer_cancellations(
            tx, [CancellationAnswer(now[number].shop_id, number, due[number].at, True) for number in wished]
        )
    return close_fulfilments(
        tx,
        [
            Close(now[number].shop_id, number, each.at, each.reason)
            for number, each in due.items()
            if not now[number].cancelling
        ],
        _S.REJECTED,
        sources=(_S.ACCEPTED, _S.PICKED, _S.LABELLED),
    )


def _record(
    tx: Tx[Policy], due: Mapping[int, Shortage], now: Mapping[int, Row[Any]], lines: Sequence[Row[Any]]
) -> None:
    tx.put(
        "insert into shortages (shop_id, fulfilment_id, supplier_id, reason, note, at) "
        "select r.s, r.f, r.u, r.r, r.n, r.t from json_to_recordset(cast(:rows as json)) "
        "as r(s bigint, f bigint, u bigint, r text, n text, t timestamptz)",
        rows=as_json(
            {
                "s": now[number].shop_id,
                "f": number,
                "u": now[number].supplier_id,
                "r": each.reason,
                "n": each.note,
                "t": each.at,
            }
            for number, each in due.items()
        ),
    )
    tx.emit(
        *(
            CannotFulfil(
                shop_id=now[number].shop_id,
                order_id=now[number].order_id,
                at=each.at,
                fulfilment_id=number,
                supplier_id=now[number].supplier_id,
                reason=each.reason,
                lines=[line.line_no for line in lines if line.fulfilment_id == number],
            )
            for number, each in due.items()
        )
    )
    for reason in sorted({each.reason for each in due.values()}):
        rows = [now[number] for number, each in due.items() if each.reason == reason]
        tell_of(tx, "fulfilment.cannot_fulfil", rows, "seller", reason=reason)
