"""Channels over HTTP: where each is told, and the feed that any of them can pull."""

import time
from typing import Annotated

from fastapi import Path, Query
from pydantic import Field

from andon.kernel.errors import Invalid, NotFound
from andon.kernel.http.ears import CHANNEL_CHANNEL
from andon.kernel.http.models import Out, Strict
from andon.kernel.http.pages import Page, PageQuery, page_of
from andon.kernel.http.problems import problems
from andon.kernel.outside import LONGEST_URL
from andon.kernel.tx import Tx
from andon.orders.reporting.rules import CHANNEL, FEED_LIMIT, LONGEST_WAIT_SECONDS
from andon.orders.reporting.service import acknowledge, connect_channel, remove_endpoint, set_endpoint
from andon.orders.reporting.views import ChannelOut, ReportOut, channel_of, feed_of, list_channels
from andon.platform.accounts.edge import Caller, InTransaction, Router, allow
from andon.platform.policies.rules import Policy

router = Router(tags=["channels"])

Code = Annotated[str, Path(pattern=CHANNEL)]
Place = Annotated[int, Field(ge=0, lt=2**63)]


class ChannelEndpointIn(Strict):
    """Where reports go: an http or https address."""

    url: Annotated[str, Field(max_length=LONGEST_URL, examples=["https://channel.example/andon"])]


class ChannelSetOut(ChannelOut):
    """A channel whose endpoint was set; `secret` is shown this once."""

    secret: str


class FeedOut(Out):
    """Reports in their order; `next_cursor` is where the feed goes on, also where there is nothing new."""

    items: list[ReportOut]
    next_cursor: int


class AckIn(Strict):
    """That the channel has all of its feed up to this number."""

    up_to: Place


class AckOut(Out):
    """How many reports were not acknowledged before."""

    acknowledged: int


@router.get("/channels", dependencies=[allow("webhooks.read", "operator")])
def channels(query: PageQuery, tx: InTransaction) -> Page[ChannelOut]:
    """Connected channels, by their codes."""
    rows = list_channels(tx, after=query.after[0] if query.after else "", limit=query.fetch)
    return page_of(rows, query, key=lambda row: [row.channel], shape=ChannelOut.model_validate)


@router.get(
    "/channels/{channel}",
    dependencies=[allow("webhooks.read", "operator", "channel")],
    responses=problems(NotFound),
)
def channel(channel: Code, tx: InTransaction) -> ChannelOut:
    """A connected channel: where it is told, and what waits for it."""
    return channel_of(tx, channel)


@router.put(
    "/channels/{channel}/endpoint",
    dependencies=[allow("webhooks.write", "operator", "channel")],
    responses=problems(Invalid),
)
def put_endpoint(channel: Code, body: ChannelEndpointIn, tx: InTransaction, caller: Caller) -> ChannelSetOut:
    """Tell the channel at this address from now on. The secret that signs what it is told is answered once.

    Setting it again makes a new secret; the old one signs beside it for 24 hours.
    """
    secret = set_endpoint(tx, channel, body.url, caller.edge.secret, allowed=caller.edge.allowed)
    return ChannelSetOut(**channel_of(tx, channel).model_dump(), secret=secret)


@router.delete(
    "/channels/{channel}/endpoint",
    status_code=204,
    dependencies=[allow("webhooks.write", "operator", "channel")],
    responses=problems(NotFound),
)
def delete_endpoint(channel: Code, tx: InTransaction) -> None:
    """Let the channel pull from now on; nothing that waits is lost."""
    remove_endpoint(tx, channel)


@router.get(
    "/channels/{channel}/feed",
    dependencies=[allow("orders.read", "channel")],
    responses=problems(Invalid),
)
async def feed(
    caller: Caller,
    channel: Code,
    cursor: Annotated[
        Place | None, Query(description="`next_cursor` of the answer before; none: what was acknowledged")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=FEED_LIMIT, description="At most so many items")] = 200,
    wait: Annotated[
        int, Query(ge=0, le=LONGEST_WAIT_SECONDS, description="Whole seconds to wait while there are none")
    ] = 0,
) -> FeedOut:
    """What shipped and what is left to sell since the cursor: at least once, in order; with `wait`, once there is any.

    Asking for the first time connects the channel: what ships from then on is reported.
    """
    deadline = time.monotonic() + wait

    def look(tx: Tx[Policy]) -> FeedOut:
        connect_channel(tx, channel)
        items, place = feed_of(tx, channel, cursor, limit)
        return FeedOut(items=items, next_cursor=place)

    found = await caller.look(look)
    if found.items or not wait:
        return found
    with caller.listening(CHANNEL_CHANNEL, channel) as ear:
        while True:
            found = await caller.look(look)
            rest = deadline - time.monotonic()
            if found.items or rest <= 0 or not await ear.heard(rest):
                return found


@router.post(
    "/channels/{channel}/feed/ack",
    dependencies=[allow("orders.write", "channel")],
    responses=problems(NotFound, Invalid),
)
def ack(channel: Code, body: AckIn, tx: InTransaction) -> AckOut:
    """Say that all of the feed up to this number was taken; again, or of a lower one, changes nothing."""
    return AckOut(acknowledged=acknowledge(tx, channel, body.up_to))
