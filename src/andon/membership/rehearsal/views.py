"""How a shop stands, for the diff of a rehearsal."""

from andon.kernel.money import Money
from andon.kernel.tx import Tx
from andon.membership.enrolment.rules import EnrolmentState
from andon.membership.enrolment.views import enrolment_of
from andon.membership.rehearsal.rules import Bound, Purse, Queue, Standing
from andon.money.charges.views import unsettled_reasons
from andon.money.funds.views import funds_of
from andon.orders.order.rules import OPEN_BELOW, FulfilmentState, Mode
from andon.partners.bindings.rules import BindingState
from andon.partners.plans.views import plan_of
from andon.partners.shops.tables import Shop
from andon.partners.stock.rules import Owner
from andon.platform.policies.rules import Policy

_OPEN = f"from fulfilments where shop_id = :shop and state < {OPEN_BELOW} and mode = {Mode.JIT.value}"


def standing_of(tx: Tx[Policy], shop_id: int) -> Standing:
    """How the shop stands at this moment, what this transaction has done included."""
    tx.session.expire_all()
    shop, enrolment = tx.get(Shop, shop_id), enrolment_of(tx, shop_id)
    products = tx.rows("select sku, mode from products where shop_id = :shop", shop=shop_id)
    bindings = tx.rows(
        "select binding_id, state from bindings where shop_id = :shop and binding_id in "
        "(select binding_id from grants where shop_id = :shop and (ended_at is null or ended_at = :now))",
        shop=shop_id,
        now=tx.now,
    )
    stock = tx.rows(
        "select location, item, on_hand, greatest(on_hand - reserved - held, 0) as sellable from stock "
        "where shop_id = :shop and owner = :own",
        shop=shop_id,
        own=Owner.SHOP.value,
    )
    return Standing(
        intake_open=shop.jit_intake_open,
        jit_offered=shop.jit_offered,
        enrolment=EnrolmentState(enrolment.state).word if enrolment else EnrolmentState.OFF.word,
        modes={row.sku: Mode(row.mode).word for row in products},
        plan=plan_of(tx, shop_id),
        bindings={row.binding_id: BindingState(row.state).word for row in bindings},
        stock={(row.location, row.item): (row.on_hand, row.sellable) for row in stock},
    )


def bound_suppliers(tx: Tx[Policy], shop_id: int) -> list[Bound]:
    """The shop's bindings with a grant, each with its open JIT fulfilments."""
    rows = tx.rows(
        f"select b.binding_id, b.supplier_id, (select count(*) {_OPEN} and supplier_id = b.supplier_id) as open "
        "from bindings b where b.shop_id = :shop and b.state in "
        f"({BindingState.ACTIVE.value}, {BindingState.ENDING.value}) order by b.supplier_id",
        shop=shop_id,
    )
    return [Bound(row.binding_id, row.supplier_id, row.open) for row in rows]


def open_queue(tx: Tx[Policy], shop_id: int) -> Queue:
    """The shop's open JIT fulfilments by state."""
    rows = tx.rows(f"select state, count(*) as parts {_OPEN} group by state order by state", shop=shop_id)
    return Queue(sum(row.parts for row in rows), {FulfilmentState(row.state).word: row.parts for row in rows})


def purses_of(tx: Tx[Policy], shop_id: int) -> list[Purse]:
    """The shop's funds and unsettled fees by currency, that of the fees first."""
    unsettled: dict[str, Money] = {}
    for tally in unsettled_reasons(tx, shop_id).values():
        for currency, total in tally.totals.items():
            unsettled[currency] = unsettled[currency] + total if currency in unsettled else total
    funds = [fund.account.available for fund in funds_of(tx, shop_id)]
    return [
        Purse(balance, unsettled.get(balance.currency, Money.from_minor(0, balance.currency)))
        for balance in funds
    ]
