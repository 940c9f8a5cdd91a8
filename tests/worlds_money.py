"""Shipped fulfilments for the rooms of money, as the orders' wing leaves them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from andon.kernel.db import Database
from andon.kernel.money import Money
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.money.charges.station import ACCRUE, CHARGE, CONVERT, PENALISE, RECHARGE
from andon.money.charges.tables import CHARGE_IDS
from andon.money.settlement.service import deposit_funds
from andon.money.settlement.station import SETTLE
from andon.orders.cancelling.service import Wish, cancel_orders
from andon.orders.order.rules import FulfilmentState, Mode
from andon.orders.shipping.service import Answer, Label, answer_fulfilments, label_parcels
from andon.orders.tracking.service import IncomingScan, record_scans
from andon.partners.shops.service import open_shop
from tests.worlds import NOON, transaction
from tests.worlds_orders import accept, incoming, part_of
from tests.worlds_partners import open_demo_shop

BOX = (350, 200, 150, 40)
"""Grams, and millimetres: 1.2 litres."""


@dataclass
class Sent:
    """One fulfilment of an order, with its numbers once it is written."""

    state: FulfilmentState = FulfilmentState.SHIPPED
    shipped_at: datetime | None = NOON
    ended_at: datetime | None = None
    mode: Mode = Mode.JIT
    boxes: Sequence[tuple[int, int, int, int]] = (BOX,)
    line: str | None = "cainiao_jit"
    carrier: str = "cainiao"
    fulfilment_id: int = 0
    order_id: int = 0
    parcel_ids: Sequence[int] = ()

    def ended(self, state: FulfilmentState, at: datetime) -> "Sent":
        """The same, ended so."""
        self.state, self.ended_at = state, at
        return self


def a_shop(tx: Tx[Any], currency: str = "CNY") -> int:
    """A shop in a category that JIT is open to."""
    shop = open_shop(
        tx, name="衣见", category="apparel", locale="zh-CN", currency=currency, zone="Asia/Shanghai"
    )
    return shop.shop_id


def an_order(
    tx: Tx[Any], shop_id: int, *sent: Sent, country: str = "ES", policy: str = "jit-3.2"
) -> list[Sent]:
    """One order with these fulfilments, written as rows; answers them with their numbers."""
    return orders(tx, shop_id, [list(sent)], country=country, policy=policy)[0]


def orders(
    tx: Tx[Any], shop_id: int, each: Sequence[list[Sent]], *, country: str = "ES", policy: str = "jit-3.2"
) -> Sequence[list[Sent]]:
    """Many orders at once."""
    ids = tx.take_ids("order_ids", len(each))
    for order_id, sent in zip(ids, each, strict=True):
        for one, number in zip(sent, tx.take_ids("fulfilment_ids", len(sent)), strict=True):
            one.order_id, one.fulfilment_id = order_id, number
            one.parcel_ids = tx.take_ids("parcel_ids", len(one.boxes))
    tx.run(
        "insert into orders (shop_id, order_id, channel, channel_order_no, fingerprint, placed_at, received_at, "
        "currency, goods_minor, freight_minor, policy) select :shop, id, 'test', id::text, '', :at, :at, 'CNY', 100, 0, "
        ":policy from unnest(cast(:ids as bigint[])) id",
        shop=shop_id, at=NOON - timedelta(days=2), ids=ids, policy=policy,
    )  # fmt: skip
    tx.run(
        "insert into recipients (shop_id, order_id, ship_to, country, salt, commitment) "
        "select :shop, id, '{}', :country, '', '' from unnest(cast(:ids as bigint[])) id",
        shop=shop_id, country=country, ids=ids,
    )  # fmt: skip
    everything = [one for sent in each for one in sent]
    tx.run(
        "insert into fulfilments (shop_id, fulfilment_id, order_id, mode, state, flags, line, policy, placed_at, reserved_at, "
        "shipped_at, delivered_at, ended_at) select :shop, f, o, m, k, 0, l, :policy, :at, :at, s, "
        "case when k in (80, 81) then e end, e from json_to_recordset(cast(:rows as json)) "
        "as r(f bigint, o bigint, m int, k int, l text, s timestamptz, e timestamptz)",
        shop=shop_id, policy=policy, at=NOON - timedelta(days=2),
        rows=as_json(
            {"f": one.fulfilment_id, "o": one.order_id, "m": int(one.mode), "k": int(one.state), "l": one.line,
             "s": one.shipped_at, "e": one.ended_at}
            for one in everything
        ),
    )  # fmt: skip
    for one in everything:
        for parcel_id, box in zip(one.parcel_ids, one.boxes, strict=True):
            add_parcel(tx, shop_id, one, parcel_id, box)
    return each


def add_parcel(tx: Tx[Any], shop_id: int, sent: Sent, parcel_id: int, box: tuple[int, int, int, int]) -> None:
    """One labelled parcel."""
    weight, length, width, height = box
    tx.run(
        "insert into parcels (shop_id, parcel_id, fulfilment_id, carrier, waybill, weight_g, length_mm, width_mm, "
        "height_mm, placed_at, labelled_at, status) "
        "values (:shop, :p, :f, :carrier, :waybill, :w, :l, :b, :h, :at, :at, 'collected')",
        shop=shop_id, p=parcel_id, f=sent.fulfilment_id, carrier=sent.carrier, waybill=f"W{parcel_id}", w=weight,
        l=length, b=width, h=height, at=NOON,
    )  # fmt: skip


def end(tx: Tx[Any], shop_id: int, sent: Sent, state: FulfilmentState, at: datetime) -> None:
    """What the orders' wing writes when a fulfilment ends."""
    sent.ended(state, at)
    tx.run(
        "update fulfilments set state = :state, ended_at = :at, delivered_at = case when :state in (80, 81) "
        "then cast(:at as timestamptz) end where shop_id = :shop and fulfilment_id = :f",
        shop=shop_id, f=sent.fulfilment_id, state=int(state), at=at,
    )  # fmt: skip


