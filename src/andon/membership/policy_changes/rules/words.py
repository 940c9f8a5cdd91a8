"""A change as a sentence, in Chinese and English."""

from collections.abc import Mapping
from datetime import time, timedelta
from decimal import Decimal
from typing import Any

from andon.kernel.money import Money
from andon.membership.policy_changes.rules.differences import Change
from andon.membership.policy_changes.rules.names import SAID, value_names
from andon.platform.policies.figures import Authorisation, Line, Rate, Surcharge, TaxScheme
from andon.platform.policies.rules import Policy
from andon.platform.policies.values import LANGUAGES, VolumeTier

Called = Mapping[str, Mapping[str, str]]
"""What codes of countries, categories and carriers are called."""

_UNITS = {"zh-CN": ("天", "小时", "分钟", "秒"), "en": (" days", " h", " min", " s")}
_SPANS = (86_400, 3_600, 60, 1)
_BRIEF = 72 * 3_600
"""Up to so many seconds a length of time is told in hours rather than days."""


def called_by(*policies: Policy) -> dict[str, Mapping[str, str]]:
    """What these versions call countries, categories and carriers."""
    carriers = {code: carrier.names for each in policies for code, carrier in each.carriers.items()}
    places = {
        code: names for each in policies for code, names in {**each.countries, **each.categories}.items()
    }
    return {**carriers, **places}


def told(change: Change, called: Called) -> dict[str, str]:
    """What changes, in each language: what it is called, and what it was and is, or what was added and taken away."""
    return {language: _sentence(change, called, language) for language in LANGUAGES}


def _sentence(change: Change, called: Called, language: str) -> str:
    zh = language == "zh-CN"
    name = value_names(change.code, change.name)[zh]
    before, after = change.before, change.after
    if (
        isinstance(before, frozenset | tuple)
        and isinstance(after, frozenset | tuple)
        and _are_codes(before, after)
    ):
        said = _listed(before, after, called, language)
    elif change.name == "rates":
        said = ("；" if zh else "; ").join(_rates(before, after, called, language))
    else:
        said = f"{figure_words(before, language, called)} → {figure_words(after, language, called)}"
    return f"{name}：{said}" if zh else f"{name}: {said}"


def _are_codes(before: Any, after: Any) -> bool:
    return all(isinstance(each, str) for each in (*before, *after))


def _listed(before: Any, after: Any, called: Called, language: str) -> str:
    zh = language == "zh-CN"
    parts = [
        f"{word}{figure_words(codes, language, called)}"
        for word, codes in (
            ("新增" if zh else "added ", frozenset(after) - frozenset(before)),
            ("移除" if zh else "taken away ", frozenset(before) - frozenset(after)),
        )
        if codes
    ]
    if not parts:  # the same codes in another order
        return f"{figure_words(before, language, called)} → {figure_words(after, language, called)}"
    return ("；" if zh else "; ").join(parts)


def _rates(before: Mapping[str, Rate], after: Mapping[str, Rate], called: Called, language: str) -> list[str]:
    return [
        f"{_code(country, language, called)} {_rate_change(before.get(country), after.get(country), language, called)}"
        for country in {**before, **after}
    ]


def _rate_change(before: Rate | None, after: Rate | None, language: str, called: Called) -> str:
    """What differs of one country's price; all of it where it is new or gone."""
    if before is None or after is None:
        return f"{figure_words(before, language, called)} → {figure_words(after, language, called)}"
    old, new = (_rate_parts(each, language) for each in (before, after))
    none = figure_words(None, language, called)
    changes = [
        f"{name} {old.get(name, none)} → {new.get(name, none)}"
        for name in {**old, **new}
        if old.get(name) != new.get(name)
    ]
    return ("，" if language == "zh-CN" else ", ").join(changes)


def _rate_parts(rate: Rate, language: str) -> dict[str, str]:
    """What a price is made of, by what each part is called."""
    zh = language == "zh-CN"
    return {
        "首重" if zh else "first weight": f"{rate.first_fee} / {rate.first_weight_grams:,} g",
        "续重" if zh else "each further": f"{rate.step_fee} / {rate.step_weight_grams:,} g",
        "体积重除数" if zh else "divisor": f"{rate.volumetric_divisor:,}",
        **{
            _code(each.code, language, {}): f"{each.fee or each.share}{_where(each)}"
            for each in rate.surcharges
        },
    }


def _where(surcharge: Surcharge) -> str:
    return f" ({', '.join(surcharge.postcodes)})" if surcharge.postcodes else ""


def figure_words(figure: Any, language: str, called: Called) -> str:
    """A figure as people of that language write it."""
    zh = language == "zh-CN"

    def words(inner: Any) -> str:
        return figure_words(inner, language, called)

    match figure:
        case None:
            return "无" if zh else "none"
        case bool():
            return ("是" if zh else "yes") if figure else ("否" if zh else "no")
        case timedelta():
            return _span(figure, language)
        case time():
            return f"{figure:%H:%M}"
        case int():
            return f"{figure:,}"
        case Money() | Decimal():
            return str(figure)
        case str():
            return _code(figure, language, called)
        case Mapping() if set(figure) == set(LANGUAGES):
            return str(figure[language])
        case Mapping():
            return ", ".join(
                f"{_code(key, language, called)} {words(inner)}" for key, inner in figure.items()
            )
        case frozenset():
            return ("、" if zh else ", ").join(sorted(map(words, figure)))
        case tuple():
            return ("；" if zh else "; ").join(map(words, figure))
        case _:
            return _part(figure, language, called)


def _part(figure: Any, language: str, called: Called) -> str:
    """A figure that has parts."""
    zh = language == "zh-CN"
    match figure:
        case Authorisation():
            return f"{'版本' if zh else 'version '}{figure.version}"
        case Line():
            return str(figure.names[language])
        case VolumeTier(up_to_ml=None):
            return f"{'以上' if zh else 'above '}{figure.fee}"
        case VolumeTier():
            return (
                f"{figure.up_to_ml:,}毫升以内{figure.fee}"
                if zh
                else f"up to {figure.up_to_ml:,} ml {figure.fee}"
            )
        case Rate():
            parts = (f"{name} {said}" for name, said in _rate_parts(figure, language).items())
            return ("，" if zh else ", ").join(parts)
        case TaxScheme():
            limit = "" if figure.up_to is None else f" ≤ {' / '.join(map(str, figure.up_to.values()))}"
            return f"{_code(figure.kind, language, called)}{limit} ({figure_words(figure.countries, language, {})})"
    raise AssertionError(f"no words for {type(figure).__name__}")


def _code(code: str, language: str, called: Called) -> str:
    if code in called:
        return str(called[code][language])
    return SAID[code][language == "zh-CN"] if code in SAID else code


def _span(length: timedelta, language: str) -> str:
    seconds = int(length.total_seconds())
    units = dict(zip(_SPANS, _UNITS[language], strict=True))
    if seconds <= _BRIEF:
        del units[86_400]
    size = next((size for size in units if seconds and not seconds % size), 1)
    return f"{seconds // size:,}{units[size]}"
