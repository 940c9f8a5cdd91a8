"""What was decided about a supplier."""

from typing import Annotated, Any

from andon.kernel.http.models import Instant, JsonObject, Out, coded
from andon.kernel.tx import Tx
from andon.partners.suppliers.rules import DECISIONS
from andon.platform.policies.rules import Policy


class DecidedOut(Out):
    """A decision about a supplier, why it was made, by whom, and the scorecard that lay before them. QUAL-2."""

    id: int
    decision: Annotated[str, coded(DECISIONS)]
    note: str
    decided_at: Instant
    decided_by: str
    policy: str
    scorecard: JsonObject


def decisions_of(
    tx: Tx[Policy], supplier_id: int, *, before: int | None = None, limit: int
) -> list[DecidedOut]:
    """The decisions about a supplier, the newest first, from the one before `before`."""
    conditions, params = "", dict[str, Any]()
    if before is not None:
        conditions, params = " and decision_id < :before", {"before": before}
    found = tx.rows(
        "select decision_id as id, decision, note, decided_at, decided_by, policy, scorecard "
        f"from supplier_decisions where supplier_id = :supplier{conditions} order by decision_id desc limit :limit",
        supplier=supplier_id,
        limit=limit,
        **params,
    )
    return [DecidedOut.model_validate(row) for row in found]
