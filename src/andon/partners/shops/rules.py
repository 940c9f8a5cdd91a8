"""What a shop may be called, and where it may stand."""

import re
import unicodedata

from andon.kernel.errors import Invalid, codes

CODES = codes(
    {
        "shop.not_found": ("No such shop", "店铺不存在"),
        "shop.name": ("A shop's name has 1 to 200 characters", "店铺名称须为1至200个字符"),
        "shop.category": ("A category is a text of 1 to 64 characters", "类目须为1至64个字符"),
        "shop.locale": ("Not a locale such as zh-CN or en", "语言区域格式错误"),
        "shop.currency": ("Not a currency of ISO 4217", "币种无效"),
        "shop.zone": ("Not a time zone of the IANA database", "时区无效"),
    }
)

LONGEST_NAME = 200
LONGEST_CATEGORY = 64

_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
_CURRENCY = re.compile(r"[A-Z]{3}")
# Line ends and halves of surrogate pairs beside control characters: none of them fits on a line of a file.
_UNPRINTABLE = frozenset(("Cc", "Cs", "Zl", "Zp"))
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Characters that turn the direction of what stands around them: a name would be read as another."""


def is_text(text: str, longest: int) -> bool:
    """Whether it is a text of 1 to `longest` characters, not blank, that stands on one line and is read as it is written."""
    return (
        0 < len(text) <= longest
        and bool(text.strip())
        and not any(unicodedata.category(character) in _UNPRINTABLE for character in text)
        and _TURNING.search(text) is None
    )


def is_code(text: str, longest: int) -> bool:
    """Whether it is a text that can name a thing: two that look the same in every script's own letters are the same.

    Composed (NFC), and without characters that show nothing, such as a space of no width.
    """
    return (
        is_text(text, longest)
        and unicodedata.is_normalized("NFC", text)
        and not any(unicodedata.category(character) == "Cf" for character in text)
    )


def check_shop(name: str, category: str, locale: str, currency: str) -> None:
    """Refuse a shop that cannot be: Invalid `shop.name`, `.category`, `.locale` or `.currency`.

    A category that JIT is not open to is no fault here: it matters when the shop joins. Source: MODE-1.
    """
    if not is_text(name, LONGEST_NAME):
        raise Invalid("shop.name", f"{len(name)} characters")
    if not is_text(category, LONGEST_CATEGORY):
        raise Invalid("shop.category", f"{len(category)} characters")
    if not _LOCALE.fullmatch(locale):
        raise Invalid("shop.locale", locale)
    if not _CURRENCY.fullmatch(currency):
        raise Invalid("shop.currency", currency)
