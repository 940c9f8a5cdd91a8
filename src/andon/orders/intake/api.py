"""Intake over HTTP: up to 1,000 orders a call, with an answer for each."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import orjson
from pydantic import Field, PlainValidator, ValidationError

from andon.kernel.errors import Invalid
from andon.kernel.http.bulk import DryRun
from andon.kernel.http.models import Instant, MoneyIn, Out, Strict
from andon.kernel.http.problems import problems
from andon.kernel.http.sheets import Sheet
from andon.orders.addresses.views import ShipToIn
from andon.orders.intake.rules import MAX_ORDERS, code_of
from andon.orders.intake.service import IncomingLine, IncomingOrder, accept_orders
from andon.platform.accounts.edge import InTransaction, Router, allow

router = Router(tags=["orders"])

NUMBER = ("channel", "channel_order_no")
"""What an order is known by."""

Sku = Annotated[str, Field(min_length=1, max_length=128)]
Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]


class LineIn(Strict):
    """One line; prices are in the shop's currency, `freight` is the whole line's."""

    sku: Sku
    quantity: Annotated[int, Field(json_schema_extra={"minimum": 1})]
    unit_price: MoneyIn
    freight: MoneyIn | None = None
    ship_by: Instant | None = None


class OrderIn(Strict):
    """An order as the channel has it. `ship_by` is the channel's limit, `source_status` its own word."""

    channel: Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,32}$")]
    channel_order_no: Annotated[str, Field(pattern=r"^[!-~]([ -~]{0,126}[!-~])?$")]
    placed_at: Instant
    ship_by: Instant | None = None
    ship_to: ShipToIn
    lines: list[LineIn]
    paid_at: Instant | None = None
    source_status: Word | None = None

    def incoming(self) -> IncomingOrder:
        """The same for the use case. Raises Invalid for an amount that its currency does not have."""
        return IncomingOrder(
            self.channel,
            self.channel_order_no,
            self.placed_at,
            self.ship_to.model_dump(exclude_none=True),
            tuple(
                IncomingLine(
                    line.sku,
                    line.quantity,
                    line.unit_price.money(),
                    line.freight.money() if line.freight else None,
                    line.ship_by,
                )
                for line in self.lines
            ),
            self.ship_by,
            self.paid_at,
            self.source_status,
        )


@dataclass(frozen=True, slots=True)
class Faulty:
    """An order that is refused for its shape; the others of its call go on."""

    code: str
    detail: str


def _read(given: Any) -> IncomingOrder | Faulty:
    """One order of a call, read by itself."""
    try:
        return OrderIn.model_validate_json(orjson.dumps(given)).incoming()
    except ValidationError as why:
        first = why.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        return Faulty(code_of(first["loc"], first["type"]), f"{place}: {first['msg']}")
    except Invalid as why:
        return Faulty("order.price", why.detail)


Orders = Annotated[
    list[Annotated[Any, PlainValidator(_read, json_schema_input_type=OrderIn)]],
    Field(min_length=1, max_length=MAX_ORDERS),
]


class OrdersIn(Strict):
    """A call's orders: from 1 to 1,000."""

    orders: Orders


class OutcomeOut(Out):
    """What became of the order at `index`; a refusal has its code."""

    index: int
    status: Literal["created", "existing", "refused"]
    order_id: int | None = None
    code: str | None = None
    detail: str | None = None


class OutcomesOut(Out):
    """What became of each order, in the order of the call."""

    results: list[OutcomeOut]


@router.post(
    "/shops/{shop_id}/orders/bulk",
    dependencies=[allow("orders.write", "shop", "channel")],
    responses=problems(Invalid),
    response_model_exclude_none=True,
)
def place_orders(
    shop_id: int,
    call: Annotated[OrdersIn, Sheet("orders", OrderIn, "orders", rows="lines", key=NUMBER, most=MAX_ORDERS)],
    tx: InTransaction,
    dry_run: DryRun,
) -> OutcomesOut:
    """Take orders: each whole or not at all, each number of a channel once. STOCK-1, MODE-2.

    As a sheet it has a row for each line; rows of one number are one order.
    """
    sound = [(index, each) for index, each in enumerate(call.orders) if isinstance(each, IncomingOrder)]
    results = [
        OutcomeOut(index=index, status="refused", code=each.code, detail=each.detail)
        for index, each in enumerate(call.orders)
        if isinstance(each, Faulty)
    ]
    outcomes = accept_orders(tx, shop_id, [order for _, order in sound])
    results += [
        OutcomeOut(
            index=index,
            status=outcome.status,
            order_id=None if dry_run and outcome.status == "created" else outcome.order_id,
            code=outcome.code,
            detail=outcome.detail,
        )
        for (index, _), outcome in zip(sound, outcomes, strict=True)
    ]
    return OutcomesOut(results=sorted(results, key=lambda result: result.index))
