"""What an incoming order must satisfy, and how a call of many orders is decided, in the order they came."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from andon.kernel.errors import codes
from andon.kernel.money import MAX_MINOR, Money
from andon.orders.erasure.rules import FORGOTTEN
from andon.orders.routing.rules import Facts, Part, Refusal, Shelf, choose

CODES = codes(
    {
        "order.body_differs": ("Another order has this number", "该渠道订单号已有不同内容的订单"),
        "order.channel": ("Not this caller's channel", "渠道与调用方不符"),
        "order.channel_order_no": ("Not a channel's order number", "渠道订单号无效"),
        "order.currency": ("Not the shop's currency", "币种与店铺不符"),
        "order.malformed": ("Not an order", "订单格式无效"),
        "order.no_lines": ("An order without lines", "订单没有商品行"),
        "order.placed_at": ("Not an instant at which it can have been placed", "下单时间无效"),
        "order.price": ("Not a price", "价格无效"),
        "order.quantity": ("Not a quantity", "数量无效"),
        "order.ship_to": ("Not an address to ship to", "收件信息无效"),
        "order.too_many_lines": ("Too many lines", "商品行过多"),
        "order.unknown_field": ("A field that an order does not have", "订单含有未知字段"),
    }
)

MAX_ORDERS = 1_000
MAX_LINES = 500
MAX_QUANTITY = 1_000_000
PLACED_AHEAD = timedelta(minutes=10)
"""How far a channel's clock may run ahead of ours."""

SHIP_TO = frozenset(("name", "line1", "line2", "city", "region", "postcode", "country", "phone", "email"))
SHIP_TO_NEEDED = ("name", "line1", "city", "country")
MAX_TEXT = 500


@dataclass(frozen=True, slots=True)
class IncomingLine:
    """One line as the channel sent it; `freight` is the whole line's."""

    sku: str
    quantity: int
    unit_price: Money
    freight: Money | None = None
    ship_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class IncomingOrder:
    """An order as the channel sent it. `at` is the instant at which it came, if that is not the present one."""

    channel: str
    channel_order_no: str
    placed_at: datetime
    ship_to: Mapping[str, Any]
    lines: tuple[IncomingLine, ...]
    ship_by: datetime | None = None
    paid_at: datetime | None = None
    source_status: str | None = None
    at: datetime | None = None
    goods_minor: int = field(init=False, repr=False, compare=False)
    """What the goods come to, in minor units of the lines' currency."""
    freight_minor: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        goods = freight = 0
        for line in self.lines:
            goods += line.quantity * line.unit_price.minor
            if line.freight is not None:
                freight += line.freight.minor
        object.__setattr__(self, "goods_minor", goods)
        object.__setattr__(self, "freight_minor", freight)

    def ship_by_of(self, line_nos: Iterable[int]) -> datetime | None:
        """By when the first of these lines is to ship: the channel's limit of the line, or of the whole order."""
        limits = [self.ship_by, *(self.lines[number - 1].ship_by for number in line_nos)]
        return min((limit for limit in limits if limit is not None), default=None)

    @property
    def number(self) -> tuple[str, str]:
        """What an order is known by: its channel and the number it has there."""
        return self.channel, self.channel_order_no


@dataclass(frozen=True, slots=True)
class Known:
    """An order that is ours already."""

    order_id: int
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class Accepted:
    """The order at `index` becomes ours under this number, in these parts."""

    index: int
    order_id: int
    fingerprint: bytes
    parts: list[Part]


@dataclass(frozen=True, slots=True)
class Existing:
    """The order at `index` is the one that has this number already."""

    index: int
    order_id: int


@dataclass(frozen=True, slots=True)
class Turned:
    """The order at `index` is refused."""

    index: int
    refusal: Refusal


Decision = Accepted | Existing | Turned


def fault_of(order: IncomingOrder, currency: str, now: datetime) -> Refusal | None:
    """What is wrong with an order by itself, if anything is; `now` is the instant at which it came."""
    if not order.lines:
        return Refusal("order.no_lines", "an order has at least one line")
    if len(order.lines) > MAX_LINES:
        return Refusal("order.too_many_lines", f"an order has at most {MAX_LINES} lines")
    if order.placed_at > now + PLACED_AHEAD:
        return Refusal("order.placed_at", "it was placed in the future")
    for line_no, line in enumerate(order.lines, 1):
        if not 1 <= line.quantity <= MAX_QUANTITY:
            return Refusal("order.quantity", f"line {line_no}: from 1 to {MAX_QUANTITY}")
        for price in (line.unit_price, line.freight):
            if price is None:
                continue
            if price.currency != currency:
                return Refusal("order.currency", f"line {line_no}: the shop's currency is {currency}")
            if price.amount < 0:
                return Refusal("order.price", f"line {line_no}: a price is not negative")
    if order.goods_minor + order.freight_minor >= MAX_MINOR:
        return Refusal("order.price", "the order comes to more than can be kept")
    return _address_fault(order.ship_to)


