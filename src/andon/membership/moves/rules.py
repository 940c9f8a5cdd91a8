"""A move off JIT: its lifecycle, what the seller may want of it, and how each product goes meanwhile. Source: MOVE-1."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from andon.kernel.errors import Invalid, codes
from andon.kernel.lifecycle import Lifecycle, State
from andon.partners.tracks.rules import ALL, DAY, Choice, Track
from andon.platform.policies.rules import Policy

CODES = codes(
    {
        "move.not_found": ("No such move", "双轨过渡不存在"),
        "move.state": ("The move's state does not allow this", "双轨过渡当前状态不允许此操作"),
        "move.running": ("The shop is moving already", "店铺已在双轨过渡中"),
        "move.not_joined": ("The shop is not in JIT, or is leaving already", "店铺未开通JIT或正在退出"),
        "move.product": ("Not a product in JIT mode", "该商品不是JIT发货商品"),
        "move.product_twice": ("A call names a product once", "同一请求中商品重复"),
        "move.ramp": (
            "A ramp has 1 to 7 days, each of 0 to 100 percent, and never falls",
            "逐日比例须为1至7天、每天0至100，且不得下降",
        ),
        "move.ramp_choice": (
            "What is stocked up or unlisted has no ramp",
            "选择先备货或下架的商品不能设置逐日比例",
        ),
        "move.not_in_exit": (
            "An exit closes the JIT intake at once: no stocking up first, and no ramp",
            "退出会立即关闭JIT接单：不能先备货，也不能设置逐日比例",
        ),
    }
)


class MoveState(State):
    """Where a move stands; below 80 it is the one of its shop that runs."""

    RUNNING = 10
    DONE = 80
    CANCELLED = 81


_S = MoveState

MOVE = Lifecycle(
    "move",
    MoveState,
    start=frozenset({_S.RUNNING}),
    moves={_S.RUNNING: frozenset({_S.DONE, _S.CANCELLED})},
)
"""The allowed moves. Time alone ends one that is not cancelled."""


@dataclass(frozen=True, slots=True)
class ProductDraft:
    """What the seller wants of one product: a choice, or a ramp of its own, or both."""

    sku: str
    choice: Choice | None = None
    ramp: Sequence[int] | None = None


@dataclass(frozen=True, slots=True)
class MoveDraft:
    """What the seller wants: the percent of new orders that leave JIT day by day, and what is otherwise for single products.

    Without a ramp all of them leave at once.
    """

    ramp: Sequence[int] | None = None
    products: Sequence[ProductDraft] = ()


def check_draft(draft: MoveDraft, horizon: timedelta, *, in_exit: bool) -> None:
    """Refuse what cannot be, with Invalid `move.<what>`; products that are there are looked at elsewhere. Source: MOVE-1."""
    skus = [each.sku for each in draft.products]
    if len(set(skus)) < len(skus):
        twice = next(sku for sku in skus if skus.count(sku) > 1)
        raise Invalid("move.product_twice", twice, sku=twice)
    for each in (ProductDraft("", None, draft.ramp), *draft.products):
        if in_exit and (each.ramp is not None or each.choice is Choice.STOCK_UP):
            raise Invalid("move.not_in_exit", each.sku, clause="MOVE-1")
        if each.ramp is not None:
            _check_ramp(each.ramp, horizon)
            if each.choice in (Choice.STOCK_UP, Choice.UNLIST):
                raise Invalid("move.ramp_choice", each.sku, clause="MOVE-1", sku=each.sku)


def _check_ramp(ramp: Sequence[int], horizon: timedelta) -> None:
    rising = all(0 <= share <= ALL for share in ramp) and list(ramp) == sorted(ramp)
    if not rising or not 1 <= len(ramp) <= horizon // DAY:
        raise Invalid("move.ramp", ", ".join(map(str, ramp)), clause="MOVE-1")


def track_of(
    since: datetime, until: datetime, ramp: Sequence[int] | None, choice: Choice | None, *, in_exit: bool
) -> Track:
    """How a product goes in a move from `since` to `until`.

    In an exit the shop's intake is closed, so that the track says what comes instead of JIT alone. Source: MOVE-1.
    """
    if in_exit:
        return Track(since, choice=choice)
    if choice is Choice.STOCK_UP:
        return Track(since, until - DAY, choice=choice)
    if ramp is None or choice is Choice.UNLIST:
        return Track(since, since, choice=choice)
    return Track(since, since + len(ramp) * DAY, tuple(ramp), choice)


def planned_shares(
    draft: MoveDraft, products: int, since: datetime, until: datetime, *, in_exit: bool
) -> list[int]:
    """The percent of new orders that is to leave JIT on each day: the mean of its `products`, rounded.

    In an exit all leave, as its intake is closed. What is stocked up earlier than at the last moment leaves earlier. Source: MOVE-1.
    """
    days = [since + day * DAY for day in range((until - since) // DAY)]
    if in_exit or not products:
        return [ALL] * len(days)
    own = [
        track_of(since, until, draft.ramp if each.ramp is None else each.ramp, each.choice, in_exit=False)
        for each in draft.products
    ]
    others = track_of(since, until, draft.ramp, None, in_exit=False)
    count = products - len(own)
    return [
        round((sum(track.share(day) for track in own) + count * others.share(day)) / products) for day in days
    ]


def smart_codes(policy: Policy) -> list[str]:
    """The codes of the policy's smart lines. Source: MOVE-2."""
    return [code for code, line in policy.lines.items() if line.kind == "smart"]
