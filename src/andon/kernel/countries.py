"""Countries: ISO 3166-1 alpha-2 codes, and their names as the Unicode locale data has them."""

from collections.abc import Mapping
from functools import cache

from babel import Locale

_NOT_COUNTRIES = frozenset(("EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"))
"""Two-letter codes among the territories of the locale data that are no country of ISO 3166-1."""


@cache
def countries() -> Mapping[str, str]:
    """Each country's English name by its code."""
    return {
        code: name
        for code, name in Locale("en").territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES
    }
