"""What happened: the append-only record, and the head row by which one shop's writers are told apart.

An event is a frozen dataclass of ids, codes, amounts and instants. It never holds a person's name, address,
phone, e-mail or free text: it names the recipient's row and a commitment to it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

import orjson
from sqlalchemy import ARRAY, BigInteger, Index, Sequence, text
from sqlalchemy.orm import Mapped, mapped_column

from andon.kernel.money import Money
from andon.kernel.tables import MOVING, Base, Key, ShopId

PLATFORM = 0
"""The shop number under which the platform's own events stand: those that concern no single shop."""

EVENT_IDS = Sequence("event_ids", metadata=Base.metadata, cache=1)


class Head(Base):
    """A shop's head row: writers of its events share it, whoever closes or gates takes it alone.

    While it is `listened` to, each transaction that writes events notes them as untold.
    """

    __tablename__ = "heads"

    shop_id: Mapped[ShopId]
    listened: Mapped[bool] = mapped_column(server_default=text("false"))


class Untold(Base):
    """The events that one transaction wrote for a shop, until those who listen to it have been found.

    It is there with their commit, so that no number that is committed late is passed over. Its own is that of the first.
    """

    __tablename__ = "untold"
    __table_args__ = (
        Index("ix_untold_at", "at"),
        {"info": {"supplier": "hidden"}, "postgresql_with": MOVING},
    )

    shop_id: Mapped[ShopId]
    untold_id: Mapped[Key]
    event_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    at: Mapped[datetime]


class EventRow(Base):
    """One event as it is kept; `body` is the canonical text of its own fields.

    `address` is where the call came from that caused it, null where none did.
    """

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_order", "shop_id", "order_id", postgresql_where=text("order_id is not null")),
        # What is about an order is found by the order.
        Index("ix_events_subject", "shop_id", "subject", postgresql_where=text("order_id is null")),
        {"info": {"append_only": True, "supplier": "hidden"}},
    )

    shop_id: Mapped[ShopId]
    event_id: Mapped[Key]
    kind: Mapped[str]
    subject: Mapped[str]
    order_id: Mapped[int | None]
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    actor: Mapped[str]
    policy: Mapped[str]
    body: Mapped[str] = mapped_column()
    address: Mapped[str | None]


@dataclass(frozen=True, kw_only=True)
class Event:
    """What every event says: whose it is, which order it belongs to (if one), and when it happened.

    `at` is the fact's own instant; None means the instant at which it is recorded. A subclass sets `kind`
    (`fulfilment.pushed`) and `about`, the field that numbers its subject (`fulfilment_id`).
    """

    kind: ClassVar[str]
    about: ClassVar[str]
    noun: ClassVar[str]

    shop_id: int
    order_id: int | None = None
    at: datetime | None = None

    def __init_subclass__(cls) -> None:
        """Note the first half of the subject."""
        cls.noun = getattr(cls, "about", "").removesuffix("_id")

    @property
    def subject(self) -> str:
        """What the event is about, for example `fulfilment:17`."""
        return f"{self.noun}:{getattr(self, self.about)}"

    def body(self) -> str:
        """The event's own fields in the canonical text that is kept; what is None is left out."""
        said = {name: value for name, value in vars(self).items() if value is not None and name not in COMMON}
        return orjson.dumps(said, default=_plain, option=_CANONICAL).decode()


def known_kinds() -> frozenset[str]:
    """Every kind of event that there is, of the rooms that are loaded."""
    found, waiting = set(), [Event]
    while waiting:
        each = waiting.pop()
        waiting += each.__subclasses__()
        found.add(each.__dict__.get("kind"))
    return frozenset(kind for kind in found if kind is not None)


COMMON = frozenset(("shop_id", "order_id", "at"))
_CANONICAL = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS


def _plain(value: Any) -> Any:
    if isinstance(value, Money):
        return {"amount": str(value.amount), "currency": value.currency}
    return str(value)
