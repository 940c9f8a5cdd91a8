"""The policies as a page that people read: every clause, its figures in each version, and where they come from."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import time, timedelta
from decimal import Decimal
from typing import Any

from andon.kernel.money import Money
from andon.platform.policies.figures import Authorisation, Line, Rate, TaxScheme
from andon.platform.policies.rules import FAMILIES, Clause, Policies, Policy
from andon.platform.policies.values import VolumeTier

FAMILY_TITLES = {
    "MODE": "How JIT works (JIT模式)",
    "EXIT": "Leaving as a shop (退出)",
    "PART": "One product leaves (单品退出)",
    "FEE": "What JIT costs (JIT服务费)",
    "DISP": "Who answers for what (纠纷责任)",
    "STOCK": "Units and promises (库存)",
    "QUAL": "Who may fulfil (资质审核)",
    "BACK": "Coming back (重新开通)",
    "MOVE": "Leaving gently (双轨过渡)",
}

HEAD = """\
# Policies

Generated from `src/andon/platform/policies/data/` by `andon.app.docs`; change those files, not this page.

A rule has a stable code, and its figures are values of a dated version: one version is in force at any instant, each
decision keeps the version it was made under, and an order keeps the one in force when it was placed. A figure comes
from the **guide** - the seller guide of 2026-03-01, with the rulebook that it names - or is **ours**. The guide names
no sections, and no public copy of the rulebook was found. A value's name stands before its figure; one that says
*ours* is ours although the rule is the guide's.
"""


def policies_document(governing: Policies, *others: Policies) -> str:
    """The page, in Markdown: the versions that govern the platform in full, those of other sets by name."""
    return "\n\n".join(_parts(governing, others)) + "\n"


def _parts(governing: Policies, others: Sequence[Policies]) -> Iterator[str]:
    newest = governing.versions[-1]
    yield HEAD.rstrip()
    yield "## Versions"
    yield _table(
        ("version", "in force from", "zone", "currency", "rulebook", "note"),
        (
            (
                f"`{each.version}`",
                str(each.in_force_on),
                each.zone,
                each.currency,
                each.rulebook or "",
                _both(each.note),
            )
            for policies in (governing, *others)
            for each in policies.versions
        ),
    )
    yield "`in force from` is 00:00 in the version's zone. Below are the clauses of the set `jit`."
    for family in FAMILIES:
        yield f"## {FAMILY_TITLES[family]}"
        codes = [code for code in newest.clauses if code.startswith(f"{family}-")]
        yield _clauses(
            [[version.clauses[code] for version in governing.versions] for code in codes], governing
        )
    yield "## Values that no clause names"
    names = list(newest.settings)
    yield _clauses([[version.settings[name] for version in governing.versions] for name in names], governing)
    yield "## Categories, countries and carriers"
    yield _names("Categories", newest.categories, newest.mode.categories)
    yield _names("Countries", newest.countries, frozenset())
    yield _names("Carriers", {code: each.names for code, each in newest.carriers.items()}, frozenset())
    for policy, versions in _same_lines(governing):
        yield f"## Lines and rate cards ({versions})"
        yield from _lines(policy)


# --- clauses -----------------------------------------------------------------------------------------------------


def _clauses(history: Iterable[Sequence[Clause]], policies: Policies) -> str:
    names = [policy.version for policy in policies.versions]
    rows = []
    for versions in history:
        newest = versions[-1]
        rule = f"**{newest.title['zh-CN']}** {newest.title['en']}<br>{_both(newest.text)}"
        figures = "<br>".join(_figure_by_version(value, versions, names) for value in newest.values)
        rows.append((f'<a id="{newest.code.lower()}"></a>{newest.code}', rule, figures, newest.source.kind))
    return _table(("code", "rule", "figures", "source"), rows)


def _figure_by_version(name: str, versions: Sequence[Clause], names: Sequence[str]) -> str:
    """A value's figure; where versions differ, each figure with the versions that have it."""
    figures: dict[str, list[str]] = {}
    for clause, version in zip(versions, names, strict=True):
        if name in clause.values:
            ours = clause.sources[name].kind == "ours" != clause.source.kind
            figures.setdefault(f"{figure_text(clause.values[name])}{' *ours*' if ours else ''}", []).append(
                version
            )
    if len(figures) == 1:
        return f"`{name}` {next(iter(figures))}"
    return f"`{name}` " + "; ".join(
        f"{figure} ({', '.join(versions)})" for figure, versions in figures.items()
    )


