"""Orders that went wrong, and disputes about them."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from andon.kernel.db import Database
from andon.kernel.money import Money
from andon.kernel.tx import Actor, Tx
from andon.money.disputes.rules import Fault, Kind
from andon.money.disputes.service import (
    Claim,
    Exhibit,
    Verdict,
    appeal_dispute,
    decide_dispute,
    open_dispute,
    withdraw_dispute,
)
from andon.money.disputes.station import DISPUTES
from andon.money.disputes.tables import Dispute
from andon.money.rates.rules import RateDraft
from andon.money.rates.service import set_rates
from andon.platform.policies.rules import Policy
from tests.worlds import NOON, transaction
from tests.worlds_orders import accept, incoming, part_of
from tests.worlds_partners import DemoShop, open_demo_shop
from tests.worlds_supply import a_scan, labelled, scanned

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
"""A picture of one dot."""
TEXT = "卖家页面写明颜色为红色\n".encode()
OPERATOR = Actor("operator", "1")
HANDLED = timedelta(hours=48)
"""DISP-4, and how long a decision may be appealed against."""
PRICE = Money.of("49.90", "CNY")
"""What an order here is worth."""


def cny(amount: str) -> Money:
    """An amount of the currency in which these orders are."""
    return Money.of(amount, "CNY")


@dataclass(frozen=True)
class Sold:
    """A shop, an order of its, and the order's only fulfilment, which is delivered."""

    shop: DemoShop
    order_id: int
    fulfilment_id: int

    @property
    def seller(self) -> Actor:
        return Actor("shop", self.shop.shop_id)

    @property
    def supplier(self) -> Actor:
        return Actor("supplier", self.shop.supplier_ids[0])

    def claim(self, cause: str = "quality", amount: str = "20.00", **changes: Any) -> Claim:
        """A claim about the order."""
        facts: dict[str, Any] = {
            "shop_id": self.shop.shop_id,
            "order_id": self.order_id,
            "cause": cause,
            "amount": cny(amount),
        }
        return Claim(**(facts | changes))


def sold(database: Database, name: str = "O", **options: Any) -> Sold:
    """A shop with an order that was sent and delivered, all at noon."""
    with transaction(database) as tx:
        shop = open_demo_shop(tx, **({"suppliers": 1} | options))
        [order_id] = accept(tx, shop.shop_id, incoming(name, "S-1"))
        part = part_of(tx, shop.shop_id, order_id).fulfilment_id
        labelled(tx, [part])
        told = scanned(tx, a_scan(f"W{part}"), a_scan(f"W{part}", "delivered"))
        assert told == ["recorded"] * 2
    return Sold(shop, order_id, part)


def dollar_is_worth(database: Database, rate: str = "7.00") -> None:
    """Set the rate of the day on which these orders were placed."""
    with transaction(database, actor=OPERATOR) as tx:
        set_rates(tx, [RateDraft("USD", "CNY", NOON.date(), Decimal(rate))])


def photo(shows: Fault | None = None, kind: Kind = "photo", **changes: Any) -> Exhibit:
    """A piece of evidence."""
    return Exhibit(kind, PNG, shows, **changes)


def opened(
    database: Database,
    claim: Claim,
    exhibits: Sequence[Exhibit] = (),
    *,
    actor: Actor | None = None,
    at: datetime = NOON,
) -> int:
    """The number of a dispute that somebody opens, the shop unless it is said."""
    with transaction(database, at, actor=actor or Actor("shop", claim.shop_id)) as tx:
        return open_dispute(tx, claim, exhibits).dispute_id


def decided(database: Database, dispute_id: int, *, at: datetime = NOON, **verdict: Any) -> None:
    """Decide it, by an operator."""
    facts = {"outcome": "upheld", "note": "凭证充分"} | verdict
    with transaction(database, at, actor=OPERATOR) as tx:
        decide_dispute(tx, dispute_id, Verdict(**facts))


def look(database: Database, at: datetime) -> int:
    """Run the station once."""
    with transaction(database, at) as tx:
        return DISPUTES.step(tx, 50)


def stands(tx: Tx[Policy], shop_id: int, dispute_id: int) -> Dispute:
    """A dispute as it stands."""
    return tx.get(Dispute, shop_id, dispute_id)


def balance(database: Database, shop_id: int, account: str, currency: str = "CNY") -> str:
    """What an account holds: credits less debits."""
    with database.line.connect() as connection:
        minor = connection.scalar(
            text(
                "select credited_minor - debited_minor from balances where shop_id = :shop "
                "and account = :account and currency = :currency"
            ),
            {"shop": shop_id, "account": account, "currency": currency},
        )
    return str(Money.from_minor(minor or 0, currency).amount)


def a_disputed_world(database: Database) -> None:
    """Disputes that ended in every way: paid by each party, decided anew after an appeal, rejected, withdrawn, open."""
    dollar_is_worth(database)
    order = sold(database)
    shop = order.shop.shop_id
    for claim, shown in (
        (order.claim("quality", "10.00"), photo()),
        (order.claim("delay", "40.00"), photo(kind="tracking")),
        (order.claim("wrong_item", "1.00", beneficiary="buyer"), photo("wrong_listing", "listing")),
    ):
        decided(database, opened(database, claim, [shown]))
    decided(database, opened(database, order.claim()), outcome="rejected")
    assert look(database, NOON + HANDLED) == 4
    again = opened(database, order.claim("quality", "2.00"), [photo()])
    decided(database, again)
    with transaction(database, actor=order.seller) as tx:
        appeal_dispute(tx, shop, again, "金额有误")
    decided(database, again, outcome="partial", amount=cny("1.00"))
    gone = opened(database, order.claim("other"), [photo()])
    with transaction(database, actor=order.seller) as tx:
        withdraw_dispute(tx, shop, gone)
    opened(database, order.claim("lost"), [photo()])
