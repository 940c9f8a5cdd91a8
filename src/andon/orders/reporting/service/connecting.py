"""A channel is connected by an endpoint or by asking for its feed, and says how far it has read."""

from andon.kernel.errors import Invalid, NotFound
from andon.kernel.events import PLATFORM, Event
from andon.kernel.outside import Ranges, check_url
from andon.kernel.secrets import new_signing_secret, seal
from andon.kernel.tx import Tx
from andon.orders.reporting.events import ChannelConnected, ChannelEndpointRemoved, ChannelEndpointSet
from andon.orders.reporting.service.telling import note_reported
from andon.orders.reporting.views import outlets_of
from andon.platform.calling.rules import OLD_SECRET_VALID
from andon.platform.policies.rules import Policy


def connect_channel(tx: Tx[Policy], channel: str) -> None:
    """Report to this channel from now on; again changes nothing. What shipped before is not reported."""
    fresh = tx.run(
        "insert into channels (channel, connected_at, enabled, acked_up_to, stock_due_at) "
        "values (:channel, :now, false, 0, :now) on conflict do nothing",
        channel=channel,
        now=tx.now,
    )
    if fresh:
        _tell(tx, ChannelConnected(shop_id=PLATFORM, channel=channel))
        tx.wake("report_stock")


def set_endpoint(tx: Tx[Policy], channel: str, url: str, key: bytes, *, allowed: Ranges = ()) -> str:
    """Tell the channel at `url` from now on, and answer the secret that signs (`whsec_…`), this once.

    Setting it again makes a new secret; the old one signs beside it for 24 hours of machine time. What it was not told
    yet is sent there. `key` seals the secret. Refuses with Invalid (`endpoint.*`) what may not be called: what is
    closed, and none of the operator's `allowed` ranges.
    """
    check_url(url, allowed)
    connect_channel(tx, channel)
    secret = new_signing_secret()
    tx.put(
        "update channels set old_secret = secret, old_secret_until = case when secret is not null then "
        "cast(:until as timestamptz) end, url = :url, secret = :secret, enabled = true, set_at = :now, "
        # Whoever still calls the old address loses the lease.
        "leased_until = null, next_at = :now where channel = :channel",
        channel=channel,
        url=url,
        secret=seal(secret.encode(), key),
        now=tx.now,
        until=tx.wall() + OLD_SECRET_VALID,
    )
    _tell(tx, ChannelEndpointSet(shop_id=PLATFORM, channel=channel))
    tx.wake("report")
    return secret


def remove_endpoint(tx: Tx[Policy], channel: str) -> None:
    """Let the channel pull from now on; what waits is kept. NotFound (`channel.no_endpoint`) if none is set."""
    removed = tx.run(
        "update channels set enabled = false, set_at = :now where channel = :channel and enabled",
        channel=channel,
        now=tx.now,
    )
    if not removed:
        raise NotFound("channel.no_endpoint")
    _tell(tx, ChannelEndpointRemoved(shop_id=PLATFORM, channel=channel))


def acknowledge(tx: Tx[Policy], channel: str, up_to: int) -> int:
    """Note that a channel has all of its feed up to that number; how many reports it had not acknowledged before.

    Saying it again, or of a lower number, changes nothing. Refuses with NotFound (`channel.not_found`) one that is not
    connected, with Invalid (`feed.up_to`) a number that its feed has not come to.
    """
    with tx.reaching(outlets_of(tx, channel)):
        newest = tx.one(
            "select max(report_id) as number from reports where channel = :channel", channel=channel
        )
        known = tx.one("select acked_up_to from channels where channel = :channel", channel=channel)
        if known is None:
            raise NotFound("channel.not_found")
        told = max(known.acked_up_to, newest.number or 0) if newest else known.acked_up_to
        if up_to > told:
            raise Invalid("feed.up_to", f"the feed has come to {told}")
        rows = tx.rows(
            "select shop_id, report_id from reports where channel = :channel and report_id <= :up_to "
            "and reported_at is null",
            channel=channel,
            up_to=up_to,
        )
        tx.hold({row.shop_id for row in rows})
        done = note_reported(tx, {(row.shop_id, row.report_id) for row in rows}, "pull")
    tx.put(
        "update channels set acked_up_to = greatest(acked_up_to, :up_to) where channel = :channel",
        channel=channel,
        up_to=up_to,
    )
    return done


def _tell(tx: Tx[Policy], event: Event) -> None:
    with tx.reaching([PLATFORM]):
        tx.hold(PLATFORM)
        tx.emit(event)
