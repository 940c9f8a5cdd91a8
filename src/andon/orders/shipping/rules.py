"""What a supplier may say of a fulfilment, and when: its answer, the pick, the label, the hand-over."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from andon.kernel.errors import Conflict, Invalid, NotFound, Refused, codes
from andon.orders.order.rules import FulfilmentState as S

CODES = codes(
    {
        "fulfilment.not_found": ("No such fulfilment", "履约单不存在"),
        "fulfilment.answered": ("Answered otherwise already", "履约单已作出其他答复"),
        "fulfilment.held": ("It is held", "订单已暂缓处理"),
        "fulfilment.state": ("Not in this state", "当前状态不允许此操作"),
        "fulfilment.supplied": ("A supplier fulfils it", "该履约单由供应商履约"),
        "carrier.unknown": ("Not a carrier of the policy", "未知的承运商"),
        "waybill.taken": ("The waybill is another parcel's", "运单号已被其他包裹使用"),
        "waybill.malformed": ("Not a waybill number", "运单号格式错误"),
        "label.weight": ("Not a parcel's weight", "包裹重量无效"),
        "label.size": ("Not a parcel's size", "包裹尺寸无效"),
        "label.not_found": ("No such label of it", "该履约单没有此面单"),
        "label.voided": ("The label was voided", "面单已作废"),
        "label.scanned": ("The carrier has the parcel", "承运商已扫描该包裹"),
        "fulfilment.not_accepted": ("Not accepted yet: reject it", "尚未接单，请使用拒单"),
        "fulfilment.handed_over": ("Handed over to the carrier", "包裹已交接承运商"),
        "fulfilment.no_such_line": ("Not a line of it", "履约单没有此行"),
        "label.differs": ("Labelled with other figures already", "该运单已以不同数据登记"),
        "handover.in_future": ("A hand-over from the future", "交接时间晚于当前时间"),
        "handover.too_early": ("A hand-over from before the label", "交接时间早于面单时间"),
    }
)

HEAVIEST_G = 1_000_000
LONGEST_MM = 10_000
WAYBILL = re.compile(r"[!-~]{1,64}")
"""A waybill number: 1 to 64 visible ASCII characters."""


class Rejection(StrEnum):
    """Why a supplier will not fulfil. Source: MODE-3."""

    OUT_OF_STOCK = "out_of_stock"
    INVALID_ADDRESS = "invalid_address"
    UNSERVICEABLE_DESTINATION = "unserviceable_destination"
    ITEM_UNKNOWN = "item_unknown"
    OTHER = "other"


class Shortfall(StrEnum):
    """Why a supplier that accepted cannot fulfil after all."""

    OUT_OF_STOCK = "out_of_stock"
    DAMAGED = "damaged"
    INVALID_ADDRESS = "invalid_address"
    UNSERVICEABLE_DESTINATION = "unserviceable_destination"
    ITEM_UNKNOWN = "item_unknown"
    OTHER = "other"


CORRECTING = frozenset({Shortfall.OUT_OF_STOCK, Shortfall.DAMAGED})
"""The reasons that say that units are not there: the supplier's stock is corrected."""


class Voiding(StrEnum):
    """Why a label was voided; `cannot_fulfil` is the line's own word for it."""

    MISPRINTED = "misprinted"
    WRONG_MEASURE = "wrong_measure"
    WRONG_ADDRESS = "wrong_address"
    OTHER_CARRIER = "other_carrier"
    REPACKED = "repacked"
    CANNOT_FULFIL = "cannot_fulfil"
    OTHER = "other"


