"""A shop in JIT: the lifecycle of a membership, and what a shop must fulfil to join, for the first time or again."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from andon.kernel.errors import codes
from andon.kernel.lifecycle import Lifecycle, State
from andon.membership.standing.rules import Stars, Totals, reaches, shown
from andon.platform.policies.figures import Line

CODES = codes(
    {
        "enrolment.category": ("JIT is not open to the shop's category", "店铺类目未开放JIT"),
        "enrolment.jit_line": ("No JIT line in the plan", "物流方案中没有JIT线路"),
        "enrolment.funds": (
            "The funds account is frozen, or does not cover what is due",
            "资金账户被冻结或不足以结清到期费用",
        ),
        "enrolment.supplier": ("No qualified supplier is bound", "尚未绑定已通过资质审核的供应商"),
        "enrolment.cooling_off": ("It is too early to come back", "尚在冷静期内"),
        "enrolment.rating": (
            "The rating of late is too low, or there is none",
            "近期DSR评分未达标或没有评分",
        ),
        "enrolment.violations": ("There was a JIT logistics violation of late", "近期有JIT物流违规"),
        "enrolment.reviews": (
            "A supplier signed anew has not passed its review",
            "重新签约的供应商未通过资质复审",
        ),
        "enrolment.state": ("Not in this state of the enrolment", "当前JIT开通状态不允许此操作"),
        "enrolment.authorisation": ("Another version of the authorisation is in force", "授权文本版本已更新"),
        "mapping.known": ("Mapped already", "商品已映射"),
        "enrolment.never_joined": ("The shop never joined", "店铺从未开通JIT"),
    }
)


class EnrolmentState(State):
    """Where a membership stands. A shop that never joined is off, too."""

    JOINING = 10
    ON = 20
    LEAVING = 30
    OFF = 80


_S = EnrolmentState

ENROLMENT = Lifecycle(
    "enrolment",
    EnrolmentState,
    start=frozenset({_S.JOINING}),
    moves={
        _S.JOINING: frozenset({_S.ON, _S.OFF}),
        _S.ON: frozenset({_S.LEAVING}),
        _S.LEAVING: frozenset({_S.OFF, _S.ON}),
    },
)
"""The allowed moves; a shop that joins again starts a membership of its own."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of joining. `clause` is the policy's, where one asks for it; advice is not `needed`.

    `measured` is what was found, `wanted` what is asked for, `evidence` what it was found by. `earliest_at` is the first
    instant at which it is met by waiting alone, None where waiting does not help or where it is met.
    """

    code: str
    clause: str | None
    met: bool
    needed: bool
    measured: str
    wanted: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    earliest_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """A supplier with an active binding: its state, and how its review for this shop stands, None where none was opened."""

    supplier_id: int
    state: str
    review: str | None = None
    review_id: int | None = None


@dataclass(frozen=True, slots=True)
class Funds:
    """The shop's funds account: the exits that froze it, and what of what is due it does not cover, as texts."""

    frozen_by: Sequence[int] = ()
    uncovered: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a shop that would join."""

    category: str
    plan: Sequence[str]
    funds: Funds
    suppliers: Sequence[Bound]


@dataclass(frozen=True, slots=True)
class Before:
    """What is known of a shop that was in JIT before: since when it is out, its rating and its violations of late."""

    now: datetime
    ended_at: datetime
    totals: Totals
    rating_passes_at: datetime | None
    violations: Sequence[Mapping[str, Any]]
    violations_counted: int
    violations_pass_at: datetime | None


def conditions_of(
    facts: Facts, open_categories: Collection[str], lines: Mapping[str, Line]
) -> list[Condition]:
    """What joining asks of any shop: a category, a funds account that is not frozen, a qualified supplier bound to it.

    A funds account is there from the shop's opening on. A JIT line in the plan is not asked for - the plan may follow -
    but an order has no way until it is there, so it is told as advice. Source: MODE-1, EXIT-7, QUAL-1.
    """
    return [
        Condition(
            "enrolment.category",
            "MODE-1",
            facts.category in open_categories,
            True,
            facts.category,
            " ".join(sorted(open_categories)),
        ),
        _funded(facts.funds),
        _bound(facts.suppliers),
        _served(facts.plan, lines),
    ]


def _funded(funds: Funds) -> Condition:
    return Condition(
        "enrolment.funds",
        "EXIT-7" if funds.frozen_by else None,
        not funds.frozen_by and not funds.uncovered,
        True,
        "frozen" if funds.frozen_by else "not covered" if funds.uncovered else "open",
        "open",
        {"exits": list(funds.frozen_by), "uncovered": list(funds.uncovered)},
    )


def _bound(suppliers: Sequence[Bound]) -> Condition:
    qualified = sum(each.state == "qualified" for each in suppliers)
    return Condition(
        "enrolment.supplier",
        "QUAL-1",
        qualified > 0,
        True,
        str(qualified),
        "1",
        {"suppliers": [{"supplier_id": each.supplier_id, "state": each.state} for each in suppliers]},
    )


def _served(plan: Sequence[str], lines: Mapping[str, Line]) -> Condition:
    jit_lines = [code for code in plan if code in lines and lines[code].kind == "jit"]
    return Condition(
        "enrolment.jit_line",
        None,
        bool(jit_lines),
        False,
        " ".join(jit_lines),
        " ".join(sorted(code for code, line in lines.items() if line.kind == "jit")),
    )


def conditions_again(
    before: Before, suppliers: Sequence[Bound], at_least: Decimal, cooling_off: timedelta
) -> list[Condition]:
    """What coming back asks beside that. Source: BACK-1..4."""
    return [
        _cooled_off(before, cooling_off),
        _rated(before, at_least),
        Condition(
            "enrolment.violations",
            "BACK-3",
            not before.violations_counted,
            True,
            str(before.violations_counted),
            "0",
            {"violations": list(before.violations)},
            before.violations_pass_at,
        ),
        _reviewed(suppliers),
    ]


def _cooled_off(before: Before, cooling_off: timedelta) -> Condition:
    until = before.ended_at + cooling_off
    met = until <= before.now
    return Condition(
        "enrolment.cooling_off",
        "BACK-1",
        met,
        True,
        f"{(before.now - before.ended_at) / timedelta(days=1):.2f} d",
        f"{cooling_off / timedelta(days=1):g} d",
        {"ended_at": before.ended_at.isoformat()},
        None if met else until,
    )


def _rated(before: Before, at_least: Decimal) -> Condition:
    mean = before.totals.mean()
    axes = zip(Stars._fields, before.totals.axis_means(), strict=mean is not None)
    return Condition(
        "enrolment.rating",
        "BACK-2",
        reaches(before.totals, at_least),
        True,
        "no ratings" if mean is None else shown(mean),
        str(at_least),
        {"ratings": before.totals.ratings, "axes": {name: shown(each) for name, each in axes}},
        before.rating_passes_at,
    )


def _reviewed(suppliers: Sequence[Bound]) -> Condition:
    passed = sum(each.review == "passed" for each in suppliers)
    return Condition(
        "enrolment.reviews",
        "BACK-4",
        passed == len(suppliers),
        True,
        str(passed),
        str(len(suppliers)),
        {
            "reviews": [
                {"supplier_id": each.supplier_id, "review_id": each.review_id, "state": each.review}
                for each in suppliers
            ]
        },
    )


def unmet(conditions: Sequence[Condition]) -> list[Condition]:
    """The conditions that stand in the way."""
    return [condition for condition in conditions if condition.needed and not condition.met]


def authorisation_number(year: int, shop_id: int, number: int) -> str:
    """The number of the authorisation that a shop signed with its join of that number, for example `JIT-AUTH-2026-000017-02`."""
    return f"JIT-AUTH-{year:04d}-{shop_id:06d}-{number:02d}"