def due_charges(tx: Tx[Any], shop_id: int, amounts: Sequence[int], due_at: datetime) -> None:
    """Due charges of these fen, one an order, oldest first, and their place in the settlement's line."""
    tx.run(
        "insert into charges (shop_id, charge_id, kind, state, subject, round, order_id, fulfilment_id, amount_minor, "
        f"currency, payee, basis, policy, accrued_at, fixed_at, due_at) select :shop, nextval('{CHARGE_IDS.name}'), 1, "
        "20, nextval('order_ids'), 0, currval('order_ids'), n, a, 'CNY', 'platform_revenue', 'order', 'jit-3.2', :at, :at, :due "
        "from unnest(cast(:amounts as bigint[])) with ordinality as x(a, n)",
        shop=shop_id, amounts=list(amounts), at=due_at - timedelta(days=3), due=due_at,
    )  # fmt: skip
    tx.run(
        "insert into fundings (shop_id, settle_at) values (:shop, :due) on conflict (shop_id) do update "
        "set settle_at = least(fundings.settle_at, excluded.settle_at)",
        shop=shop_id, due=due_at,
    )  # fmt: skip


CARRIER = "cainiao"
DELIVERED = NOON + timedelta(days=5)
DUE = datetime(2026, 3, 9, 16, 0, tzinfo=UTC)
"""00:00 of the 10th in Shanghai: three days after the 7th."""


@dataclass
class Settled:
    """A shop whose orders stand at every place of the way."""

    shop_id: int
    suppliers: tuple[int, ...]
    orders: dict[str, int]


def a_settled_world(database: Database, *, deposit: str = "1000.00") -> Settled:
    """A shop with orders that wait, were rejected and rerouted, cancelled, shipped, delivered, lost and settled."""
    with transaction(database) as tx:
        shop = open_demo_shop(tx)
        names = ("waiting", "rejected", "cancelled", "shipped", "delivered", "lost", "paid")
        numbers = accept(tx, shop.shop_id, *(incoming(name, "S-1", ("S-2", 2)) for name in names))
        deposit_funds(tx, shop.shop_id, Money.of(deposit, "CNY"))
    world = Settled(shop.shop_id, shop.supplier_ids, dict(zip(names, numbers, strict=True)))
    with transaction(database) as tx:
        refused = part_of(tx, shop.shop_id, world.orders["rejected"])
        [outcome] = answer_fulfilments(
            tx, [Answer(refused.fulfilment_id, NOON, accept=False, code="out_of_stock")]
        )
        assert outcome.status == "done", outcome
        cancel_orders(tx, [Wish(shop.shop_id, world.orders["cancelled"], NOON, "buyer")])
    ship(database, world, "shipped", "delivered", "lost", "paid")
    scan(database, world, "delivered", DELIVERED, "delivered", "paid")
    scan(database, world, "lost", DELIVERED, "lost")
    run_money(database, DELIVERED)
    run_money(database, DUE)
    return world


def ship(database: Database, world: Settled, *names: str, at: datetime = NOON) -> None:
    """Accept, label and collect these orders, and charge them provisionally."""
    with transaction(database, at) as tx:
        for name in names:
            number = part_of(tx, world.shop_id, world.orders[name]).fulfilment_id
            [answered] = answer_fulfilments(tx, [Answer(number, at, accept=True)])
            [labelled] = label_parcels(tx, [Label(number, at, CARRIER, f"W-{name}", *BOX)])
            assert (answered.status, labelled.status) == ("done", "done"), (answered, labelled)
    scan(database, world, "collected", at, *names)
    run_money(database, at)


def scan(database: Database, world: Settled, status: str, at: datetime, *names: str) -> None:
    """One scan for each of these orders' parcels."""
    with transaction(database, at) as tx:
        told = record_scans(
            tx, CARRIER, [IncomingScan(CARRIER, f"W-{name}", status, None, at) for name in names]
        )
        assert {outcome.status for outcome in told} <= {"recorded"}, told


def run_money(database: Database, at: datetime) -> None:
    """Run the stations of money until nothing is due at that instant."""
    for station in (ACCRUE, CHARGE, RECHARGE, PENALISE, CONVERT, SETTLE):
        while True:
            with transaction(database, at) as tx:
                if not station.step(tx, station.batch):
                    break