class Status(StrEnum):
    """What became of one thing said: it was done, it had been, or it was refused."""

    DONE = "done"
    ALREADY = "already"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one thing said; a refusal has its code and, where the fulfilment is known, its state."""

    status: Status
    code: str | None = None
    state: str | None = None


DONE = Verdict(Status.DONE)
ALREADY = Verdict(Status.ALREADY)


def refused(code: str, state: S | None = None) -> Verdict:
    """A refusal of that code."""
    return Verdict(Status.REFUSED, code, state.word if state is not None else None)


def answer_verdict(state: S, answered: bool, reason: str | None, accept: bool, code: str | None) -> Verdict:
    """What becomes of an answer: the first one counts, its repeat changes nothing, another one is refused.

    `answered` says that it was accepted once; `reason` is the code of its rejection. An answer to a fulfilment
    whose push is still under way proves that it arrived. Source: MODE-3.
    """
    if state in (S.RESERVED, S.PUSHED):
        return DONE
    if state is S.REJECTED:
        same = not accept and code == reason
        return ALREADY if same else refused("fulfilment.answered", state)
    if state in (S.WAITING, S.CANCELLED) or not answered:
        return refused("fulfilment.state", state)
    return ALREADY if accept else refused("fulfilment.answered", state)


def pick_verdict(state: S, by_supplier: bool) -> Verdict:
    """What becomes of a pick: of what the supplier accepted, or, without one, of what is reserved."""
    if state is (S.ACCEPTED if by_supplier else S.RESERVED):
        return DONE
    if S.PICKED <= state <= S.COMPLETED:
        return ALREADY
    return refused("fulfilment.state", state)


def label_verdict(state: S, by_supplier: bool) -> Verdict:
    """Whether a parcel may be labelled: from acceptance (or reservation) on, until all that left has arrived."""
    first = S.ACCEPTED if by_supplier else S.RESERVED
    if state is first or S.PICKED <= state <= S.SHIPPED:
        return DONE
    return refused("fulfilment.state", state)


def void_verdict(state: S, scanned: bool, voided: bool) -> Verdict:
    """What becomes of the wish to void a label: once the carrier has had the parcel in hand, it stands.

    Of what ended unshipped a label may be voided still; what arrived keeps its own.
    """
    if voided:
        return ALREADY
    if scanned:
        return refused("label.scanned", state)
    return (
        DONE
        if state in (S.LABELLED, S.SHIPPED, S.REJECTED, S.CANCELLED)
        else refused("fulfilment.state", state)
    )


def shortfall_verdict(state: S, handed_over: bool, told: str | None, reason: str) -> Verdict:
    """What becomes of "we cannot": from acceptance until the parcels are with the carrier; its repeat is nothing.

    `told` is the reason that was given before, if one was.
    """
    if told is not None:
        return ALREADY if told == reason else refused("fulfilment.answered", state)
    if state < S.ACCEPTED:
        return refused("fulfilment.not_accepted", state)
    if state > S.LABELLED:
        return refused("fulfilment.state", state)
    return refused("fulfilment.handed_over", state) if handed_over else DONE


def handover_verdict(state: S, claimed_at: datetime | None) -> Verdict:
    """What becomes of a hand-over claim: it stands once the label does, and moves nothing."""
    if claimed_at is not None:
        return ALREADY
    return DONE if S.LABELLED <= state <= S.COMPLETED else refused("fulfilment.state", state)


def label_fault(
    carrier: str, waybill: str, weight_g: int, sizes_mm: tuple[int, int, int], carriers: Collection[str]
) -> str | None:
    """The code by which a label is refused whatever it is a label of, or None. `carriers` are the policy's."""
    if carrier not in carriers:
        return "carrier.unknown"
    if not WAYBILL.fullmatch(waybill):
        return "waybill.malformed"
    return measure_fault(weight_g, sizes_mm)


def measure_fault(weight_g: int, sizes_mm: tuple[int, int, int]) -> str | None:
    """The code by which a parcel's weight (grams) or sizes (millimetres) are refused, or None."""
    if not 1 <= weight_g <= HEAVIEST_G:
        return "label.weight"
    if not all(1 <= size <= LONGEST_MM for size in sizes_mm):
        return "label.size"
    return None


_KINDS: dict[str, type[Refused]] = {
    "fulfilment.not_found": NotFound,
    "carrier.unknown": Invalid,
    "waybill.malformed": Invalid,
    "label.weight": Invalid,
    "label.size": Invalid,
    "label.not_found": NotFound,
    "fulfilment.no_such_line": Invalid,
    "handover.in_future": Invalid,
    "handover.too_early": Invalid,
}


def refusal_of(verdict: Verdict) -> Refused:
    """The refusal that a verdict is where one thing alone was said, with the fulfilment's state."""
    assert verdict.code is not None, "only a refused verdict is a refusal"
    facts = {} if verdict.state is None else {"state": verdict.state}
    return _KINDS.get(verdict.code, Conflict)(verdict.code, **facts)
