"""What the events of charges have in common."""

from typing import Any

from sqlalchemy import Row

from andon.kernel.money import Money
from andon.money.charges.rules import ChargeKind


def told_of(row: Row[Any]) -> dict[str, Any]:
    """What every event says of the charge in a row."""
    return {
        "shop_id": row.shop_id,
        "order_id": row.order_id,
        "charge_id": row.charge_id,
        "fulfilment_id": row.fulfilment_id,
        "fee": ChargeKind(row.kind).word,
        "amount": Money.from_minor(row.amount_minor, row.currency),
    }
