"""The review of a supplier for one shop: the lifecycle. Source: QUAL-1, QUAL-2."""

from typing import Literal

from andon.kernel.errors import codes
from andon.kernel.lifecycle import Lifecycle, State

CODES = codes(
    {
        "review.not_found": ("No such review", "资质复审不存在"),
        "scorecard.no_figure": ("Not a figure that is counted", "没有该项评分指标"),
        "review.state": ("The review's state does not allow this", "资质复审当前状态不允许此操作"),
    }
)

Verdict = Literal["passed", "failed"]
"""How a review ends."""

LONGEST_NOTE = 2_000


class ReviewState(State):
    """Where a review stands; below 80 it is the one of its pair that is open."""

    OPENED = 10
    PASSED = 80
    FAILED = 81


_S = ReviewState

REVIEW = Lifecycle(
    "review",
    ReviewState,
    start=frozenset({_S.OPENED}),
    moves={_S.OPENED: frozenset({_S.PASSED, _S.FAILED})},
)
"""The allowed moves. A supplier that is signed once more is reviewed once more."""
