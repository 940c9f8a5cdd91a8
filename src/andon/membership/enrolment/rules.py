"""A shop in JIT: the lifecycle of a membership, and what a shop must fulfil to join."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from andon.kernel.errors import codes
from andon.kernel.lifecycle import Lifecycle, State
from andon.platform.policies.figures import Line

CODES = codes(
    {
        "enrolment.category": ("JIT is not open to the shop's category", "店铺类目未开放JIT"),
        "enrolment.jit_line": ("No JIT line in the plan", "物流方案中没有JIT线路"),
        "enrolment.state": ("Not in this state of the enrolment", "当前JIT开通状态不允许此操作"),
        "enrolment.authorisation": ("Another version of the authorisation is in force", "授权文本版本已更新"),
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
    """One condition of joining. `clause` is the policy's; without one it is advice, and `needed` is false.

    `measured` is what was found, `wanted` what is asked for; `earliest_on` is the first day on which it can be met
    by waiting, None where waiting does not help or where it is met.
    """

    code: str
    clause: str | None
    met: bool
    needed: bool
    measured: str
    wanted: str
    earliest_on: date | None = None


def conditions_of(
    category: str, open_categories: Collection[str], plan: Sequence[str], lines: dict[str, Line]
) -> list[Condition]:
    """What joining asks of a shop: a category that JIT is open to.

    A JIT line in the plan is not asked for - the plan may follow - but an order has no way until it is there, so
    it is told as advice. Source: MODE-1.
    """
    jit_lines = [code for code in plan if code in lines and lines[code].kind == "jit"]
    return [
        Condition(
            code="enrolment.category",
            clause="MODE-1",
            met=category in open_categories,
            needed=True,
            measured=category,
            wanted=" ".join(sorted(open_categories)),
        ),
        Condition(
            code="enrolment.jit_line",
            clause=None,
            met=bool(jit_lines),
            needed=False,
            measured=" ".join(jit_lines),
            wanted=" ".join(sorted(code for code, line in lines.items() if line.kind == "jit")),
        ),
    ]


def unmet(conditions: Sequence[Condition]) -> list[Condition]:
    """The conditions that stand in the way."""
    return [condition for condition in conditions if condition.needed and not condition.met]