def _address_fault(ship_to: Mapping[str, Any]) -> Refusal | None:
    if strange := ship_to.keys() - SHIP_TO:
        return Refusal("order.ship_to", f"unknown: {', '.join(sorted(strange))}")
    for name in SHIP_TO_NEEDED:
        if not ship_to.get(name):
            return Refusal("order.ship_to", f"{name} is missing")
    for name, value in ship_to.items():
        if value is not None and (not isinstance(value, str) or len(value) > MAX_TEXT):
            return Refusal("order.ship_to", f"{name} is a text of up to {MAX_TEXT} characters")
    country = ship_to["country"]
    if not (len(country) == 2 and country.isascii() and country.isalpha() and country.isupper()):
        return Refusal("order.ship_to", "country is two capital letters, ISO 3166-1")
    return None


def fingerprint(order: IncomingOrder) -> bytes:
    """The hash of what the order says, by which a repeat is told from another order of the same number.

    How it was written does not count: an offset from UTC, zeros at the end of a price, an empty field left out.
    """
    says = [
        order.channel,
        order.channel_order_no,
        _utc(order.placed_at),
        _utc(order.ship_by),
        _utc(order.paid_at),
        order.source_status,
        {name: value for name, value in order.ship_to.items() if value is not None},
        [
            [
                line.sku,
                line.quantity,
                line.unit_price.currency,
                line.unit_price.minor,
                None if line.freight is None else line.freight.minor,
                _utc(line.ship_by),
            ]
            for line in order.lines
        ],
    ]
    return hashlib.sha256(orjson.dumps(says, option=orjson.OPT_SORT_KEYS)).digest()


def _utc(instant: datetime | None) -> datetime | None:
    return instant if instant is None or instant.tzinfo is UTC else instant.astimezone(UTC)


def decide(
    orders: Sequence[tuple[int, IncomingOrder]],
    seen: dict[tuple[str, str], Known],
    facts: Facts,
    shelf: Shelf,
    order_ids: Iterator[int],
) -> list[Decision]:
    """What becomes of each order, first come, first served: a whole order or none of it, and each number once.

    `orders` come with their place in the call and have no fault of their own; `seen` are those of the call's numbers
    that are ours, and gets those that become so. Source: STOCK-1.
    """
    decisions: list[Decision] = []
    for index, order in orders:
        said = fingerprint(order)
        before = seen.get(order.number)
        if before is not None:
            decisions.append(
                Existing(index, before.order_id)
                if before.fingerprint in (said, FORGOTTEN)
                else Turned(index, Refusal("order.body_differs", f"order {before.order_id} says otherwise"))
            )
            continue
        wants = [facts.want(line_no, line.sku, line.quantity) for line_no, line in enumerate(order.lines, 1)]
        parts = choose(wants, order.ship_to["country"], facts, shelf, order.channel_order_no)
        if isinstance(parts, Refusal):
            decisions.append(Turned(index, parts))
            continue
        accepted = Accepted(index, next(order_ids), said, parts)
        seen[order.number] = Known(accepted.order_id, said)
        decisions.append(accepted)
    return decisions


FIELD_CODES = {
    "channel": "order.channel",
    "channel_order_no": "order.channel_order_no",
    "placed_at": "order.placed_at",
    "ship_to": "order.ship_to",
    "sku": "order.unknown_sku",
    "quantity": "order.quantity",
    "unit_price": "order.price",
    "freight": "order.price",
    "currency": "order.currency",
}


def code_of(where: Sequence[str | int], kind: str) -> str:
    """The code of a fault that the order's shape has: `where` in the order, and of which kind, as Pydantic says."""
    if "." in kind:
        return kind
    if kind == "extra_forbidden":
        return "order.ship_to" if where[:1] == ("ship_to",) else "order.unknown_field"
    if tuple(where) == ("lines",):
        return "order.no_lines"
    names = [part for part in where if isinstance(part, str)]
    return next((FIELD_CODES[name] for name in reversed(names) if name in FIELD_CODES), "order.malformed")
