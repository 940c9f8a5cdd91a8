"""The seal station: what happened is sealed, and the newest seals are anchored outside the database."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from andon.kernel.line import Called, OutsideStation
from andon.kernel.tx import Tx
from andon.platform.policies.rules import Policy
from andon.platform.record.rules import Signed
from andon.platform.record.service import UNSEALED, Settled, seal_events
from andon.ports.anchoring import Anchor, Anchors


def seal_station(anchors: Anchors, key: bytes, sealed_after: timedelta) -> OutsideStation:
    """The station; an event is sealed once it is as old as `sealed_after`, or with an older one.

    A crash before the call leaves the shop's anchor at the seal before; the next seal puts that right.
    """
    settled = Settled()

    def claim(tx: Tx[Policy], batch: int) -> Sequence[Signed]:
        """Seal what happened, shop by shop, and anchor the newest seals outside the database."""
        return seal_events(tx, batch, key, settled)

    def call(signed: Sequence[Signed]) -> Called:
        anchors.keep([Anchor(each.seal.shop_id, each.seal.seal_no, each.hash) for each in signed])
        return Called([])

    return OutsideStation(
        "seal",
        due=f"select min(e.recorded_at) + interval '{sealed_after.total_seconds():.0f} seconds' from {UNSEALED}",
        claim=claim,
        call=call,
        record=_nothing,
        batch=20,
    )


def _nothing(_tx: Tx[Any], _outcomes: Sequence[Any]) -> None:
    """Nothing more is known once they are anchored."""
