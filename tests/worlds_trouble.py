"""Fulfilments in trouble: what went wrong is brought about by time and by the parties, never by hand."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from andon.kernel.tx import Tx
from andon.orders.order.station import (
    flag_late_answers,
    flag_stale,
    flag_stuck,
    flag_unanswered_cancellations,
    flag_unpushed,
)
from andon.orders.remedies.rules import Action
from andon.orders.remedies.service import remedy_fulfilment
from andon.platform.policies.rules import Policy
from tests.worlds import NOON

LATE = NOON + timedelta(hours=25)
STUCK = NOON + timedelta(hours=73)
STALE = NOON + timedelta(days=11)


def flag_all(tx: Tx[Policy]) -> None:
    """Flag all that is due at this instant."""
    for step in (flag_unpushed, flag_late_answers, flag_unanswered_cancellations, flag_stuck, flag_stale):
        while step(tx, 100):
            pass


def remedied(tx: Tx[Policy], shop_id: int, fulfilment_id: int, action: str) -> list[int]:
    """The successors that a remedy makes."""
    remedy_fulfilment(tx, shop_id, fulfilment_id, Action(action))
    found = tx.rows(
        "select fulfilment_id from fulfilments where shop_id = :shop and replaces = :f order by 1",
        shop=shop_id,
        f=fulfilment_id,
    )
    return [row.fulfilment_id for row in found]


def notices_of(tx: Tx[Policy], kind: str) -> list[str]:
    """Who was told so, in the order in which they were."""
    return [
        row.audience
        for row in tx.rows("select audience from notices where kind = :kind order by notice_id", kind=kind)
    ]


def pushes_of(tx: Tx[Policy], kind: str) -> list[int]:
    """The fulfilments of which such a push was queued."""
    found = tx.rows("select fulfilment_id from pushes where kind = :kind order by push_id", kind=kind)
    return [row.fulfilment_id for row in found]


def movements_of(tx: Tx[Policy], fulfilment_id: int) -> Sequence[tuple[Any, ...]]:
    """Kind, and the changes of on hand and reserved: the promise that its lines hold, then what names it."""
    return [
        tuple(row)
        for row in tx.rows(
            "select kind, on_hand_change, reserved_change from (select 0 as movement_id, 3 as kind, "
            "0 as on_hand_change, cast(sum(units) as bigint) as reserved_change from fulfilment_lines "
            "where fulfilment_id = :f having sum(units) > 0 union all "
            "select movement_id, kind, on_hand_change, reserved_change from movements where fulfilment_id = :f) m "
            "order by movement_id",
            f=fulfilment_id,
        )
    ]
