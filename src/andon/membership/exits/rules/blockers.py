"""A blocker: what it is, since when, whose matter it is, and what clears it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from andon.membership.exits.rules.facts import (
    Facts,
    LiveBinding,
    OpenCharge,
    OpenPart,
    Uncharged,
    Uncounted,
)
from andon.money.charges.rules import ChargeState, Unsettled, reason_unsettled
from andon.orders.order.rules import Flag, FulfilmentState

Owner = Literal["seller", "supplier", "carrier", "platform"]

WORDS: Mapping[str, tuple[str, str]] = {
    "open_order": ("Bring the order to its end", "请将订单履约至完结"),
    "open_order_moving": (
        "Bring the order to its end; new ones take the smart line until the move is over",
        "请将订单履约至完结；双轨过渡期内新订单走智选物流",
    ),
    "open_order_moved": (
        "The move is over and the order still drains: bring it to its end",
        "双轨过渡已期满，订单仍未清空，请履约至完结",
    ),
    "stuck_order": ("Choose a remedy for the stuck order", "请处置异常滞留订单"),
    "stale_parcel": ("The carrier is to say where the parcel is", "请承运商更新物流轨迹"),
    "unanswered_order": ("The supplier is to accept or reject", "请供应商接单或拒单"),
    "open_cancellation": ("The supplier is to answer the cancellation", "请供应商答复取消请求"),
    "live_grant": ("End the binding", "请解除绑定"),
    "unsigned_letter": ("Sign the termination letter", "请签署供应商解约确认函"),
    "promised_letter": (
        "The letter is signed by itself when the supplier's last order ends",
        "该供应商最后一单完结后自动签署",
    ),
    "no_delivery_evidence": ("The fee waits for the delivery's evidence", "费用待签收凭证"),
    "not_yet_due": (
        "The fee is settled when it is due, or today if you ask",
        "费用到期后自动结算，也可申请提前结算",
    ),
    "no_rate": ("The platform sets the rate that the fee is converted at", "等待平台设置换算汇率"),
    "not_enough_funds": ("Deposit what the fee needs", "资金账户余额不足，请存入"),
    "in_dispute": (
        "Deposit what the disputed fee comes to, so that it is held",
        "请存入争议费用金额以作担保",
    ),
    "secured": (
        "The dispute over the fee is to be decided; its amount is held",
        "费用争议待裁决，金额已冻结",
    ),
    "uncounted_stock": ("Count what came back", "请清点并校准释放的库存"),
    "uncharged": ("The fee is being worked out", "费用正在核算"),
}
"""How each blocker is cleared, in English and Chinese."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """What clears a blocker: in words, and the call that does it, None where nothing but time does."""

    text: Mapping[str, str]
    call: str | None


@dataclass(frozen=True, slots=True)
class Blocker:
    """Something that stands in the way of an exit, or, not `blocking`, that should be known.

    `object` names the thing by kind and number, beside the numbers of what it belongs to; `owner` is who can clear
    it; `expected_on` the day on which it is expected to be, None where that is not known.
    """

    code: str
    blocking: bool
    object: Mapping[str, Any]
    since: datetime
    owner: Owner
    remedy: Remedy
    expected_on: date | None = None


def told(blocker: Blocker) -> dict[str, Any]:
    """A blocker as JSON has it."""
    return {
        "code": blocker.code,
        "blocking": blocker.blocking,
        "object": dict(blocker.object),
        "since": blocker.since.isoformat().replace("+00:00", "Z"),
        "owner": blocker.owner,
        "remedy": {"text": dict(blocker.remedy.text), "call": blocker.remedy.call},
        "expected_on": blocker.expected_on and blocker.expected_on.isoformat(),
    }


def codes_of_part(part: OpenPart) -> list[str]:
    codes = ["open_order"]
    if Flag.STUCK in part.flags:
        codes.append("stuck_order")
    if Flag.STALE in part.flags:
        codes.append("stale_parcel")
    if part.state is FulfilmentState.PUSHED:
        codes.append("unanswered_order")
    if part.cancel_asked_at is not None:
        codes.append("open_cancellation")
    return codes


def blockers_of_part(facts: Facts, part: OpenPart) -> list[Blocker]:
    about = {"kind": "fulfilment", "id": part.fulfilment_id, "order_id": part.order_id}
    about |= {"supplier_id": part.supplier_id} if part.supplier_id is not None else {}
    about |= {"move_id": facts.move.move_id} if facts.move is not None else {}
    return [
        Blocker(
            code,
            True,
            about,
            _since(code, part),
            _owner(code, part),
            _remedy(_word(code, facts), _call(code, facts.shop_id, part)),
            _day(part.answer_due_at, facts) if code == "unanswered_order" else None,
        )
        for code in codes_of_part(part)
    ]


def _word(code: str, facts: Facts) -> str:
    """What an open order is told of by: while the shop moves, and once that is over, its move too. Source: MOVE-1."""
    if code != "open_order" or facts.move is None:
        return code
    return "open_order_moving" if facts.now < facts.move.until else "open_order_moved"


def _since(code: str, part: OpenPart) -> datetime:
    known = {
        "open_order": part.reserved_at,
        "stuck_order": part.pushed_at,
        "stale_parcel": part.shipped_at,
        "unanswered_order": part.pushed_at,
        "open_cancellation": part.cancel_asked_at,
    }
    return known[code] or part.reserved_at


def _owner(code: str, part: OpenPart) -> Owner:
    if code == "stuck_order" or part.state is FulfilmentState.WAITING or Flag.HELD in part.flags:
        return "seller"
    return "carrier" if part.state is FulfilmentState.SHIPPED else "supplier"


def _call(code: str, shop_id: int, part: OpenPart) -> str | None:
    """The call that clears it or brings it on; a parcel under way is its carrier's."""
    own = f"/v1/shops/{shop_id}/fulfilments/{part.fulfilment_id}"
    his = f"/v1/supplier/fulfilments/{part.fulfilment_id}"
    if code == "stuck_order":
        return f"POST {own}/remedy"
    if code == "unanswered_order":
        return f"POST {his}/accept"
    if code == "open_cancellation":
        return f"POST {his}/cancellation"
    if part.state is FulfilmentState.SHIPPED:
        return "POST /v1/carriers/{carrier}/scans"
    if Flag.HELD in part.flags:
        return f"POST /v1/shops/{shop_id}/orders/{part.order_id}/release"
    if part.state is FulfilmentState.WAITING:
        return f"POST {own}/remedy"
    return f"POST {his}/{_NEXT[part.state]}"


