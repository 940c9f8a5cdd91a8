"""Channels as they are listed, and the feed of each."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from andon.kernel.errors import NotFound
from andon.kernel.http.models import Instant, JsonObject, Out
from andon.kernel.tx import Tx
from andon.platform.policies.rules import Policy


class ReportOut(Out):
    """What a channel is told: `facts` of a shipment name the order, waybill, carrier and lines; of stock, SKU and units.

    Of several parcels of an order each is told by itself, with the lines of its fulfilment; `extent` is `all` where
    the parcel is all of the order, and else `part`.
    """

    id: int
    type: str
    shop_id: int
    created_at: Instant
    facts: JsonObject


class ChannelOut(Out):
    """A connected channel. `waiting` counts reports that neither its endpoint took nor its feed had acknowledged."""

    channel: str
    connected_at: Instant
    url: str | None
    enabled: bool
    set_at: Instant | None
    acked_up_to: int
    waiting: int
    oldest_waiting_at: Instant | None


_CHANNEL = (
    "select c.channel, c.connected_at, c.url, c.enabled, c.set_at, c.acked_up_to, w.waiting, w.oldest_waiting_at "
    "from channels c cross join lateral (select count(*) as waiting, min(r.created_at) as oldest_waiting_at "
    "from reports r where r.channel = c.channel and r.due_at is not null) w "
)


def list_channels(tx: Tx[Policy], *, after: str, limit: int) -> Sequence[Row[Any]]:
    """Connected channels by their codes, from the one after `after`."""
    return tx.rows(
        _CHANNEL + "where c.channel > :after order by c.channel limit :limit", after=after, limit=limit
    )


def channel_of(tx: Tx[Policy], channel: str) -> ChannelOut:
    """A connected channel; NotFound `channel.not_found`."""
    with tx.reaching(outlets_of(tx, channel)):
        row = tx.one(_CHANNEL + "where c.channel = :channel", channel=channel)
    if row is None:
        raise NotFound("channel.not_found")
    return ChannelOut.model_validate(row)


def outlets_of(tx: Tx[Policy], channel: str) -> list[int]:
    """The shops that sell on this channel: those whose reports are for it to see."""
    rows = tx.rows("select shop_id from outlets where channel = :channel", channel=channel)
    return [row.shop_id for row in rows]


def feed_of(tx: Tx[Policy], channel: str, after: int | None, limit: int) -> tuple[list[ReportOut], int]:
    """A channel's reports in order, from the one after `after` (none: what it acknowledged), and where it goes on.

    Numbers are given while the channel's row is locked: what is seen here has nothing below it that comes later.
    """
    if after is None:
        known = tx.one("select acked_up_to from channels where channel = :channel", channel=channel)
        after = known.acked_up_to if known else 0
    with tx.reaching(outlets_of(tx, channel)):
        rows = tx.rows(
            "select report_id, kind, shop_id, created_at, facts from reports "
            "where channel = :channel and report_id > :after order by report_id limit :limit",
            channel=channel,
            after=after,
            limit=limit,
        )
    reports = [
        ReportOut(
            id=row.report_id, type=row.kind, shop_id=row.shop_id, created_at=row.created_at, facts=row.facts
        )
        for row in rows
    ]
    return reports, reports[-1].id if reports else after
