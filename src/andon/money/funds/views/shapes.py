"""A freeze and its exposure on the wire."""

from typing import Literal

from andon.kernel.http.models import Instant, MoneyOut, Out
from andon.money.funds.rules import Exposed, Part
from andon.money.funds.tables import FundsHold

KindWord = Literal["open_order", "unsettled_charge", "open_dispute"]
ClearedBy = Literal["end", "charging", "delivery", "settlement", "deposit", "decision", "rate"]


class ExposedOut(Out):
    """How many parts of one kind are open in one currency, and what they come to."""

    kind: KindWord
    parts: int
    amount: MoneyOut

    @classmethod
    def of(cls, exposed: Exposed) -> "ExposedOut":
        """The wire's form of it."""
        return cls.model_validate(
            {"kind": exposed.kind.word, "parts": exposed.parts, "amount": MoneyOut.of(exposed.amount)}
        )


class PartOut(Out):
    """One part of an exposure: an open order, a charge that is not settled, or a dispute that the shop may have to pay.

    `cleared_by` says what takes it away: an order's end and then its charging; a charge's delivery, its settlement (at
    `expected_at`), or a deposit; one in dispute goes as soon as its amount is set aside. A dispute goes when it
    is paid, closed or withdrawn.
    """

    kind: KindWord
    number: int
    order_id: int | None
    amount: MoneyOut
    since: Instant
    cleared_by: ClearedBy
    expected_at: Instant | None

    @classmethod
    def of(cls, part: Part) -> "PartOut":
        """The wire's form of it."""
        return cls.model_validate(
            {
                "kind": part.kind.word,
                "number": part.number,
                "order_id": part.order_id,
                "amount": MoneyOut.of(part.amount),
                "since": part.since,
                "cleared_by": part.cleared_by,
                "expected_at": part.expected_at,
            }
        )


class HoldOut(Out):
    """A freeze, from the forcing of its exit until nothing of it is open. EXIT-7."""

    id: int
    exit_id: int
    set_at: Instant
    lifted_at: Instant | None

    @classmethod
    def of(cls, hold: FundsHold) -> "HoldOut":
        """The wire's form of it."""
        return cls.model_validate(
            {
                "id": hold.hold_id,
                "exit_id": hold.exit_id,
                "set_at": hold.set_at,
                "lifted_at": hold.lifted_at,
            }
        )
