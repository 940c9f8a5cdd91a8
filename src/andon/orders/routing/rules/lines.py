"""By which line of the plan goods go: the first that serves the country, takes them, and has the papers it needs."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from andon.orders.order.rules import Mode
from andon.partners.goods.rules import Goods
from andon.platform.policies.figures import Line

PAPERS_MISSING = "papers_missing"
TOO_HEAVY = "too_heavy"


class Want(NamedTuple):
    """One line of an order; `goods` is what is said of a piece of it, `grams` what one weighs, None where nobody said."""

    line_no: int
    sku: str
    quantity: int
    goods: Goods | None = None
    grams: int | None = None


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A line that the shop has enabled: the countries it reaches, what it refuses, which papers it needs.

    No piece of more than `heaviest_grams` goes by it, where it says so.
    """

    code: str
    jit: bool
    countries: frozenset[str]
    refuses: frozenset[str] = frozenset()
    papers: frozenset[str] = frozenset()
    heaviest_grams: int | None = None

    def takes(self, want: Want) -> bool:
        """Whether it refuses nothing of the goods, and a piece of them is not too heavy."""
        return self.lifts(want) and (want.goods is None or self.refuses.isdisjoint(want.goods.marks))

    def lifts(self, want: Want) -> bool:
        """Whether a piece of the goods is not too heavy for it, as far as is known."""
        return self.heaviest_grams is None or want.grams is None or want.grams <= self.heaviest_grams

    def lacks(self, want: Want) -> bool:
        """Whether it needs a paper that nobody has said of the goods."""
        return bool(self.papers) and not self.papers <= (want.goods.papers if want.goods else frozenset())


def plan_lines(chosen: Iterable[str], known: Mapping[str, Line]) -> tuple[PlanLine, ...]:
    """The lines of a plan by its precedence, as the policy knows them; one that it does not know is none."""
    return tuple(
        PlanLine(code, line.kind == "jit", line.countries, line.refuses, line.papers, line.heaviest_grams)
        for code in chosen
        if (line := known.get(code)) is not None
    )


class Place(NamedTuple):
    """Units of one item at one location, of one owner."""

    location: int
    item: str
    owner: int
    units: int


class PassedOver(NamedTuple):
    """A supplier that came first and could not take the order's line, and why; or, with `by`, a line of the plan."""

    line_no: int
    supplier_id: int | None
    reason: str
    by: str | None = None


class Assigned(NamedTuple):
    """A line and where its units come from."""

    want: Want
    place: Place


def smart_lines(known: Mapping[str, Line]) -> tuple[PlanLine, ...]:
    """The policy's smart lines: they go first where they are to, whatever the plan says. Source: MOVE-1, MOVE-2."""
    return plan_lines([code for code, line in known.items() if line.kind == "smart"], known)


def by_precedence(
    plan: Sequence[PlanLine], smart: Sequence[PlanLine], *, smart_first: bool
) -> tuple[PlanLine, ...]:
    """The plan's lines in its own order, or after the smart ones."""
    return (*smart, *(line for line in plan if line not in smart)) if smart_first else tuple(plan)


def serving(mode: Mode, country: str, plan: Iterable[PlanLine]) -> tuple[PlanLine, ...]:
    """The lines of the plan that go with the mode and reach the country, by precedence."""
    jit = mode is Mode.JIT
    return tuple(line for line in plan if line.jit is jit and country in line.countries)


def line_for(wants: Collection[Want], lines: Iterable[PlanLine]) -> PlanLine | None:
    """The first line that takes all of them and lacks no paper; else the first that takes them; None if none does."""
    taking = [line for line in lines if all(map(line.takes, wants))]
    return next((line for line in taking if not any(map(line.lacks, wants))), taking[0] if taking else None)


def refused_by(want: Want, lines: Iterable[PlanLine]) -> list[PassedOver]:
    """Each of these lines that does not take the goods, by what it refuses first, or that lacks a paper of them."""
    passed = []
    for line in lines:
        if not line.lifts(want):
            passed.append(PassedOver(want.line_no, None, TOO_HEAVY, line.code))
        elif not line.takes(want):
            assert want.goods is not None, "what is not known of is not refused"
            mark = min(line.refuses & want.goods.marks)
            passed.append(PassedOver(want.line_no, None, mark, line.code))
        elif line.lacks(want):
            passed.append(PassedOver(want.line_no, None, PAPERS_MISSING, line.code))
    return passed


class Bundle(NamedTuple):
    """What goes by one line: `lacks` says that a paper is missing, `passed_over` names the lines before it."""

    line: PlanLine
    assigned: tuple[Assigned, ...]
    lacks: bool = False
    passed_over: tuple[PassedOver, ...] = ()


def bundles(assigned: Sequence[Assigned], lines: Sequence[PlanLine]) -> list[Bundle]:
    """One party's part by its line. Where no line takes all of it, each goes by its own first line.

    Every one of them is taken by some line.
    """
    whole = line_for([each.want for each in assigned], lines)
    if whole is not None:
        return [_bundle(whole, assigned, lines)]
    split: dict[PlanLine, list[Assigned]] = {}
    for each in assigned:
        line = line_for([each.want], lines)
        assert line is not None, f"no line takes {each.want.sku}"
        split.setdefault(line, []).append(each)
    return [_bundle(line, own, lines) for line, own in split.items()]


def _bundle(line: PlanLine, assigned: Sequence[Assigned], lines: Sequence[PlanLine]) -> Bundle:
    """By that line, with one reason for each line before it."""
    before: dict[str | None, PassedOver] = {}
    earlier = lines[: lines.index(line)]
    for each in assigned:
        for passed in refused_by(each.want, earlier):
            before.setdefault(passed.by, passed)
    lacks = any(line.lacks(each.want) for each in assigned)
    return Bundle(line, tuple(assigned), lacks, tuple(before.values()))
