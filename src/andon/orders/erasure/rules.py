"""What of a buyer is kept where, and when it is erased."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from andon.kernel.errors import codes

CODES = codes({"order.open": ("The order has not ended yet", "订单尚未结束")})


@dataclass(frozen=True, slots=True)
class Kept:
    """Where something that may tell of a buyer stands beside its address: rows of an order, found by `by`.

    `erased` is what the columns become, `there` is true of a row in which anything is left of it. `at` is the column that
    says since when it stands there.
    """

    table: str
    by: str
    erased: dict[str, str]
    there: str
    at: str


KEPT: Sequence[Kept] = (
    Kept("address_corrections", "order", {"note": "null"}, "x.note is not null", "at"),
    Kept("holds", "order", {"note": "null"}, "x.note is not null", "at"),
    Kept("cancellation_notes", "fulfilment", {"note": "''"}, "x.note <> ''", "at"),
    Kept("rejection_notes", "fulfilment", {"note": "''"}, "x.note <> ''", "at"),
    Kept("shortages", "fulfilment", {"note": "null"}, "x.note is not null", "at"),
    Kept(
        "enquiries",
        "order",
        {"text": "null", "note": "null", "proof": "null"},
        "(x.text is not null or x.note is not null or x.proof is not null)",
        "asked_at",
    ),
    Kept(
        "violations",
        "order",
        {"note": "null", "plea": "null", "answer": "null"},
        "coalesce(x.note, x.plea, x.answer) is not null",
        "recorded_at",
    ),
    Kept("push_tries", "push", {"excerpt": "''"}, "x.excerpt <> ''", "at"),
    Kept(
        "scans",
        "parcel",
        {"place": "''", "raw": "null"},
        "(x.place <> '' or x.raw is not null)",
        "received_at",
    ),
    # What a dispute is decided by stays until it is closed; who closes it has the order looked at again.
    Kept(
        "disputes",
        "order",
        {"text": "null", "appeal_text": "null"},
        "(x.text is not null or x.appeal_text is not null) and x.state >= 80",
        "closed_at",
    ),
    Kept("dispute_decisions", "dispute", {"note": "''"}, "x.note <> ''", "decided_at"),
    Kept("dispute_answers", "dispute", {"text": "null"}, "x.text is not null", "answered_at"),
    Kept("files", "evidence", {"body": "''"}, "x.body <> ''", "made_at"),
)
"""Free text of people, what suppliers' endpoints answered, and what carriers tell of a place: any may hold a name."""

ADDRESS = ("ship_to", "salt", "faults")
"""The columns of a recipient that are erased; its country stays for the rate card, its commitment tells nothing more."""

FORGOTTEN = b""
"""What stands for an order's fingerprint, which is of its address, too: whatever is told under its number is that order."""


@dataclass(frozen=True, slots=True)
class Looked:
    """How an order stands that may be due: when it ended, null while any of it is open; whether somebody asked."""

    ended_at: datetime | None
    asked: bool

    def erase_at(self, now: datetime, kept_for: timedelta) -> datetime:
        """When its buyer's data goes; it is looked at again then. What is open cannot end before now."""
        if self.ended_at is None:
            return now + kept_for
        return now if self.asked else self.ended_at + kept_for
