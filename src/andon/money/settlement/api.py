"""Settling before the day, over HTTP."""

from typing import Annotated, Literal

from pydantic import Field

from andon.kernel.errors import Invalid
from andon.kernel.http.models import MoneyOut, Out, Strict
from andon.kernel.http.problems import problems
from andon.money.settlement.rules import MOST_NAMED
from andon.money.settlement.service import settle_early
from andon.platform.accounts.edge import InTransaction, Router, allow

router = Router(tags=["charges"])


class EarlyIn(Strict):
    """Which charges are to be settled before they are due: those named, or all that delivery has fixed."""

    charges: Annotated[list[int], Field(min_length=1, max_length=MOST_NAMED)] | None = None
    all: bool = False


class EarlyResultOut(Out):
    """What became of one charge that was named; `code` says why it is not settled."""

    charge_id: int
    status: Literal["settled", "refused"]
    code: str | None


class EarlyOut(Out):
    """How many charges this call has settled, what they come to, and by which journal, null where it settled none.

    `results` are those that were named; one that was settled before is that too.
    """

    journal_id: int | None
    count: int
    totals: list[MoneyOut]
    results: list[EarlyResultOut]


@router.post(
    "/shops/{shop_id}/charges/settle_early",
    dependencies=[allow("charges.write", "shop")],
    responses=problems(Invalid),
)
def settle_before_the_day(shop_id: int, body: EarlyIn, tx: InTransaction) -> EarlyOut:
    """Settle charges today that delivery has fixed, the earliest due first, as far as the funds go. EXIT-2."""
    if (body.charges is None) is not body.all:
        raise Invalid("charges.which", "either some charges or all of them")
    early = settle_early(tx, shop_id, body.charges)
    return EarlyOut(
        journal_id=early.journal_id,
        count=len(early.settled),
        totals=[MoneyOut.of(total) for total in early.totals],
        results=[
            EarlyResultOut(charge_id=charge, status="refused" if code else "settled", code=code)
            for charge, code in early.answers.items()
        ],
    )
