"""What a shop, or the channel that sold them, does with many orders in one call."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from andon.kernel.errors import Forbidden, Invalid
from andon.kernel.http.bulk import REHEARSABLE, ResultsOut, result_of
from andon.kernel.http.models import Strict
from andon.kernel.http.problems import problems
from andon.kernel.http.sheets import Sheet
from andon.kernel.many import one_by_one
from andon.kernel.tx import Tx
from andon.orders.acts.service import Became, Wished, wish_away
from andon.orders.addresses.service import correct_ship_to
from andon.orders.addresses.views import CorrectionIn
from andon.orders.cancelling.views import WishIn
from andon.orders.holds.service import hold_order, release_order
from andon.orders.holds.views import HoldIn
from andon.orders.order.service import confirm_order
from andon.orders.order.views import check_order
from andon.platform.accounts.edge import InTransaction, Router, allow
from andon.platform.policies.rules import Policy

router = Router(tags=["orders"])

BULK_LIMIT = 1000


class OfOrder(Strict):
    """An act is about one order."""

    id: Annotated[int, Field(ge=1)]


class Release(OfOrder):
    """Let one go on."""

    action: Literal["release"]


class Confirm(OfOrder):
    """The buyer of one confirms; for its channel."""

    action: Literal["confirm"]


class Hold(HoldIn, OfOrder):
    """Hold one."""

    action: Literal["hold"]


class Cancel(WishIn, OfOrder):
    """Cancel one, or ask for it."""

    action: Literal["cancel"]


class Correct(CorrectionIn, OfOrder):
    """One goes elsewhere."""

    action: Literal["ship_to"]


Act = Annotated[Release | Confirm | Hold | Cancel | Correct, Field(discriminator="action")]
Acts = Annotated[list[Act], Field(min_length=1, max_length=BULK_LIMIT)]


@router.post(
    "/shops/{shop_id}/orders/acts",
    dependencies=[allow("orders.write", "shop", "channel"), REHEARSABLE],
    responses=problems(Invalid),
    response_model_exclude_none=True,
)
def act_on_orders(
    shop_id: int, acts: Annotated[Acts, Sheet("order_acts", Act)], tx: InTransaction
) -> ResultsOut:
    """Up to 1,000 acts, with an answer each: cancellations first, then the others of one order as they come. MODE-3..6."""
    tx.hold(shop_id)
    wishes = {
        place: Wished(act.id, act.reason, act.by, act.note)
        for place, act in enumerate(acts)
        if isinstance(act, Cancel)
    }
    others: Mapping[int, Release | Confirm | Hold | Correct] = {
        place: act for place, act in enumerate(acts) if not isinstance(act, Cancel)
    }
    told = dict(zip(wishes, wish_away(tx, shop_id, list(wishes.values())), strict=True))
    done = one_by_one(tx, list(others.values()), lambda act: _do(tx, shop_id, act), lambda act: act.id)
    told |= dict(zip(others, map(Became, done), strict=True))
    return ResultsOut(
        results=[
            result_of(place, told[place].refusal, changed=told[place].changed) for place in range(len(acts))
        ]
    )


def _do(tx: Tx[Policy], shop_id: int, act: Release | Confirm | Hold | Correct) -> None:
    check_order(tx, shop_id, act.id)
    match act:
        case Release():
            release_order(tx, shop_id, act.id)
        case Hold():
            hold_order(tx, shop_id, act.id, act.reason, act.note)
        case Correct():
            ship_to = act.ship_to.model_dump(exclude_none=True)
            correct_ship_to(tx, shop_id, act.id, ship_to, act.fault, act.note)
        case Confirm():
            if tx.actor.kind != "channel":
                raise Forbidden(detail="the channel that sold it says that its buyer confirms")
            confirm_order(tx, shop_id, act.id)
