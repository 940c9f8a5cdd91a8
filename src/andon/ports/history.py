"""Past orders as a source tells them: what was bought, from whom, and what happened to it, instant by instant.

A source translates its own files into these words; nothing foreign passes. Instants are aware UTC, weights in
grams, lengths in millimetres.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol

from andon.kernel.errors import Invalid, codes
from andon.kernel.money import Money

CODES = codes(
    {
        "history.missing_file": ("A file of the past orders is missing", "历史订单缺少文件"),
        "history.empty": ("There is no past order", "没有历史订单"),
    }
)


OWN = ""
"""Stands for a supplier's code where the shop itself fulfilled, from its own location: a standard line."""


@dataclass(frozen=True, slots=True)
class HistoricRow:
    """A row of a source's file: the line it stands on, and its own name for itself."""

    line_no: int
    id: str


@dataclass(frozen=True, slots=True)
class Remark:
    """What a row says that could not be taken as it stands: the cell's `text` in `column`, and why as a `code`.

    `rejects` where the row is nothing without that value; else it goes on without it.
    """

    row: HistoricRow
    column: str
    text: str
    code: str
    rejects: bool


@dataclass(frozen=True, slots=True)
class HistoricSupplier:
    """A party that fulfilled; `code` is the source's own name for it."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class HistoricProduct:
    """What was sold. A measure that the source does not know is None."""

    code: str
    title: str
    weight_g: int | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None


@dataclass(frozen=True, slots=True)
class HistoricLine:
    """One line of an order: a product from one supplier, or from the shop itself (OWN).

    `freight` is that of the whole line, and so is `weight_g`, which counts before the product's; None is unknown.
    """

    product: str
    supplier: str
    quantity: int
    unit_price: Money
    freight: Money
    ship_by: datetime | None
    weight_g: int | None = None
    row: HistoricRow | None = None


@dataclass(frozen=True, slots=True)
class HistoricFact:
    """What happened to an order's part at one supplier, or, with `supplier` None, to all of its parts.

    `kind` is `accepted`, `rejected`, `picked`, `labelled`, `cancelled` or a parcel status (`collected`, `delivered`
    and so on); `code` is a rejection's reason.
    """

    kind: str
    at: datetime
    supplier: str | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class HistoricOrder:
    """An order as it was placed, and all that is recorded of it.

    `status` is the source's own word, passed along. `paid` is what the source says the buyer paid, None where it
    says nothing; it may differ from the lines.
    """

    channel_order_no: str
    placed_at: datetime
    ship_to: Mapping[str, str]
    lines: tuple[HistoricLine, ...]
    facts: tuple[HistoricFact, ...] = ()
    paid_at: datetime | None = None
    paid: Money | None = None
    status: str = ""

    @property
    def suppliers(self) -> tuple[str, ...]:
        """The suppliers of its lines, each once, in the order of their codes; OWN among them."""
        return tuple(sorted({line.supplier for line in self.lines}))


@dataclass(frozen=True, slots=True)
class History:
    """A store's past: its orders by the instant of placing, what they sold, and who fulfilled.

    Everything that a line names is in `products` and `suppliers`; all money is in `currency`. A source whose rows
    may be rejected one by one says how many it had (`rows`), and what there is to say of them.
    """

    channel: str
    currency: str
    suppliers: tuple[HistoricSupplier, ...]
    products: Mapping[str, HistoricProduct]
    orders: tuple[HistoricOrder, ...]
    rows: int = 0
    remarks: tuple[Remark, ...] = ()


class HistorySource(Protocol):
    """Somebody who can tell a store's past."""

    def read(self) -> History:
        """The whole of it. Raises HistoryUnreadable, which says where it is wrong."""
        ...


class HistoryUnreadable(Invalid):
    """The past cannot be read as it is told: a file is missing, or a line says what cannot be."""

    code = "history.malformed"
    titles: ClassVar[dict[str, str]] = {
        "en": "These past orders cannot be read",
        "zh-CN": "历史订单无法读取",
    }
