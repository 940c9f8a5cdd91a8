"""A story in words: one line for each thing that happened, in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from andon.insights.story.rules.texts import TEXTS
from andon.insights.story.rules.words import WORDS
from andon.kernel.errors import TITLES

LANGUAGES = ("en", "zh-CN")

Texts = Mapping[str, str]
"""A text in each language."""

SELLER = ("the seller", "卖家")
_CODED = (
    "fee", "freeze", "verdict", "reason", "code", "flag", "cause", "answer", "mode", "action", "state",
    "evidence", "party", "outcome", "payer", "beneficiary", "violation", "decision", "fault", "choice", "check", "role",
)  # fmt: skip
_INSTANTS = (
    "due_at",
    "answer_due_at",
    "stuck_due_at",
    "handed_over_at",
    "shipped_at",
    "delivered_at",
    "off_at",
    "again_at",
)


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened: when, when it was recorded, who did it, what it was about, and its line of text."""

    at: datetime
    recorded_at: datetime
    kind: str
    subject: str
    who: str
    policy: str
    text: Texts
    facts: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is due next: when, by which station, and for what."""

    at: datetime
    station: str
    subject: str
    text: Texts


def both(pair: tuple[str, str]) -> Texts:
    """A pair of texts, by language."""
    return dict(zip(LANGUAGES, pair, strict=True))


def words(code: str, language: str, family: str = "") -> str:
    """A code in words, as that family of events has it; a refusal's is its title."""
    pair = WORDS.get(f"{family}.{code}") or WORDS.get(code)
    return both(pair)[language] if pair else TITLES.get(code, {}).get(language, code)


def told(kind: str, facts: Mapping[str, Any], suppliers: Mapping[int, str], zone: str) -> Texts:
    """The line that an event makes; its bare kind where nobody has put it in words."""
    template = TEXTS.get(kind)
    if template is None:
        return both((kind, kind))
    return {
        language: text.format_map(_Said(_said(kind, facts, suppliers, zone, language)))
        for language, text in both(template).items()
    }


class _Said(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "-"


def _said(
    kind: str, facts: Mapping[str, Any], suppliers: Mapping[int, str], zone: str, language: str
) -> dict[str, str]:
    """What stands in for the names in a text."""

    def supplier(number: int | None) -> str:
        return both(SELLER)[language] if number is None else suppliers.get(number, f"#{number}")

    said = {name: _plain(value) for name, value in facts.items()}
    family = kind.partition(".")[0]
    said |= {name: words(str(facts[name]), language, family) for name in _CODED if name in facts}
    said |= {name: _local(facts[name], zone) for name in _INSTANTS if name in facts}
    said["supplier"] = supplier(facts.get("supplier_id"))
    said["by_line"] = f", {facts['line']}" if facts.get("line") else ""
    outside = {"en": ", outside", "zh-CN": "（线下）"}[language]
    by_journal = {"en": ", journal {}", "zh-CN": "，凭证{}"}[language]
    said["by_journal"] = by_journal.format(facts["journal_id"]) if facts.get("journal_id") else outside
    said["instead"] = {"en": ", in place of {}", "zh-CN": "，替代{}"}[language].format(facts["replaces"]) if (
        facts.get("replaces")
    ) else ""  # fmt: skip
    said["why"] = {"en": ", ", "zh-CN": "、"}[language].join(
        words(each, language) for each in facts.get("reasons") or ()
    ) or {"en": "no more", "zh-CN": "已无"}[language]
    successors = ", ".join(f"{each}" for each in facts.get("successors") or ())
    said["stands_in"] = {"en": f"; in its place {successors}", "zh-CN": f"；由{successors}替代"}[language] if (
        successors
    ) else ""  # fmt: skip
    passed = "; ".join(
        f"{each['by'] if 'by' in each else supplier(each['supplier'])}: {words(each['reason'], language)}"
        for each in facts.get("passed_over") or ()
    )
    said["over"] = (
        {"en": f"; passed over: {passed}", "zh-CN": f"；跳过：{passed}"}[language] if passed else ""
    )
    beyond = {"en": "; beyond its daily capacity", "zh-CN": "；超出其日产能"}[language]
    said["beyond"] = beyond if facts.get("over_capacity") else ""
    return said


def _plain(value: Any) -> str:
    if isinstance(value, Mapping) and set(value) == {"amount", "currency"}:
        return f"{value['currency']} {value['amount']}"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _local(instant: str, zone: str) -> str:
    return f"{datetime.fromisoformat(instant).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
