"""What is to be charged beside what stands: missing costs, and figures that have changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from andon.kernel.money import Money
from andon.money.charges.rules.fees import Cost
from andon.money.charges.rules.kinds import ChargeKind, ChargeState

_S = ChargeState


@dataclass(frozen=True, slots=True)
class Standing:
    """A charge as it stands. `round` counts what was charged anew for the same thing, from 0.

    `base` at `rate` is the amount where it was converted; `rate_wanted_on` is the day whose rate it waits for.
    """

    charge_id: int
    kind: ChargeKind
    subject: int
    round: int
    state: ChargeState
    amount: Money
    fulfilment_id: int
    payee: str = ""
    basis: str = ""
    base: Money | None = None
    rate: Decimal | None = None
    rate_wanted_on: date | None = None
    fixed_at: datetime | None = None
    due_at: datetime | None = None

    @property
    def figure(self) -> Money:
        """What it comes to by the tariff, before any conversion."""
        return self.base or self.amount


class Booking(NamedTuple):
    """A cost that is to be charged in that round, after a round before it if there was one."""

    cost: Cost
    round: int
    after: Standing | None = None


def to_book(
    costs: Iterable[Cost],
    standing: Iterable[Standing],
    fulfilment_id: int | None = None,
    *,
    late: bool = False,
) -> tuple[list[Booking], list[Standing]]:
    """Which costs are to be charged, and which charges they take the place of.

    A cost that stands is left alone, and so is one that was waived or that delivery has fixed; a provisional one
    whose figure has changed - a parcel was added - is reversed and charged anew. With `late` one that is due or settled
    is so as well: its carrier has told another weight. The provisional freight of a parcel of `fulfilment_id` that costs
    nothing any more - its label was voided - is reversed.
    """
    newest: dict[tuple[ChargeKind, int], Standing] = {}
    for charge in sorted(standing, key=lambda charge: charge.round):
        newest[charge.kind, charge.subject] = charge
    wanted: list[Booking] = []
    known = list(costs)
    carried = {cost.subject for cost in known if cost.kind is ChargeKind.FREIGHT}
    replaced = [
        last
        for (kind, subject), last in newest.items()
        if kind is ChargeKind.FREIGHT
        and last.fulfilment_id == fulfilment_id
        and last.state is _S.PROVISIONAL
        and subject not in carried
    ]
    open_to = {_S.PROVISIONAL, _S.DUE, _S.SETTLED} if late else {_S.PROVISIONAL}
    for cost in known:
        last = newest.get((cost.kind, cost.subject))
        if last is None:
            wanted.append(Booking(cost, 0))
        elif last.state is _S.REVERSED:
            wanted.append(Booking(cost, last.round + 1, last))
        elif last.state in open_to and last.figure != cost.amount:
            wanted.append(Booking(cost, last.round + 1, last))
            replaced.append(last)
    return wanted, replaced


def is_disputed(costs: Iterable[Cost], standing: Iterable[Standing]) -> bool:
    """Whether a figure has changed of a charge that is in dispute: it is put right once the dispute is decided."""
    figures = {(cost.kind, cost.subject): cost.amount for cost in costs}
    return any(
        charge.state is _S.DISPUTED
        and figures.get((charge.kind, charge.subject), charge.figure) != charge.figure
        for charge in standing
    )