_NEXT: Mapping[FulfilmentState, str] = {
    FulfilmentState.RESERVED: "accept",
    FulfilmentState.PUSHED: "accept",
    FulfilmentState.ACCEPTED: "labelled",
    FulfilmentState.PICKED: "labelled",
    FulfilmentState.LABELLED: "shipped",
}


def code_of_binding(binding: LiveBinding) -> str:
    return "live_grant" if binding.letter_id is None else "unsigned_letter"


def blocker_of_binding(facts: Facts, binding: LiveBinding) -> Blocker:
    code, shop = code_of_binding(binding), f"/v1/shops/{facts.shop_id}"
    call = (
        f"POST {shop}/bindings/{binding.binding_id}/end"
        if binding.letter_id is None
        else f"POST {shop}/letters/{binding.letter_id}/sign"
    )
    about = {"kind": "binding", "id": binding.binding_id, "supplier_id": binding.supplier_id}
    about |= {"letter_id": binding.letter_id} if binding.letter_id is not None else {}
    if binding.promised and binding.letter_id is not None:
        return Blocker(code, True, about, binding.since, "platform", _remedy("promised_letter", None))
    return Blocker(code, True, about, binding.since, "seller", _remedy(code, call))


def code_of_charge(charge: OpenCharge) -> str:
    if charge.secured:
        return "secured_fee"
    return "fee_without_delivery_evidence" if charge.state is ChargeState.PROVISIONAL else "unsettled_fee"


_PAID_BY: Mapping[Unsettled, Owner] = {
    Unsettled.NO_DELIVERY_EVIDENCE: "carrier",
    Unsettled.NOT_YET_DUE: "platform",
    Unsettled.NOT_ENOUGH_FUNDS: "seller",
    Unsettled.IN_DISPUTE: "seller",
    Unsettled.NO_RATE: "platform",
}


def blocker_of_charge(facts: Facts, charge: OpenCharge) -> Blocker:
    """What stands in the way until it is settled, or, where it is disputed, held: then it is only told. Source: EXIT-2."""
    known = reason_unsettled(
        charge.state, charge.due_at, charge.settle_at, facts.now, rate_wanted=charge.rate_wanted
    )
    assert known is not None, "an open charge is unsettled"
    reason, next_at = known
    calls = {
        Unsettled.NO_DELIVERY_EVIDENCE: "POST /v1/carriers/{carrier}/scans",
        Unsettled.NOT_YET_DUE: f"POST /v1/shops/{facts.shop_id}/charges/settle_early",
        Unsettled.NOT_ENOUGH_FUNDS: f"POST /v1/shops/{facts.shop_id}/funds/deposits",
        Unsettled.IN_DISPUTE: f"POST /v1/shops/{facts.shop_id}/funds/deposits",
        Unsettled.NO_RATE: "POST /v1/rates",
    }
    about = {
        "kind": "charge",
        "id": charge.charge_id,
        "order_id": charge.order_id,
        "fulfilment_id": charge.fulfilment_id,
        "reason": reason.word,
    }
    code, day = code_of_charge(charge), _day(next_at, facts)
    if charge.secured:
        return Blocker(code, False, about, charge.accrued_at, "platform", _remedy("secured", None), day)
    remedy = _remedy(reason.word, calls.get(reason))
    return Blocker(code, True, about, charge.accrued_at, _PAID_BY[reason], remedy, day)


def blocker_of_uncharged(each: Uncharged) -> Blocker:
    about = {"kind": "fulfilment", "id": each.fulfilment_id, "order_id": each.order_id, "reason": "uncharged"}
    return Blocker("unsettled_fee", True, about, each.ended_at, "platform", _remedy("uncharged", None))


def blocker_of_uncounted(facts: Facts, each: Uncounted) -> Blocker:
    """Known, and in nobody's way: what is not counted is not sellable, and past its day the product is delisted."""
    about = {
        "kind": "calibration",
        "id": each.calibration_id,
        "sku": each.sku,
        "supplier_id": each.supplier_id,
    }
    call = f"POST /v1/shops/{facts.shop_id}/calibrations/{each.calibration_id}"
    return Blocker(
        "uncounted_stock",
        False,
        about,
        each.released_at,
        "seller",
        _remedy("uncounted_stock", call),
        _day(each.due_at, facts),
    )


def _remedy(code: str, call: str | None) -> Remedy:
    english, chinese = WORDS[code]
    return Remedy({"en": english, "zh-CN": chinese}, call)


def _day(at: datetime | None, facts: Facts) -> date | None:
    return None if at is None else at.astimezone(ZoneInfo(facts.zone)).date()
