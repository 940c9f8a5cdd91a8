"""Shops whose orders are shipped, measured and delivered, for the tests of what that costs."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from andon.kernel.db import Database
from andon.kernel.money import Money
from andon.kernel.tx import Actor, Tx
from andon.money.rates.rules import RateDraft
from andon.money.rates.service import set_rates
from andon.money.settlement.service import deposit_funds
from andon.orders.intake.service import accept_orders
from andon.orders.shipping.service import Answer, Label, answer_fulfilments, label_parcels
from andon.orders.tracking.service import IncomingMeasure, IncomingScan, record_measures, record_scans
from tests.worlds import NOON, transaction
from tests.worlds_money import BOX, CARRIER, run_money
from tests.worlds_orders import accept, incoming, part_of
from tests.worlds_partners import DemoShop, open_demo_shop

DELIVERED = NOON + timedelta(days=5)
DUE = datetime(2026, 3, 9, 16, 0, tzinfo=UTC)
"""00:00 of the 10th in Shanghai: three days after the 7th."""
MONDAY = date(2026, 3, 2)
HANDLING, WAREHOUSE, FREIGHT, GOODS, PENALTY = range(1, 6)
DUE_STATE, DISPUTED, SETTLED, WAIVED, REVERSED = 20, 30, 80, 81, 82


@dataclass
class Trade:
    """A shop that sells, and the database it is in."""

    database: Database
    shop: DemoShop

    @property
    def shop_id(self) -> int:
        return self.shop.shop_id

    def sell(self, number: str, *skus: str | tuple[str, int], at: datetime = NOON, **changes: Any) -> int:
        """One order of the shop's."""
        currency = self.shop.currency
        with transaction(self.database, at) as tx:
            price = "50" if currency == "JPY" else "49.90"
            order = incoming(
                number, *(skus or ("S-1",)), price=price, currency=currency, placed_at=at, **changes
            )
            return accept(tx, self.shop_id, order)[0]

    def ship(
        self, number: str, *skus: str | tuple[str, int], box: Collection[int] = BOX, **changes: Any
    ) -> int:
        """An order that is sold, accepted, labelled and collected, and provisionally charged."""
        order_id = self.sell(number, *skus, **changes)
        with transaction(self.database) as tx:
            part = part_of(tx, self.shop_id, order_id).fulfilment_id
            [answered] = answer_fulfilments(tx, [Answer(part, NOON, accept=True)])
            [labelled] = label_parcels(tx, [Label(part, NOON, CARRIER, f"W-{number}", *box)])
            assert (answered.status, labelled.status) == ("done", "done"), (answered, labelled)
        self.scan(number, "collected", NOON)
        run_money(self.database, NOON)
        return order_id

    def scan(self, number: str, status: str, at: datetime) -> None:
        """One scan of the parcel."""
        with transaction(self.database, at) as tx:
            [told] = record_scans(tx, CARRIER, [IncomingScan(CARRIER, f"W-{number}", status, None, at)])
            assert told.status == "recorded", told

    def deliver(self, number: str, status: str = "delivered") -> None:
        """The parcel's end, and what charging makes of it."""
        self.scan(number, status, DELIVERED)
        run_money(self.database, DELIVERED)

    def settle(self, at: datetime = DUE) -> None:
        """What is due at that instant is settled."""
        run_money(self.database, at)

    def measure(self, number: str, at: datetime, *box: int) -> str:
        """The carrier tells what it weighed; what follows of it is done."""
        with transaction(self.database, at, actor=Actor("carrier", CARRIER)) as tx:
            [told] = record_measures(tx, CARRIER, [IncomingMeasure(f"W-{number}", *box)])
        run_money(self.database, at)
        return told.status

    def charges(self, kind: int, *columns: str) -> list[tuple[Any, ...]]:
        """These columns of the shop's charges of a kind, by what they are of and round."""
        with transaction(self.database) as tx:
            rows = tx.rows(
                f"select {', '.join(columns)} from charges where shop_id = :shop and kind = :kind order by subject, round",
                shop=self.shop_id,
                kind=kind,
            )
            return [tuple(row) for row in rows]

    def balance(self, account: str = "shop_funds", currency: str | None = None) -> str:
        """What an account of the shop's books holds."""
        with transaction(self.database) as tx:
            row = tx.one(
                "select credited_minor - debited_minor as minor from balances where shop_id = :shop "
                "and account = :account and currency = :currency",
                shop=self.shop_id,
                account=account,
                currency=currency or self.shop.currency,
            )
            money = Money.from_minor(int(row.minor) if row else 0, currency or self.shop.currency)
            return str(money.amount)


def a_trade(database: Database, currency: str = "CNY", funds: str = "1000.00", **options: Any) -> Trade:
    """A shop that has joined, with a supplier and funds in its currency."""
    with transaction(database) as tx:
        shop = open_demo_shop(tx, currency=currency, **({"suppliers": 1} | options))
        if funds:
            deposit_funds(tx, shop.shop_id, Money.of(funds, currency))
    return Trade(database, shop)


def set_rate(
    database: Database,
    rate: str,
    on: date = MONDAY,
    base: str = "CNY",
    quote: str = "EUR",
    at: datetime = NOON,
) -> None:
    """The operator sets one day's rate."""
    with transaction(database, at, actor=Actor("operator", 1)) as tx:
        assert set_rates(tx, [RateDraft(base, quote, on, Decimal(rate))]) == [True]


def said(tx: Tx[Any], kind: str) -> list[str]:
    """The subjects of the events of a kind, oldest first."""
    rows = tx.rows("select subject from events where kind = :kind order by event_id", kind=kind)
    return [row.subject for row in rows]


def sell_own(trade: Trade, number: str, quantity: int = 1, at: datetime = NOON) -> list[str]:
    """An order of a product that the seller ships from its own warehouse; what became of it."""
    with transaction(trade.database, at) as tx:
        order = incoming(number, ("S-1", quantity), placed_at=at, currency=trade.shop.currency)
        outcomes = accept_orders(tx, trade.shop_id, [order])
    run_money(trade.database, at)
    return [outcome.code or outcome.status for outcome in outcomes]
