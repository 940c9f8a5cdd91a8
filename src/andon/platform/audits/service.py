"""Claiming a night's audit, and recording what it found."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from andon.kernel.events import PLATFORM
from andon.kernel.rows import as_json
from andon.kernel.tx import Tx
from andon.platform.audits.events import AuditFailed, AuditPassed
from andon.platform.audits.rules import Report, next_night
from andon.platform.notices.service import Notice, tell
from andon.platform.policies.rules import Policy

LEASE = timedelta(hours=1)
"""How long a worker has a night's audit, in machine time: longer than all its checks may take together."""
AGAIN_AFTER = timedelta(minutes=1)
"""When an audit that could not reach the database is begun anew, in machine time."""

FAILED = "audit.failed"
"""The notice to the operator."""


def claim_audit(tx: Tx[Policy], _batch: int) -> list[datetime]:
    """Ask every check, at night, beside the line; record what does not hold, and tell the operator.

    Answers the night that is due and that nobody else is at, if there is one.
    """
    wall = tx.wall()
    claimed = tx.rows(
        "update audits set leased_until = :lease where at is null and due_at <= :now "
        "and (leased_until is null or leased_until < :wall) returning due_at",
        lease=wall + LEASE,
        now=tx.now,
        wall=wall,
    )
    return [row.due_at for row in claimed]


def record_audits(tx: Tx[Policy], outcomes: Sequence[tuple[datetime, Report | None]]) -> None:
    """Write down what the audits of these nights found, and when the next one is due.

    None is an audit that could not be held; it is begun anew soon. A night that another worker has recorded
    meanwhile stays as it is.
    """
    tx.hold(PLATFORM)
    for night, report in outcomes:
        if report is None:
            tx.put(
                "update audits set leased_until = :again where due_at = :night and at is null",
                again=tx.wall() + AGAIN_AFTER,
                night=night,
            )
        elif _record(tx, night, report):
            _tell(tx, night, report)
            tx.put(
                "insert into audits (due_at) values (:next) on conflict do nothing",
                next=next_night(tx.now, tx.policy.zone, tx.policy.audit.nightly_at),
            )


def _record(tx: Tx[Policy], night: datetime, report: Report) -> int:
    return tx.run(
        "update audits set leased_until = null, at = :now, took_ms = :took, checks = :checks, ok = :ok, "
        "findings = cast(:findings as jsonb) where due_at = :night and at is null",
        now=tx.now,
        took=report.took_ms,
        checks=report.checks,
        ok=report.ok,
        findings=as_json(report.broken),
        night=night,
    )


def _tell(tx: Tx[Policy], night: datetime, report: Report) -> None:
    if report.ok:
        tx.emit(AuditPassed(shop_id=PLATFORM, night=night, checks=report.checks))
        return
    counts: dict[str, Any] = {check["name"]: check["count"] for check in report.broken}
    tx.emit(AuditFailed(shop_id=PLATFORM, night=night, checks=report.checks, broken=sorted(counts)))
    tell(tx, [Notice(PLATFORM, "operator", FAILED, facts={"night": night, "broken": counts})])
