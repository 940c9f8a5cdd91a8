"""The kinds of tax numbers that a shop may have, and how each is written."""

import re
from collections.abc import Mapping
from enum import Enum

from andon.kernel.errors import codes

CODES = codes(
    {
        "tax_number.not_found": ("The shop has no such tax number", "店铺没有该税号"),
        "tax_number.invalid": ("Not a number of this kind", "税号格式或校验位错误"),
    }
)

LONGEST_NUMBER = 32


class TaxKind(Enum):
    """What a number is for; the policy says where a parcel bears which."""

    IOSS = "ioss"
    EU_VAT = "eu_vat"
    EORI = "eori"
    UK_VAT = "uk_vat"
    VOEC = "voec"
    AU_GST = "au_gst"


FORMS: Mapping[TaxKind, re.Pattern[str]] = {
    # Of these no public check digit is known: the form is all there is to check.
    TaxKind.EORI: re.compile(r"[A-Z]{2}[A-Z0-9]{1,15}"),
    TaxKind.VOEC: re.compile(r"2[0-9]{6}"),
}


def plain(number: str) -> str:
    """A number without the spaces, dots and hyphens that people write in it, in capitals."""
    return re.sub(r"[ .-]", "", number).upper()
