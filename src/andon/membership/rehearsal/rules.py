"""What an exit would change: how a shop stands before and after it, compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from andon.kernel.money import Money

K = TypeVar("K", int, str, tuple[int, str])
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Standing:
    """How a shop stands: modes by SKU, lines of its plan, states of its live bindings, and its own units.

    `stock` has the units that are there and those that can be sold, by location and item.
    """

    intake_open: bool
    jit_offered: bool
    enrolment: str
    modes: Mapping[str, str]
    plan: Sequence[str]
    bindings: Mapping[int, str]
    stock: Mapping[tuple[int, str], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Bound:
    """A live binding, and how many open fulfilments of the shop its supplier has: they keep it from ending at once."""

    binding_id: int
    supplier_id: int
    fulfilments: int


@dataclass(frozen=True, slots=True)
class Queue:
    """The open JIT fulfilments, which the exit waits for, by state."""

    open: int
    by_state: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Purse:
    """What the shop has in one currency, what its unsettled fees come to, and what is left of it then.

    Fees of what is not shipped yet are not among them: they are known with the label.
    """

    funds: Money
    unsettled: Money

    @property
    def after(self) -> Money:
        """What is left; below nothing, so much is to be deposited."""
        return self.funds - self.unsettled


@dataclass(frozen=True, slots=True)
class Checked:
    """A check of the verification, and whether it would hold."""

    check: str
    passed: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """The move that goes with the exit: until then the smart lines go first, for so many products. Source: MOVE-1."""

    until: datetime
    products: int
    choices: Mapping[str, int]
    smart_lines: Sequence[str]


def changed(before: Mapping[K, V], after: Mapping[K, V]) -> dict[K, tuple[V | None, V | None]]:
    """What is not after as it was before, by its key, each as it was and as it is; None where it was not, or is not."""
    return {
        key: (before.get(key), after.get(key))
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    }
