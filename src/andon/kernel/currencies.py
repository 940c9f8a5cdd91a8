"""Currencies: ISO 4217 codes, as the Unicode locale data has them."""

from functools import cache

from babel.numbers import list_currencies

# Codes that ISO 4217 keeps for tests, for no currency, and for metals and funds, which nobody sells in.
_NOT_MONEY = frozenset(
    ("XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XDR", "XPD", "XPT", "XSU", "XTS", "XUA", "XXX")
)


@cache
def currencies() -> frozenset[str]:
    """The codes of what is paid in."""
    return frozenset(list_currencies()) - _NOT_MONEY