def figure_text(value: Any) -> str:
    """A figure as people write it: `24 h`, `10 days`, `CNY 0.30`, a list of codes in their order."""
    match value:
        case timedelta():
            return _span(value)
        case time():
            return f"{value:%H:%M}"
        case bool():
            return "yes" if value else "no"
        case Money() | Decimal():
            return str(value)
        case int():
            return f"{value:,}"
        case Authorisation():
            return f"version {value.version}: {_both(value.text)}"
        case TaxScheme():
            limit = "" if value.up_to is None else f" up to {' or '.join(map(str, value.up_to.values()))}"
            return f"<br>{value.kind}{limit}: {figure_text(value.countries)}"
        case VolumeTier():
            return f"{'above' if value.up_to_ml is None else f'up to {value.up_to_ml:,} ml'}: {value.fee}"
        case Mapping() if set(value) == {"zh-CN", "en"}:
            return _both(value)
        case Mapping():
            return ", ".join(f"{key} {figure_text(each)}" for key, each in value.items())
        case frozenset():
            return ", ".join(sorted(map(figure_text, value)))
        case tuple():
            return ", ".join(map(figure_text, value))
        case _:
            return str(value)


def _span(length: timedelta) -> str:
    seconds = int(length.total_seconds())
    if seconds > 72 * 3600 and not seconds % 86400:
        return f"{seconds // 86400:,} days"
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds and not seconds % size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s" if seconds else "none"


# --- lines -------------------------------------------------------------------------------------------------------


def _same_lines(policies: Policies) -> Iterator[tuple[Policy, str]]:
    """Versions grouped by the lines that they share, newest group first."""
    groups: list[list[Policy]] = []
    for policy in reversed(policies.versions):
        if groups and groups[-1][0].lines == policy.lines:
            groups[-1].append(policy)
        else:
            groups.append([policy])
    for group in groups:
        yield group[0], ", ".join(f"`{policy.version}`" for policy in reversed(group))


def _lines(policy: Policy) -> Iterator[str]:
    yield (
        "A waybill pays the first weight, and each further step, begun or whole. The divisor is cubic centimetres to "
        f"the kilogram. All figures are ours; amounts are in {policy.currency}."
    )
    yield _table(
        ("line", "name", "carrier", "kind", "promise", "first weight", "step", "divisor", "countries", "heaviest piece", "refuses",
         "needs"),
        (
            (f"`{line.code}`", _both(line.names, " "), policy.carriers[line.carrier].names["en"], line.kind,
             f"{line.promise_days} days", *_card(line), str(len(line.countries)),
             f"{line.heaviest_grams} g" if line.heaviest_grams else "", figure_text(line.refuses), figure_text(line.papers))
            for line in policy.lines.values()
        ),
    )  # fmt: skip
    yield "First fee + step fee by country:"
    reached = [code for code in policy.countries if any(code in line.rates for line in policy.lines.values())]
    yield _table(
        ("", *(f"`{code}`" for code in policy.lines)),
        (
            (
                f"{code} {policy.countries[code]['zh-CN']}",
                *(_rate(line, code) for line in policy.lines.values()),
            )
            for code in reached
        ),
    )
    borne = [
        (f"`{line.code}`", f"{code} {policy.countries[code]['zh-CN']}", f"`{each.code}`",
         str(each.fee.amount) if each.fee else f"{each.share} of the freight", ", ".join(each.postcodes) or "all")
        for line in policy.lines.values() for code, rate in line.rates.items() for each in rate.surcharges
    ]  # fmt: skip
    if borne:
        yield "Surcharges of a waybill, by where its postcode begins:"
        yield _table(("line", "country", "surcharge", "amount", "postcodes"), borne)


def _card(line: Line) -> tuple[str, str, str]:
    """The weights and the divisor that a line's countries share, or how far they range."""

    def span(numbers: set[int], unit: str) -> str:
        shown = f"{min(numbers):,}" if len(numbers) == 1 else f"{min(numbers):,} to {max(numbers):,}"
        return f"{shown}{unit}"

    rates = line.rates.values()
    return (
        span({rate.first_weight_grams for rate in rates}, " g"),
        span({rate.step_weight_grams for rate in rates}, " g"),
        span({rate.volumetric_divisor for rate in rates}, ""),
    )


def _rate(line: Line, country: str) -> str:
    rate: Rate | None = line.rates.get(country)
    return f"{rate.first_fee.amount} + {rate.step_fee.amount}" if rate else ""


# --- Markdown ----------------------------------------------------------------------------------------------------


def _names(title: str, names: Mapping[str, Mapping[str, str]], marked: frozenset[str]) -> str:
    listed = ", ".join(
        f"`{code}`{'*' if code in marked else ''} {_both(texts, ' ')}" for code, texts in names.items()
    )
    return f"**{title}{' (* open to JIT)' if marked else ''}**: {listed}."


def _both(texts: Mapping[str, str], between: str = "<br>") -> str:
    return f"{texts['zh-CN']}{between}{texts['en']}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
