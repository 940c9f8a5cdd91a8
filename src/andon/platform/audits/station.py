"""The nightly audit. It takes long, so it runs beside the line."""

from collections.abc import Callable, Sequence
from datetime import datetime

from andon.kernel.errors import Unavailable
from andon.kernel.line import Called, OutsideStation
from andon.platform.audits.rules import Report
from andon.platform.audits.service import claim_audit, record_audits


def audit_station(look: Callable[[], Report]) -> OutsideStation:
    """The station, auditing by `look`, which writes nothing and may raise Unavailable."""

    def call(nights: Sequence[datetime]) -> Called:
        return Called([(night, _seen(look)) for night in nights])

    return OutsideStation(
        "audit",
        due="select min(due_at) from audits where at is null",
        claim=claim_audit,
        call=call,
        record=record_audits,
        batch=1,
    )


def _seen(look: Callable[[], Report]) -> Report | None:
    try:
        return look()
    except Unavailable:
        return None
