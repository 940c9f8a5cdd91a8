"""What the platform gives to a shop."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from andon.kernel.money import Money
from andon.kernel.tx import Tx
from andon.money.ledger.rules import subsidy_posting
from andon.money.ledger.service import post
from andon.money.ledger.tables import Subsidy
from andon.money.settlement.events import SubsidyPaid
from andon.money.settlement.service.funding import lock_funds, look_now
from andon.orders.order.rules import FulfilmentState
from andon.platform.policies.rules import Policy

_DELIVERED = (FulfilmentState.DELIVERED, FulfilmentState.COMPLETED)


def post_subsidy(tx: Tx[Policy], shop_id: int, order_id: int, amount: Money) -> int:
    """Give the shop a subsidy for an order, once: asked again it changes nothing. Answers the journal.

    The shop's head is held. Source: MOVE-2.
    """
    lock_funds(tx, shop_id)
    if known := tx.session.get(Subsidy, (shop_id, order_id)):
        return known.journal_id
    journal = post(tx, shop_id, [subsidy_posting(amount)])
    tx.add(
        Subsidy(
            shop_id=shop_id,
            order_id=order_id,
            journal_id=journal,
            amount_minor=amount.minor,
            currency=amount.currency,
            paid_at=tx.now,
        )
    )
    look_now(tx, shop_id)
    tx.emit(SubsidyPaid(shop_id=shop_id, order_id=order_id, journal_id=journal, amount=amount))
    return journal


def subsidise_first_orders(tx: Tx[Policy], ended: Sequence[Row[Any]]) -> None:
    """Give shops the subsidy of their first orders that a smart line has delivered, as often as the policy says.

    `ended` are fulfilments that have ended (shop_id, order_id, state, line, policy, ended_at), their shops' heads held; the
    order's policy counts. Source: MOVE-2.
    """
    smart = sorted(
        (
            row
            for row in ended
            if row.state in _DELIVERED and _is_smart(tx.policies.named(row.policy), row.line)
        ),
        key=lambda row: (row.ended_at, row.order_id),
    )
    shops = _unsubsidised(tx, smart)
    if not shops:
        return
    lock_funds(tx, *sorted(shops))
    given = _given(tx, shops)
    for row in smart:
        move = tx.policies.named(row.policy).move
        known = given.setdefault(row.shop_id, set())
        if row.shop_id in shops and len(known) < move.subsidised_orders and row.order_id not in known:
            post_subsidy(tx, row.shop_id, row.order_id, move.subsidy)
            known.add(row.order_id)


def _is_smart(policy: Policy, line: str | None) -> bool:
    known = policy.lines.get(line or "")
    return known is not None and known.kind == "smart"


def _unsubsidised(tx: Tx[Policy], smart: Sequence[Row[Any]]) -> set[int]:
    """The shops among these that have not had all yet: nearly none, so that nobody's funds are locked for nothing."""
    most = {row.shop_id: tx.policies.named(row.policy).move.subsidised_orders for row in smart}
    given = _given(tx, set(most)) if most else {}
    return {shop_id for shop_id, orders in most.items() if len(given.get(shop_id, ())) < orders}


def _given(tx: Tx[Policy], shop_ids: set[int]) -> dict[int, set[int]]:
    """The orders that these shops had a subsidy for."""
    given: dict[int, set[int]] = {}
    for row in tx.rows(
        "select shop_id, order_id from subsidies where shop_id = any(:shops)", shops=sorted(shop_ids)
    ):
        given.setdefault(row.shop_id, set()).add(row.order_id)
    return given
