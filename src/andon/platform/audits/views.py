"""The audits that were."""

from datetime import datetime

from andon.kernel.http.models import Instant, JsonObject, Out
from andon.kernel.tx import Tx
from andon.platform.policies.rules import Policy


class AuditOut(Out):
    """One night's audit: when it was due and when it was recorded, and the checks that did not hold, with samples.

    `count` of a finding is null where its check did not end in time.
    """

    due_at: Instant
    at: Instant
    took_ms: int
    checks: int
    ok: bool
    findings: list[JsonObject]


def list_audits(tx: Tx[Policy], *, before: datetime | None = None, limit: int) -> list[AuditOut]:
    """The audits, the newest first, from the one before `before`."""
    rows = tx.rows(
        "select due_at, at, took_ms, checks, ok, findings from audits where at is not null "
        "and (cast(:before as timestamptz) is null or due_at < :before) order by due_at desc limit :limit",
        before=before,
        limit=limit,
    )
    return [AuditOut.model_validate(row) for row in rows]
