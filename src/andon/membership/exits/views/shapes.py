"""How what blocks an exit, and what its verification found, are shown."""

from datetime import date
from typing import Literal

from andon.kernel.http.models import Instant, JsonObject, Out
from andon.membership.exits.rules import Owner

BlockerCode = Literal[
    "open_order",
    "stuck_order",
    "stale_parcel",
    "unanswered_order",
    "open_cancellation",
    "live_grant",
    "unsigned_letter",
    "unsettled_fee",
    "fee_without_delivery_evidence",
    "secured_fee",
    "uncounted_stock",
]


class RemedyOut(Out):
    """What clears a blocker: in words, and the call that does it, null where nothing but time does."""

    text: dict[str, str]
    call: str | None


class BlockerOut(Out):
    """Something that stands in the way, or, not `blocking`, that should be known.

    `object` names it by kind and number; `owner` is who can clear it; `expected_on` when it is expected to be cleared,
    null where that is not known.
    """

    code: BlockerCode
    blocking: bool
    object: JsonObject
    since: Instant
    owner: Owner
    remedy: RemedyOut
    expected_on: date | None


class CheckOut(Out):
    """One check of the verification as it was run last. `put_right`: something was left over and was taken away."""

    check: str
    passed: bool
    put_right: bool
    evidence: JsonObject
    at: Instant
