"""Whether a waybill number can be one of its carrier's: its form, and its check digit. Source: BACK-3.

The forms are facts that carriers and the UPU publish, as github.com/jkeen/tracking_number_data (MIT) collects them. A
carrier of which no form is here is not judged: whatever number it has may be one of its own.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

Validity = Literal["valid", "invalid", "unknown"]

Check = Callable[[str], int]
"""The check digit that a serial number must have."""


class Form(NamedTuple):
    """One form of a carrier's numbers. Groups `serial` and `check`, where there is a check digit; `lead` stands before the serial."""

    pattern: re.Pattern[str]
    check: Check | None = None
    lead: str = ""

    def takes(self, number: str) -> bool:
        """Whether the number has this form, and its check digit is right."""
        found = self.pattern.fullmatch(number)
        if found is None or self.check is None:
            return found is not None
        return self.check(self.lead + found["serial"]) == int(found["check"])


def _mod7(serial: str) -> int:
    return int(serial) % 7


def _mod10(even: int, odd: int) -> Check:
    """Digits by turns times `even` and `odd`, up to the next ten; letters count from A, which is 2."""

    def check(serial: str) -> int:
        values = (int(sign) if sign.isdigit() else (ord(sign) - 3) % 10 for sign in serial)
        total = sum(value * (odd if place % 2 else even) for place, value in enumerate(values))
        return -total % 10

    return check


def _weighed(*weights: int) -> Check:
    def check(serial: str) -> int:
        total = sum(int(digit) * weight for digit, weight in zip(serial, weights, strict=True))
        return total % 11 % 10

    return check


def _s10(serial: str) -> int:
    """The UPU's standard S10."""
    total = sum(int(digit) * weight for digit, weight in zip(serial, (8, 6, 4, 2, 3, 5, 9, 7), strict=True))
    return {10: 0, 11: 5}.get(11 - total % 11, 11 - total % 11)


def _form(pattern: str, check: Check | None = None, lead: str = "") -> Form:
    return Form(re.compile(pattern, re.ASCII), check, lead)


_EXPRESS = _weighed(3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1)
_GROUND = _weighed(1, 7, 3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1)
_CHECK = r"(?P<check>\d)"
_ROUTED = r"(?:420(?:\d{9}(?=\d{22}$)|\d{5}))?"
_SHIPPER = r"(?:9\d{8}(?:\d{11}|\d{7})|[0-8]\d{5}(?:\d{14}|\d{10}))"
_S10_FORM = _form(rf"[A-Z]{{2}}(?P<serial>\d{{8}}){_CHECK}[A-Z]{{2}}", _s10)

FORMS: Mapping[str, Sequence[Form]] = {
    "dhl": (
        _form(rf"(?P<serial>\d{{9,10}}){_CHECK}", _mod7),
        _form(r"J[A-Z]{2,3}\d{9,10}"),
        _form(r"(?:GM|LX|RX|UV|CN|SG|TH|IN|HK|MY)(?=[A-Z]*\d)[0-9A-Z]{10,39}"),
        _form(r"\d{14}"),
    ),
    "ups": (
        _form(rf"1Z(?P<serial>[A-Z0-9]{{15}}){_CHECK}", _mod10(1, 2)),
        _form(rf"[AHJKTV](?P<serial>\d{{9}}){_CHECK}", _mod10(1, 2)),
    ),
    "fedex": (
        _form(rf"(?P<serial>\d{{11}}){_CHECK}", _EXPRESS),
        _form(rf"[0-8]\d{{19}}(?P<serial>\d{{13}}){_CHECK}", _GROUND),
        _form(rf"3\d{{15}}(?P<serial>\d{{11}}){_CHECK}\d{{4}}", _EXPRESS),
        _form(rf"(?P<serial>\d{{14}}){_CHECK}", _mod10(1, 3)),
        _form(rf"\d{{2}}(?P<serial>\d{{15}}){_CHECK}", _mod10(3, 1)),
        _form(rf"96\d{{5}}(?P<serial>\d{{14}}){_CHECK}", _mod10(1, 3)),
        _form(rf"96\d{{18}}(?P<serial>\d{{13}}){_CHECK}", _GROUND),
    ),
    "usps": (
        _form(rf"(?P<serial>\d{{19}}){_CHECK}", _mod10(3, 1)),
        _form(rf"{_ROUTED}(?P<serial>94\d{{3}}(?:9\d{{23}}|{_SHIPPER})){_CHECK}", _mod10(3, 1)),
        _form(rf"(?:420\d{{5}}(?:\d{{4}})?)?(?P<serial>91\d{{19}}){_CHECK}", _mod10(3, 1)),
        _form(rf"(?:420\d{{5}}(?:\d{{4}})?)?(?P<serial>\d{{19}}){_CHECK}", _mod10(3, 1), lead="91"),
        _form(
            rf"{_ROUTED}(?P<serial>(?:92(?=\d{{3}}9)|93(?=\d{{3}}[0-8])|95)\d{{3}}{_SHIPPER}){_CHECK}",
            _mod10(3, 1),
        ),
        _S10_FORM,
    ),
    "yunexpress": (_form(r"YT\d{16}"),),
}
"""All forms of these carriers' numbers."""

POSTS = frozenset(("correios", "correos"))
"""Posts have numbers by S10, and others at home: one that has the form of S10 is judged by it."""


def validity(carrier: str, number: str) -> Validity:
    """Whether that can be a number of that carrier; unknown where its forms are not known."""
    bare = "".join(number.split()).upper()
    if carrier in POSTS and _S10_FORM.pattern.fullmatch(bare):
        return "valid" if _S10_FORM.takes(bare) else "invalid"
    if carrier not in FORMS:
        return "unknown"
    return "valid" if any(form.takes(bare) for form in FORMS[carrier]) else "invalid"
