"""How a policy's values are written in its file, and what each kind must satisfy."""

import re
from collections.abc import Mapping
from datetime import time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationError,
    ValidationInfo,
)

from andon.kernel.errors import Invalid
from andon.kernel.money import Money

LANGUAGES = ("zh-CN", "en")

_DURATION = re.compile(r"([0-9]{1,5})([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")


class Frozen(BaseModel):
    """A part of a policy: read once, never changed, with no key that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def _duration(value: object) -> timedelta:
    if not (isinstance(value, str) and (found := _DURATION.fullmatch(value))):
        raise ValueError('a duration is a text such as "24h", "10d" or "5s"')
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _time_of_day(value: object) -> time:
    if not (isinstance(value, str) and (found := _TIME.fullmatch(value))):
        raise ValueError('a time of day is a text such as "03:30"')
    return time(int(found[1]), int(found[2]))


def _amount(value: Any, context: ValidationInfo) -> Money:
    assert context.context is not None, "amounts are read in a policy's currency"
    currency = context.context["currency"]
    if isinstance(value, Mapping) and set(value) == {"amount", "currency"}:
        value, currency = value["amount"], value["currency"]
    if not (isinstance(value, str) and isinstance(currency, str) and _DECIMAL.fullmatch(value)):
        raise ValueError(
            'an amount is a text such as "0.30", not negative, or a table of amount and currency'
        )
    try:
        return Money.of(value, currency)
    except Invalid as refusal:
        raise ValueError(refusal.detail) from refusal


def _limit(value: object, context: ValidationInfo) -> Money | Literal["order_value"]:
    return "order_value" if value == "order_value" else _amount(value, context)


def _decimal(value: object) -> Decimal:
    if not (isinstance(value, str) and _DECIMAL.fullmatch(value)):
        raise ValueError('a decimal is a text such as "0.95"')
    return Decimal(value)


def _texts(value: object) -> Mapping[str, str]:
    if not (isinstance(value, Mapping) and set(value) == set(LANGUAGES)):
        raise ValueError("a text is given in zh-CN and en, and in nothing else")
    if not all(isinstance(text, str) and text.strip() for text in value.values()):
        raise ValueError("a text is not empty")
    return dict(value)


Duration = Annotated[timedelta, PlainValidator(_duration)]
"""A length of time, written `24h`, `10d`, `30m` or `5s`."""

TimeOfDay = Annotated[time, PlainValidator(_time_of_day)]
"""A time of day in the policy's zone, written `03:30`."""

Amount = Annotated[Money, PlainValidator(_amount)]
"""Money, written as a text in the policy's currency or as a table of `amount` and `currency`; not negative."""

Limit = Annotated[Money | Literal["order_value"], PlainValidator(_limit)]
"""What a claim can come to: an amount, or the order's value."""

Number = Annotated[Decimal, BeforeValidator(_decimal)]
Share = Annotated[Decimal, BeforeValidator(_decimal), Field(le=1)]
Texts = Annotated[Mapping[str, str], PlainValidator(_texts)]
Whole = Annotated[int, Field(strict=True, ge=0)]
Count = Annotated[int, Field(strict=True, ge=1)]
Flag = Annotated[bool, Field(strict=True)]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Code = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,32}$")]
PostcodeStart = Annotated[str, Field(pattern=r"^[A-Z0-9]{1,10}$")]
"""The beginning of a postcode, without spaces or hyphens."""

Freeze = Literal["whole_account", "exposure"]
Guard = Literal["hold", "trust"]
Unshipped = Literal["lost", "returned", "cancelled"]
GoodsMark = Literal["battery_in_equipment", "battery_with_equipment", "battery_alone", "liquid", "magnetic"]
"""What of a product a line may refuse."""
GoodsPaper = Literal["hs_code", "customs_name", "origin", "declared_value"]
"""What a line may need to know of a product."""


class VolumeTier(Frozen):
    """A step of FEE-2: parcels of up to `up_to_ml` millilitres, the bound included; None is without bound."""

    up_to_ml: Count | None = None
    fee: Amount


def graded(tiers: tuple[VolumeTier, ...]) -> tuple[VolumeTier, ...]:
    """Tiers that leave no volume out and none to two: bounds grow, and the last one alone is open."""
    bounds = [tier.up_to_ml for tier in tiers]
    if not bounds or bounds[-1] is not None:
        raise ValueError("the last tier has no up_to_ml, so that no volume is without a tier")
    closed = [bound for bound in bounds if bound is not None]
    if len(closed) != len(bounds) - 1:
        raise ValueError("only the last tier goes without up_to_ml")
    if any(upper <= lower for lower, upper in pairwise(closed)):
        raise ValueError("up_to_ml grows from tier to tier")
    if any(later.fee.currency != tiers[0].fee.currency for later in tiers):
        raise ValueError("tiers are in one currency")
    if any(later.fee < earlier.fee for earlier, later in pairwise(tiers)):
        raise ValueError("fees do not fall from tier to tier")
    return tiers


def growing(delays: tuple[timedelta, ...]) -> tuple[timedelta, ...]:
    """Delays of which none is nothing, and none shorter than the one before."""
    if not delays or not delays[0] or list(delays) != sorted(delays):
        raise ValueError("delays grow, and the first is more than nothing")
    return delays


def by_currency(value: object, context: ValidationInfo) -> Mapping[str, Money]:
    """Amounts that stand for one another, each written under its currency: `{ EUR = "150.00", CNY = "1150.00" }`."""
    if not (isinstance(value, Mapping) and value):
        raise ValueError('a limit is a table of currencies, such as { EUR = "150.00" }')
    return {
        currency: _amount({"amount": amount, "currency": currency}, context)
        for currency, amount in value.items()
    }


def summing_to_one(weights: Mapping[str, Decimal]) -> Mapping[str, Decimal]:
    """Weights that share out the whole."""
    if sum(weights.values()) != 1:
        raise ValueError("weights add up to 1")
    return weights


def first_fault(cause: ValidationError) -> tuple[tuple[str, ...], str]:
    """Where a value is wrong, and why.

    A misspelt key makes two faults: the word that is wrong is told before the one that is missing.
    """
    fault = min(cause.errors(), key=lambda each: each["type"] != "extra_forbidden")
    return tuple(str(step) for step in fault["loc"]), fault["msg"].removeprefix("Value error, ")
