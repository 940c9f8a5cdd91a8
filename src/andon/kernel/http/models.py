"""Shapes of requests and answers that every room shares."""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

from fastapi import Path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from andon.kernel.errors import codes
from andon.kernel.money import Money

CODES = codes(
    {
        "instant.naive": ("An instant needs its offset from UTC", "时间必须带时区"),
        "instant.out_of_range": ("An instant lies between the years 2000 and 2100", "时间超出允许范围"),
        "integer.out_of_range": ("A whole number beyond what is kept", "整数超出范围"),
        "text.nul": ("A text may not hold the character NUL", "文本不能包含空字符"),
    }
)

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)


class Strict(BaseModel):
    """A command's body: no unknown fields, no silent conversions."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class Out(BaseModel):
    """A part of an answer, made from a row or an object of the same names."""

    model_config = ConfigDict(from_attributes=True)


def _kept(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise PydanticCustomError("instant.naive", "an instant needs its offset from UTC")
    if not EARLIEST <= instant < LATEST:
        raise PydanticCustomError("instant.out_of_range", "an instant lies between the years 2000 and 2100")
    return instant.astimezone(UTC)


def _written(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


Instant = Annotated[
    datetime,
    AfterValidator(_kept),
    PlainSerializer(_written, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""An aware instant from 2000 on and before 2100; UTC from here on, RFC 3339 with a Z on the wire."""

AMOUNT = r"^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?$"
CURRENCY = r"^[A-Z]{3}$"


class MoneyIn(Strict):
    """Money as it is sent: the amount is a text, so that nothing is lost on the way."""

    amount: Annotated[str, Field(pattern=AMOUNT, examples=["0.30"])]
    currency: Annotated[str, Field(pattern=CURRENCY, examples=["CNY"])]

    def money(self) -> Money:
        """The same as Money. Raises Invalid `money.too_precise` or `money.out_of_range`."""
        return Money(Decimal(self.amount), self.currency)


class MoneyOut(Out):
    """Money as it is answered."""

    amount: Annotated[str, Field(examples=["0.30"])]
    currency: Annotated[str, Field(examples=["CNY"])]

    @classmethod
    def of(cls, money: Money) -> "MoneyOut":
        """The wire's form of an amount, with all its decimal places."""
        return cls.model_construct(amount=str(money.amount), currency=money.currency)

    @classmethod
    def from_minor(cls, minor: int, currency: str) -> "MoneyOut":
        """The wire's form of a stored count of minor units."""
        return cls.of(Money.from_minor(minor, currency))


class Done(Out):
    """An answer that says no more than that it is so."""

    done: bool = True


def coded(words: Iterable[str]) -> WithJsonSchema:
    """Which codes a text of an answer is one of, for the document: taken from the rule that makes them."""
    return WithJsonSchema({"type": "string", "enum": list(words)})


JsonObject = dict[str, Any]
"""A party's own data, kept as it came."""


class PublicKeyOut(Out):
    """A public key (RFC 7517, RFC 8037)."""

    kty: str
    crv: str
    x: str
    kid: str
    alg: str
    use: str


class PublicKeysOut(Out):
    """The keys that verify what we sign."""

    keys: list[PublicKeyOut]


MonthText = Annotated[
    str,
    Path(
        pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$",
        description="A month of the platform's zone",
        examples=["2026-11"],
    ),
]
"""A month that a path names."""
