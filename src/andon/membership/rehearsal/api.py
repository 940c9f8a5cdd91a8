"""What an exit would be, over HTTP: rehearsed whole, or forecast alone."""

from typing import Annotated

from andon.kernel.errors import Conflict, Invalid, NotFound
from andon.kernel.http.bulk import REHEARSED
from andon.kernel.http.models import Instant, MoneyOut, Out, Strict, coded
from andon.kernel.http.problems import problems
from andon.membership.enrolment.rules import EnrolmentState
from andon.membership.exits.rules import CHECK_WORDS, OFFERS, Reason, blockers_of, counts_of
from andon.membership.exits.views import BlockerOut
from andon.membership.forecast.views import ForecastOut, UnsoldOut, forecast_of, products_without_local_stock
from andon.membership.moves.views import MoveIn
from andon.membership.rehearsal.rules import Standing, changed
from andon.membership.rehearsal.service import Rehearsal, rehearse_exit
from andon.partners.bindings.rules import BindingState
from andon.partners.shops.views import shop_of
from andon.platform.accounts.edge import InTransaction, Router, allow

router = Router(tags=["exits"])

MOST_LISTED = 100
BindingWord = Annotated[str, coded(state.word for state in BindingState)]


class RehearsalIn(Strict):
    """Why the shop would leave, and how it would move."""

    reason: Reason
    move: MoveIn | None = None


class QueueOut(Out):
    """The open JIT fulfilments that have to end first, by state."""

    open: int
    by_state: dict[str, int]


class GrantChange(Out):
    """A binding that ends. `open_fulfilments` of the shop at its supplier have to end before."""

    binding_id: int
    supplier_id: int
    before: BindingWord
    after: BindingWord
    open_fulfilments: int


class StockChange(Out):
    """Units of the shop's own that move, or can no longer be sold, at a location (0 is the shop's own)."""

    location: int
    item: str
    on_hand_before: int
    on_hand_after: int
    sellable_before: int
    sellable_after: int


class MoneyChange(Out):
    """Funds, the fees that are unsettled, and what is left then. Fees of what is not shipped yet are not known."""

    funds: MoneyOut
    unsettled: MoneyOut
    after: MoneyOut


class ProductsChange(Out):
    """So many products go from JIT to standard shipping; up to 100 are named."""

    count: int
    skus: list[str]


class SideOut(Out):
    """The shop before or after the exit."""

    jit_intake_open: bool
    jit_offered: bool
    enrolment: Annotated[str, coded(state.word for state in EnrolmentState)]
    plan: list[str]


class CheckedOut(Out):
    """A check of the verification, and whether it would hold with what is open now."""

    check: Annotated[str, coded(CHECK_WORDS)]
    passed: bool


class MovedOut(Out):
    """The move that goes with it: until then the smart lines go first; products by what was chosen (MOVE-1)."""

    until: Instant
    products: int
    choices: dict[str, int]
    smart_lines: list[str]


class RehearsalOut(Out):
    """What an exit that starts now would find and change. Nothing was changed."""

    offers: list[str]
    blockers: list[BlockerOut]
    blocker_counts: dict[str, int]
    forecast: ForecastOut
    unsold: list[UnsoldOut]
    orders: QueueOut
    stock: list[StockChange]
    money: list[MoneyChange]
    grants: list[GrantChange]
    products: ProductsChange
    before: SideOut
    after: SideOut
    checks: list[CheckedOut]
    move: MovedOut | None


class AheadOut(Out):
    """By when the shop would be done with JIT, and what it would not sell then."""

    forecast: ForecastOut
    unsold: list[UnsoldOut]


@router.post(
    "/shops/{shop_id}/exits/rehearse",
    dependencies=[allow("exits.write", "shop"), REHEARSED],
    responses=problems(NotFound, Conflict, Invalid),
)
def rehearse(shop_id: int, body: RehearsalIn, tx: InTransaction) -> RehearsalOut:
    """Compute a whole exit on what is there now, and undo it: what blocks it, when it is done, what it changes."""
    return _shown(
        rehearse_exit(tx, shop_id, body.reason, None if body.move is None else body.move.draft()), body.reason
    )


@router.get(
    "/shops/{shop_id}/exits/forecast",
    dependencies=[allow("exits.read", "shop")],
    responses=problems(NotFound),
)
def forecast(shop_id: int, tx: InTransaction) -> AheadOut:
    """The forecast of an exit that has not started, without rehearsing it."""
    shop_of(tx, shop_id)
    return AheadOut.model_validate(
        {"forecast": forecast_of(tx, shop_id), "unsold": products_without_local_stock(tx, shop_id)}
    )


def _shown(found: Rehearsal, reason: Reason) -> RehearsalOut:
    before, after = found.before, found.after
    jit = [sku for sku, (mode, _) in changed(before.modes, after.modes).items() if mode == "jit"]
    return RehearsalOut.model_validate(
        {
            "offers": list(OFFERS.get(reason, ())),
            "blockers": [BlockerOut.model_validate(blocker) for blocker in blockers_of(found.facts)],
            "blocker_counts": counts_of(found.facts),
            "forecast": found.forecast,
            "unsold": found.unsold,
            "orders": found.queue,
            "stock": _stock(before, after),
            "money": [
                MoneyChange(
                    funds=MoneyOut.of(purse.funds),
                    unsettled=MoneyOut.of(purse.unsettled),
                    after=MoneyOut.of(purse.after),
                )
                for purse in found.purses
            ],
            "grants": [
                GrantChange(
                    binding_id=bound.binding_id,
                    supplier_id=bound.supplier_id,
                    before=before.bindings[bound.binding_id],
                    after=after.bindings[bound.binding_id],
                    open_fulfilments=bound.fulfilments,
                )
                for bound in found.bound
            ],
            "products": ProductsChange(count=len(jit), skus=jit[:MOST_LISTED]),
            "before": _side(before),
            "after": _side(after),
            "checks": found.checks,
            "move": found.move,
        }
    )


def _stock(before: Standing, after: Standing) -> list[StockChange]:
    nothing = (0, 0)
    return [
        StockChange(
            location=location,
            item=item,
            on_hand_before=(was or nothing)[0],
            on_hand_after=(becomes or nothing)[0],
            sellable_before=(was or nothing)[1],
            sellable_after=(becomes or nothing)[1],
        )
        for (location, item), (was, becomes) in changed(before.stock, after.stock).items()
    ]


def _side(standing: Standing) -> SideOut:
    return SideOut(
        jit_intake_open=standing.intake_open,
        jit_offered=standing.jit_offered,
        enrolment=standing.enrolment,
        plan=list(standing.plan),
    )
