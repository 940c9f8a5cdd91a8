"""Violations: what is one, whose fault it is, and its lifecycle. Source: BACK-3, STOCK-1."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from andon.kernel.errors import codes
from andon.kernel.lifecycle import Lifecycle, State

CODES = codes(
    {
        "violation.not_found": ("No such violation", "违规记录不存在"),
        "violation.known": ("This violation stands already", "该违规已有记录"),
        "violation.at": ("A violation that is still to come", "违规时间晚于现在"),
        "violation.appealed": ("A violation is appealed against once", "每条违规仅可申诉一次"),
        "violation.state": ("The violation's state does not allow this", "违规当前状态不允许此操作"),
    }
)

Kind = Literal["false_shipment", "wrong_address", "stock_out"]
"""What was done: goods were said to be shipped that were not, an address was wrong, goods were sold that were not there."""

Fault = Literal["shop", "supplier"]
"""Whose act it was. BACK-3 counts the shop's own: a label is its supplier's."""

Decision = Literal["upheld", "rejected", "withdrawn"]
"""What an operator decides: an appeal is upheld or rejected; a violation that nobody appealed is withdrawn."""

Cause = Literal[
    "operator",
    "no_first_scan",
    "invalid_number",
    "reused_number",
    "other_country",
    "wrong_address_rate",
    "order_refused",
    "order_cancelled",
]
"""How a violation came out: an operator recorded it, or which detector."""

LONGEST_TEXT = 4000


class ViolationState(State):
    """Where a violation stands; below 80 it counts."""

    RECORDED = 10
    APPEALED = 20
    CONFIRMED = 30
    WITHDRAWN = 80


_S = ViolationState

VIOLATION = Lifecycle(
    "violation",
    ViolationState,
    start=frozenset({_S.RECORDED}),
    moves={
        _S.RECORDED: frozenset({_S.APPEALED, _S.WITHDRAWN}),
        _S.APPEALED: frozenset({_S.CONFIRMED, _S.WITHDRAWN}),
        _S.CONFIRMED: frozenset({_S.WITHDRAWN}),
    },
)
"""The allowed moves. It is appealed against once, and may be withdrawn at any time."""

DECISIONS: Mapping[Decision, ViolationState] = {
    "upheld": _S.WITHDRAWN,
    "withdrawn": _S.WITHDRAWN,
    "rejected": _S.CONFIRMED,
}
"""What becomes of a violation by a decision."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A violation to be recorded. `evidence` is codes, numbers and instants alone; `note` is free text of a person."""

    shop_id: int
    kind: Kind
    fault: Fault
    cause: Cause
    at: datetime
    order_id: int | None = None
    fulfilment_id: int | None = None
    supplier_id: int | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    note: str | None = None
