"""THE MAP: every station of the line, in order. The system's whole automatic behaviour is on this screen.

An order walks down it: pushed to its supplier, answered, collected, delivered, completed; then what it costs is
accrued, charged, settled, and stands on a statement. A shop that leaves goes from step to step, until it is out. Stations
look at business time. What goes by machine time is a chore: it is done on any clock, standing or not, and never holds
time up.
"""

import math
from collections.abc import Callable
from datetime import datetime, timedelta

from andon.adapters.connections import Connections
from andon.adapters.robots import Robots
from andon.adapters.smtp import SmtpPost
from andon.adapters.webhook_client import WebhookClient
from andon.kernel.chores import AGREE_ON_TIME
from andon.kernel.http.idempotency import FORGET_ANSWERS
from andon.kernel.http.rates import FORGET_COUNTS
from andon.kernel.line import AnyStation
from andon.kernel.outside import Ranges
from andon.membership.appeals.station import APPEALS
from andon.membership.departures.station import DEPART
from andon.membership.enrolment.station import authorisations_station
from andon.membership.exits.station import CLEAR, LEAVE, STRIKE, UNBIND, VERIFY, certificate_station
from andon.membership.moves.station import MOVES
from andon.membership.policy_changes.station import ANNOUNCE
from andon.membership.qualification.station import (
    ESCALATE_APPLICATIONS,
    ESCALATE_REVIEWS,
    REVIEW_SIGNED,
    SCORE,
)
from andon.membership.standing.station import ADDRESSES, JUDGE, VET, VIOLATIONS
from andon.membership.unbinding.station import letters_station, prove_station
from andon.money.charges.station import ACCRUE, CHARGE, CONVERT, PENALISE, RECHARGE
from andon.money.disputes.station import DISPUTES
from andon.money.funds.station import FREE
from andon.money.settlement.station import OVERDUE, SETTLE
from andon.money.statements.station import ISSUE
from andon.money.transits.station import LEARN
from andon.orders.clocks.station import RECOUNT
from andon.orders.days.station import COUNT_ORDERS
from andon.orders.erasure.station import ERASE
from andon.orders.order.station import ANSWER, CANCEL, COMPLETE, STALE, STUCK, UNPUSHED
from andon.orders.push.station import FORGET_TRIES, PROBE, push_station
from andon.orders.reporting.station import (
    NOT_REPORTED,
    REPORT_SHIPMENTS,
    REPORT_STOCK,
    report_station,
)
from andon.orders.today.station import DIGESTS
from andon.orders.tracking.station import FORGET
from andon.partners.stock.station import CALIBRATE, EVEN_OUT, RELEASE
from andon.platform.audits.rules import Report
from andon.platform.audits.station import audit_station
from andon.platform.documents.authority import Authority
from andon.platform.outbox.station import POST, mail_station
from andon.platform.people.station import FORGET_PEOPLE
from andon.platform.record.station import seal_station
from andon.platform.subscriptions.station import (
    FORGET_DELIVERIES,
    PROBE_WEBHOOKS,
    TELL,
    delivery_station,
)
from andon.ports.anchoring import Anchors
from andon.ports.trying import NOBODY, Trier

LINE: tuple[AnyStation, ...] = (
    RECOUNT,
    UNPUSHED,
    ANSWER,
    CANCEL,
    STUCK,
    STALE,
    REPORT_SHIPMENTS,
    NOT_REPORTED,
    COMPLETE,
    ACCRUE,
    CHARGE,
    RECHARGE,
    PENALISE,
    CONVERT,
    SETTLE,
    DISPUTES,
    OVERDUE,
    ISSUE,
    FREE,
    MOVES,
    LEAVE,
    DEPART,
    STRIKE,
    UNBIND,
    CLEAR,
    VERIFY,
    APPEALS,
    REVIEW_SIGNED,
    ESCALATE_REVIEWS,
    ESCALATE_APPLICATIONS,
    VET,
    ADDRESSES,
    JUDGE,
    VIOLATIONS,
    EVEN_OUT,
    RELEASE,
    CALIBRATE,
    REPORT_STOCK,
    ANNOUNCE,
    DIGESTS,
    POST,
    TELL,
    FORGET,
    FORGET_TRIES,
    FORGET_DELIVERIES,
)


def whole_line(
    key: bytes,
    smtp_url: str | None = None,
    allowed: Ranges = (),
    trier: Trier = NOBODY,
    saw_push: Callable[[datetime, datetime], None] | None = None,
) -> tuple[AnyStation, ...]:
    """The line with the stations that call endpoints of suppliers, channels and subscriptions, and the last, which sends messages.

    `key` opens their secrets; `allowed` are the operator's ranges; `trier` tries what signed letters have closed. Without a
    mail server, letters are kept in the outbox. `saw_push` is told when each push was queued and when it was first sent.
    """
    connections = Connections(allowed)
    client = WebhookClient(connections)
    postman = None if smtp_url is None else SmtpPost(smtp_url)
    return (
        push_station(client, key, saw=saw_push),
        *LINE,
        prove_station(trier),
        report_station(client, key),
        # A client of its own, which is never waited for: however many readers hang, no push hears of it.
        delivery_station(WebhookClient(connections, most_late=math.inf), key),
        mail_station(postman, Robots(connections), key),
    )


def aside(
    look: Callable[[], Report],
    anchors: Anchors,
    key: bytes,
    sealed_after: timedelta,
    authority: Authority,
) -> tuple[AnyStation, ...]:
    """What takes long and holds up nothing: it runs beside the line.

    `look` audits the database; `anchors` keep the newest seals, which `key` signs; `authority` signs documents.
    """
    return (
        authorisations_station(authority),
        letters_station(authority),
        certificate_station(authority),
        seal_station(anchors, key, sealed_after),
        LEARN,
        SCORE,
        COUNT_ORDERS,
        ERASE,
        audit_station(look),
    )


CHORES = (FORGET_ANSWERS, FORGET_COUNTS, FORGET_PEOPLE, PROBE, PROBE_WEBHOOKS, AGREE_ON_TIME)
