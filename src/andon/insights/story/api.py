"""The story of an order, or of an exit, over HTTP."""

from typing import Any

from andon.insights.story.rules import Ahead, Moment
from andon.insights.story.views import story_of_exit, story_of_order
from andon.kernel.errors import NotFound
from andon.kernel.http.models import Instant, Out
from andon.kernel.http.problems import problems
from andon.platform.accounts.edge import InTransaction, Router, allow

router = Router(tags=["orders"])


class MomentOut(Out):
    """One thing that happened. `text` is its line in `en` and `zh-CN`; `facts` are what the line is made from."""

    at: Instant
    recorded_at: Instant
    kind: str
    subject: str
    who: str
    policy: str
    text: dict[str, str]
    facts: dict[str, Any]


class AheadOut(Out):
    """What is due next, and the station of the line that will look at it."""

    at: Instant
    station: str
    subject: str
    text: dict[str, str]


class StoryOut(Out):
    """What happened to an order, in the order in which it happened, and what is due next."""

    order_id: int
    channel: str
    channel_order_no: str
    group: str
    moments: list[MomentOut]
    ahead: list[AheadOut]


class ExitStoryOut(Out):
    """What happened to an exit, in the order in which it happened, and what is due next."""

    exit_id: int
    ticket: str | None
    state: str
    moments: list[MomentOut]
    ahead: list[AheadOut]


@router.get(
    "/shops/{shop_id}/orders/{order_id}/story",
    dependencies=[allow("orders.read", "shop")],
    responses=problems(NotFound),
)
def story(shop_id: int, order_id: int, tx: InTransaction) -> StoryOut:
    """The whole story of an order."""
    found = story_of_order(tx, shop_id, order_id)
    return StoryOut(
        order_id=order_id,
        channel=found.order.channel,
        channel_order_no=found.order.channel_order_no,
        group=found.group,
        moments=[moment_out(moment) for moment in found.moments],
        ahead=[ahead_out(ahead) for ahead in found.ahead],
    )


@router.get(
    "/shops/{shop_id}/exits/{exit_id}/story",
    dependencies=[allow("exits.read", "shop")],
    responses=problems(NotFound),
)
def exits_story(shop_id: int, exit_id: int, tx: InTransaction) -> ExitStoryOut:
    """The whole story of an exit: its steps, its letters, what its verification found."""
    found = story_of_exit(tx, shop_id, exit_id)
    return ExitStoryOut(
        exit_id=exit_id,
        ticket=found.exit.ticket,
        state=found.state,
        moments=[moment_out(moment) for moment in found.moments],
        ahead=[ahead_out(ahead) for ahead in found.ahead],
    )


def moment_out(moment: Moment) -> MomentOut:
    """A moment's form on the wire."""
    return MomentOut.model_validate(moment)


def ahead_out(ahead: Ahead) -> AheadOut:
    """What is due next, in its form on the wire."""
    return AheadOut.model_validate(ahead)
