"""An enquiry with a carrier about a charge that cannot be settled: its number, its states, and what an answer means."""

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from andon.kernel.errors import Conflict, codes
from andon.kernel.lifecycle import Lifecycle, State
from andon.money.charges.rules import ChargeState
from andon.platform.policies.rules import Policy

CODES = codes(
    {
        "charge.not_found": ("No such charge", "费用不存在"),
        "enquiry.not_found": ("No such enquiry", "查询工单不存在"),
        "enquiry.settled": (
            "The charge is no longer unsettled: there is nothing to ask",
            "费用已了结，无需查询",
        ),
        "enquiry.no_parcel": ("No parcel of the charge has a label to ask about", "该费用没有可查询的包裹"),
        "enquiry.answered": ("The enquiry was answered otherwise", "查询工单已有不同答复"),
        "enquiry.scan": ("What the answer says happened cannot be recorded", "答复中的物流事实无法记录"),
    }
)

LONGEST_TEXT = 2000

Answer = Literal["delivered", "in_transit", "lost", "unknown"]
"""What a carrier knows of a parcel that it is asked about: a neutral status of tracking, each."""

UNKNOWN: Answer = "unknown"


class EnquiryState(State):
    """Where an enquiry stands; below 80 it is the one of its charge that is open."""

    OPENED = 10
    ANSWERED = 80


_S = EnquiryState

ENQUIRY = Lifecycle(
    "enquiry",
    EnquiryState,
    start=frozenset({_S.OPENED}),
    moves={_S.OPENED: frozenset({_S.ANSWERED})},
)
"""The allowed moves. Whoever wants to know more asks anew."""


def year_of(now: datetime, policy: Policy) -> int:
    """The year in which an enquiry is numbered: that of the platform's zone."""
    return now.astimezone(ZoneInfo(policy.zone)).year


def enquiry_number(year: int, serial: int, policy: Policy) -> str:
    """The number of an enquiry, for example `CJ-LOG-2026-00017`. Source: FEE-5."""
    return policy.fee.enquiry_number.format(year=year, serial=serial)


def check_unsettled(state: ChargeState) -> None:
    """Refuse, with Conflict `enquiry.settled`, an enquiry from a charge that is over. Source: FEE-5."""
    if state >= ChargeState.SETTLED:
        raise Conflict("enquiry.settled", clause="FEE-5", state=state.word)


def is_scan(answer: Answer, occurred_at: datetime | None) -> bool:
    """Whether an answer is a scan: it says what happened, and when. A carrier that does not know saw nothing."""
    return answer != UNKNOWN and occurred_at is not None
