"""What differs between two versions of the policy."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from andon.platform.policies.figures import Line
from andon.platform.policies.rules import Clause, Policy

Part = Literal["clause", "setting", "line", "category", "version"]
"""What of a policy a change is in."""

LINE_FIGURES = ("names", "carrier", "kind", "promise_days", "heaviest_grams", "refuses", "papers")


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs: which `name` of what `code`, as it was before and as it is after; None where it is not.

    `code` is a clause's, a setting's name, a line's or a category's code. `name` is a value's, or `title`, `text`,
    `rates` (of the countries alone whose rates differ), or `whole` of what is new or gone.
    """

    part: Part
    code: str
    title: Mapping[str, str]
    name: str
    before: Any
    after: Any


def changes_between(before: Policy, after: Policy) -> list[Change]:
    """Every rule, figure, line and category that differs, in the order of the policy.

    Where a figure comes from, and what countries and carriers are called, binds nobody and is left out.
    """
    found: list[Change] = []
    for name in ("currency", "zone"):
        found += _change(
            "version", after.version, _VERSION, name, getattr(before, name), getattr(after, name)
        )
    found += _of_clauses("clause", before.clauses, after.clauses)
    found += _of_clauses("setting", before.settings, after.settings)
    for code in {**before.lines, **after.lines}:
        found += _of_line(code, before.lines.get(code), after.lines.get(code))
    for code, names in {**before.categories, **after.categories}.items():
        found += _change(
            "category", code, names, "whole", before.categories.get(code), after.categories.get(code)
        )
    return found


_VERSION = {"zh-CN": "规则版本", "en": "The version as a whole"}


def _change(
    part: Part, code: str, title: Mapping[str, str], name: str, before: object, after: object
) -> Iterator[Change]:
    if before != after:
        yield Change(part, code, title, name, before, after)


def _of_clauses(part: Part, before: Mapping[str, Clause], after: Mapping[str, Clause]) -> Iterator[Change]:
    for code in {**before, **after}:
        old, new = before.get(code), after.get(code)
        if old is None or new is None:
            said = new or old
            assert said is not None, "the code is one of theirs"
            yield Change(part, code, said.title, "whole", old and old.text, new and new.text)
            continue
        yield from _change(part, code, new.title, "title", old.title, new.title)
        yield from _change(part, code, new.title, "text", old.text, new.text)
        for name in {**old.values, **new.values}:
            yield from _change(part, code, new.title, name, old.values.get(name), new.values.get(name))


def _of_line(code: str, before: Line | None, after: Line | None) -> Iterator[Change]:
    if before is None or after is None:
        line = after or before
        assert line is not None, "the code is one of theirs"
        yield Change("line", code, line.names, "whole", before, after)
        return
    for name in LINE_FIGURES:
        yield from _change("line", code, after.names, name, getattr(before, name), getattr(after, name))
    differ = {
        country
        for country in {**before.rates, **after.rates}
        if before.rates.get(country) != after.rates.get(country)
    }
    yield from _change(
        "line",
        code,
        after.names,
        "rates",
        {country: rate for country, rate in before.rates.items() if country in differ},
        {country: rate for country, rate in after.rates.items() if country in differ},
    )
