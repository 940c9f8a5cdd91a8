"""The scorecard of a supplier: what its fulfilments say of it, and what it is worth. Source: QUAL-2."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from enum import IntFlag
from fractions import Fraction
from typing import Any

from andon.orders.shipping.rules import Rejection, Shortfall

ANSWERS = frozenset({*map(str, Rejection), *map(str, Shortfall)})
"""The reasons that only a supplier gives: its own answer, and no remedy, silence, or wish of others."""
NOT_ITS_OWN = frozenset({Rejection.INVALID_ADDRESS})
"""The reasons for which it did well to reject."""
FAULTS = ANSWERS - NOT_ITS_OWN


class Fact(IntFlag):
    """What there is to say of one fulfilment that a supplier was given."""

    ANSWERED = 1
    """It said yes or no."""
    LATE = 2
    """It had not by the deadline. MODE-3."""
    ACCEPTED = 4
    REJECTED = 8
    """It said no, or could not after all, for a reason of its own."""
    SHIPPED = 16
    STUCK = 32
    """No carrier had collected it in time. MODE-4."""
    DISPUTED = 64
    """A dispute names the supplier, and was not withdrawn or decided against somebody else."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A share of fulfilments: of those with any of the facts `of`, the ones that speak `against` the supplier.

    `kept` says that the figure, as it is called, is the share of the others.
    """

    name: str
    titles: tuple[str, str]
    of: Fact
    against: Fact
    kept: bool = False

    def counted(self, counts: Mapping[int, int]) -> tuple[int, int]:
        """How many are asked about, and how many of them speak against it; `counts` are fulfilments by their facts."""
        asked = {facts: count for facts, count in counts.items() if facts & self.of}
        return sum(asked.values()), sum(count for facts, count in asked.items() if facts & self.against)


FIGURES: Mapping[str, Figure] = {
    figure.name: figure
    for figure in (
        Figure(
            "acceptance_on_time",
            ("answered by the deadline, of those answered or late", "按时接单率"),
            Fact.ANSWERED | Fact.LATE,
            Fact.LATE,
            kept=True,
        ),
        Figure(
            "collection_on_time",
            ("collected in time, of those collected", "按时揽收率"),
            Fact.SHIPPED,
            Fact.STUCK,
            kept=True,
        ),
        Figure(
            "stuck_rate",
            ("stuck at any time, of those accepted or stuck", "滞留率"),
            Fact.ACCEPTED | Fact.STUCK,
            Fact.STUCK,
        ),
        Figure(
            "rejection_rate",
            ("rejected for a reason of its own, of those answered", "拒单率"),
            Fact.ANSWERED,
            Fact.REJECTED,
        ),
        Figure(
            "dispute_rate",
            ("disputed, of those collected", "纠纷率"),
            Fact.SHIPPED,
            Fact.DISPUTED,
        ),
    )
}
"""What is counted, by the name that the policy weighs it under."""
AGAINST = Fact.LATE | Fact.REJECTED | Fact.STUCK | Fact.DISPUTED
"""Everything that speaks against a supplier."""
LICENCE = "licence"
LICENCE_TITLES = ("documents shown and valid, of those asked for", "证照有效率")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a scorecard: so many of so many, and what that is worth of its weight.

    `numerator` and `share` are of what the figure is called: kept deadlines, or a rate of what went wrong. Without a
    denominator nothing is measured, and `points` and `share` are None.
    """

    name: str
    titles: tuple[str, str]
    weight: Decimal
    numerator: int
    denominator: int
    good: int

    @property
    def share(self) -> Fraction | None:
        """The numerator's share, None where nothing was measured."""
        return Fraction(self.numerator, self.denominator) if self.denominator else None

    @property
    def points(self) -> Fraction | None:
        """What of its weight the line earns, None where nothing was measured."""
        return Fraction(self.weight) * Fraction(self.good, self.denominator) if self.denominator else None


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The lines, and what they come to. What was not measured weighs nothing: the rest weighs so much the more."""

    lines: tuple[Line, ...]
    pass_mark: Decimal

    @property
    def measured(self) -> Decimal:
        """The weight of what was measured, of 1."""
        return sum((line.weight for line in self.lines if line.denominator), Decimal(0))

    @property
    def score(self) -> Fraction | None:
        """The points by the weight of what was measured, 0 to 1; None where nothing was."""
        points = [line.points for line in self.lines if line.points is not None]
        return sum(points, Fraction(0)) / Fraction(self.measured) if self.measured else None

    @property
    def passes(self) -> bool | None:
        """Whether the score, unrounded, is at least the pass mark; None without a score. A person decides."""
        score = self.score
        return None if score is None else score >= Fraction(self.pass_mark)


def scorecard(
    counts: Mapping[int, int],
    licence: tuple[int, int],
    weights: Mapping[str, Decimal],
    pass_mark: Decimal,
) -> Scorecard:
    """The scorecard by `weights`: `counts` are fulfilments by their facts, `licence` documents that are valid, of how many.

    Source: QUAL-2.
    """
    lines = []
    for name, weight in weights.items():
        if name == LICENCE:
            valid, wanted = licence
            lines.append(Line(LICENCE, LICENCE_TITLES, weight, valid, wanted, valid))
        else:
            figure = FIGURES[name]
            asked, against = figure.counted(counts)
            kept = asked - against
            lines.append(Line(name, figure.titles, weight, kept if figure.kept else against, asked, kept))
    return Scorecard(tuple(lines), pass_mark)


def licence_of(
    documents: Sequence[Mapping[str, Any]], wanted: Collection[str], today: date
) -> tuple[int, int]:
    """How many of the kinds of document that are asked for are shown and valid today, and how many are asked for.

    A document says its `kind`, and by `valid_until` its last day, if it has one.
    """
    valid = [document.get("kind") for document in documents if _is_valid(document.get("valid_until"), today)]
    return sum(kind in valid for kind in wanted), len(wanted)


def _is_valid(until: Any, today: date) -> bool:
    if until is None:
        return True
    try:
        return date.fromisoformat(str(until)) >= today
    except ValueError:
        return False


def shown(share: Fraction | None) -> Decimal | None:
    """A share as it is shown: to four places, rounded down."""
    if share is None:
        return None
    return (Decimal(share.numerator) / Decimal(share.denominator)).quantize(Decimal("0.0001"), ROUND_DOWN)


def fact_words(facts: int) -> list[str]:
    """The names of the facts that are set, in a fixed order."""
    return [(fact.name or "").lower() for fact in Fact if facts & fact]
